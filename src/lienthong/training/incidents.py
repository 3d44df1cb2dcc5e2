"""The incidents of the training ground: what each does, what to see where. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class IncidentKind(Enum):
    """Value: name in addresses and rows."""

    SLOW = "noi-nhan-cham"
    REFUSAL = "tu-choi"
    CERTIFICATE = "chung-thu-het-han"
    LINK_DOWN = "mat-truc-quoc-gia"
    WRONG_HASH = "sai-ma-bam"
    DUPLICATE = "gui-trung"


@dataclass(frozen=True, slots=True)
class Script:
    """``does``: what happens; ``see``: what the trainee should see, and where. ``lasts``: it goes on until it is
    stopped; others happen once and are over."""

    kind: IncidentKind
    title: str
    does: str
    see: tuple[str, ...]
    lasts: bool


CATALOGUE = (
    Script(
        IncidentKind.SLOW,
        "Nơi nhận chậm",
        "Phần mềm của huyện Gió Khơi (mẫu) ngừng lấy văn bản về.",
        (
            "Gửi một văn bản tới xã Cánh Buồm hoặc xã Hải Đăng: ở Văn bản đi, các xã này đứng ở “Chưa đến nơi”.",
            "Người vận hành thấy hàng đợi của HUB.H99.33 dài ra.",
            "Dừng sự cố: văn bản được lấy về ngay, không mất gói nào.",
        ),
        lasts=True,
    ),
    Script(
        IncidentKind.REFUSAL,
        "Nơi nhận từ chối",
        "Văn thư của phường San Hô (mẫu) trả lại mọi văn bản, lý do: không đúng thẩm quyền.",
        (
            "Gửi một văn bản tới phường San Hô: sau vài giây nơi nhận này báo “Từ chối” kèm lý do.",
            "Ở Văn bản đi, dòng bị từ chối đứng trên cùng của bảng theo dõi.",
            "Dừng sự cố: văn bản gửi sau đó được tiếp nhận như thường.",
        ),
        lasts=True,
    ),
    Script(
        IncidentKind.CERTIFICATE,
        "Chứng thư hết hạn",
        "Sở Xây dựng (mẫu) gửi xã Cánh Buồm một công văn có chữ ký số trên PDF bằng chứng thư đã hết hạn.",
        (
            "Vai chị Hạnh: ở Văn bản đến, mở công văn; chữ ký hiện “Không hợp lệ” và nêu chứng thư hết hạn khi ký.",
            "Văn thư hỏi lại Sở Xây dựng, hoặc từ chối và ghi lý do.",
        ),
        lasts=False,
    ),
    Script(
        IncidentKind.LINK_DOWN,
        "Mất kết nối trục quốc gia",
        "Trục quốc gia mẫu ngừng trả lời.",
        (
            "Gửi một văn bản tới Bộ Mẫu Số Hai: trục nhận ngay, nơi nhận đứng ở “Chưa đến nơi”, trục tự thử lại.",
            "Người vận hành thấy đường nối TRUC.QG lỗi; lệnh lienthong deliveries list cho biết gói nào chờ.",
            "Dừng sự cố: văn bản tự đi tiếp, không phải gửi lại.",
        ),
        lasts=True,
    ),
    Script(
        IncidentKind.WRONG_HASH,
        "Sai mã băm",
        "Phường Ngọc Lan (mẫu) gửi xã Cánh Buồm một gói tin khai sai mã băm; trục từ chối gói này.",
        (
            "Không nơi nào nhận được văn bản.",
            "Dòng kết quả ngay tại đây ghi mã lỗi và câu trả lời của trục cho phường Ngọc Lan.",
            "Người vận hành tìm thấy lần từ chối này khi tra cứu đường đi của gói tin.",
        ),
        lasts=False,
    ),
    Script(
        IncidentKind.DUPLICATE,
        "Gửi trùng",
        "Sở Nội vụ (mẫu) gửi xã Cánh Buồm một công văn, rồi gửi lại y nguyên hai lần.",
        (
            "Ở Văn bản đến của xã chỉ có một văn bản.",
            "Hai lần sau trục trả lại biên nhận của lần đầu; dòng kết quả ngay tại đây cho biết.",
        ),
        lasts=False,
    ),
)
BY_KIND = {script.kind: script for script in CATALOGUE}
