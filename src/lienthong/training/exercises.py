"""The exercises: what is told, which steps, how each step is known to be done.

A new exercise is a new ``Exercise`` here, its material in ``cli/training/materials.py`` when it needs any, and its case
in ``tests/training/test_exercises.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lienthong.accounts.roles import Role
from lienthong.training import checks
from lienthong.training.checks import Trainee

MOST_STEPS = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. ``place``: name of the page where it is done; ``hint``: shown when asked for."""

    text: str
    check: Callable[[Trainee], bool]
    hint: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Exercise:
    """``persona``: user name of who is offered for it. ``material``: what is prepared first, ``""`` for nothing.
    ``question``: asked where knowing is the point; what was typed is compared with the material's ``answer``."""

    slug: str
    title: str
    role: Role
    minutes: int
    story: str
    steps: tuple[Step, ...]
    persona: str = ""
    material: str = ""
    question: str = ""


EXERCISES = (
    Exercise(
        "vao-so-van-ban-khan",
        "Tiếp nhận và vào sổ một văn bản khẩn",
        Role.CLERK,
        3,
        "Một công điện hỏa tốc của UBND Thành phố vừa đến cơ quan bạn.",
        (
            Step(
                "Mở công điện hỏa tốc.",
                checks.opened,
                "Ở Văn bản đến, công điện mang dấu ▲▲▲ và đứng đầu danh sách.",
                "inbox",
            ),
            Step(
                "Tiếp nhận và vào sổ.",
                checks.registered,
                "Trong ngăn của văn bản, bấm “Tiếp nhận và vào sổ” (phím A); số đến đã điền sẵn.",
                "inbox",
            ),
            Step(
                "Nơi gửi biết bạn đã tiếp nhận.",
                checks.issuer_knows_it_is_accepted,
                "Không phải làm gì: hệ thống tự báo 03 kèm số đến. Đợi vài giây.",
            ),
        ),
        material="urgent",
        persona="hanh",
    ),
    Exercise(
        "gui-tat-ca-xa",
        "Gửi một công văn tới tất cả các xã và nhắc nơi chưa nhận",
        Role.CLERK,
        8,
        "Cơ quan bạn cần gửi một công văn tới mọi phường, xã của thành phố. Sẽ có nơi chậm lấy về.",
        (
            Step("Soạn công văn, thêm tệp PDF.", checks.drafted, "Bấm “Soạn văn bản”, kéo tệp vào mục 2.", "compose"),
            Step(
                "Chọn tất cả các phường, xã.",
                checks.addressed_to_all_communes,
                "Ở mục 3, mở từng quận, huyện trong cây và đánh dấu mọi phường, xã.",
                "compose",
            ),
            Step(
                "Cấp số và gửi.",
                checks.sent_to_all_communes,
                "Ở mục 4, xác nhận không chứa bí mật nhà nước rồi bấm “Gửi”.",
                "compose",
            ),
            Step(
                "Nhắc ít nhất một nơi chưa nhận.",
                checks.reminded_somebody_late,
                "Ở Văn bản đi, mở công văn; các xã của huyện Gió Khơi chưa nhận. Đánh dấu rồi bấm “Nhắc”.",
                "outbox",
            ),
        ),
        material="quiet_district",
        persona="dung",
    ),
    Exercise(
        "thu-hoi-van-ban",
        "Thu hồi một văn bản",
        Role.CLERK,
        5,
        "Bạn phát hiện một văn bản cơ quan đã gửi có sai sót và phải thu hồi.",
        (
            Step(
                "Gửi một văn bản tới một sở hoặc UBND Thành phố.",
                checks.sent_something,
                "Nếu chưa có văn bản nào, bấm “Soạn văn bản” và gửi một công văn ngắn tới Sở Tài chính (mẫu).",
                "compose",
            ),
            Step(
                "Thu hồi văn bản đó, ghi lý do.",
                checks.recalled_something,
                "Ở Văn bản đi, mở văn bản, bấm “Thu hồi” và ghi lý do.",
                "outbox",
            ),
            Step(
                "Đợi nơi nhận đồng ý.",
                checks.recall_answered,
                "Nơi nhận trả lời trong khoảng nửa phút; bảng theo dõi ghi câu trả lời.",
                "outbox",
            ),
        ),
        persona="dung",
    ),
    Exercise(
        "tim-van-ban",
        "Tìm một văn bản theo số không nhớ rõ",
        Role.CLERK,
        3,
        "Lãnh đạo hỏi văn bản của Sở Tài chính về giải ngân vốn đầu tư công, “số hai trăm mấy”, gửi đến gần đây.",
        (
            Step(
                "Tìm và mở đúng văn bản.",
                checks.opened,
                "Bấm phím / rồi gõ vài chữ của trích yếu, không cần dấu: giai ngan dau tu cong.",
                "search",
            ),
            Step(
                "Trả lời: số của văn bản là bao nhiêu?",
                checks.answered,
                "Số đứng trước dấu / trong số ký hiệu, ví dụ 215 trong 215/STC-NS.",
            ),
        ),
        material="half_remembered",
        question="Số của văn bản là bao nhiêu?",
        persona="hanh",
    ),
    Exercise(
        "phan-cong-tren-dien-thoai",
        "Phân công xử lý trên điện thoại",
        Role.LEADER,
        3,
        "Giữa hai cuộc họp, bạn phân công một văn bản vừa vào sổ. Hãy làm trên điện thoại, hoặc thu hẹp cửa sổ.",
        (
            Step(
                "Mở văn bản chờ phân công.",
                checks.opened,
                "Ở Việc hôm nay, bấm vào “Văn bản chờ phân công”.",
                "today",
            ),
            Step(
                "Ghi ý kiến và giao cho một chuyên viên, có hạn.",
                checks.assigned_with_deadline,
                "Bấm “Phân công”, chọn chị Lan, chọn hạn, rồi bấm nút xác nhận.",
                "inbox",
            ),
            Step(
                "Nơi gửi biết văn bản đã được phân công.",
                checks.issuer_knows_it_is_assigned,
                "Không phải làm gì: hệ thống tự báo 04. Đợi vài giây.",
            ),
        ),
        material="registered",
        persona="minh",
    ),
    Exercise(
        "chuyen-huong-goi-tin",
        "Tìm vì sao gói tin bị kẹt rồi chuyển hướng",
        Role.OPERATOR,
        6,
        "Một phường báo không nhận được văn bản của Sở Tài chính. Trục đã ngừng thử lại.",
        (
            Step(
                "Tìm gói tin bị kẹt: vì sao trục ngừng thử lại?",
                checks.answered,
                "Xem danh sách gói tin kẹt (trang Vận hành trục, hoặc lệnh lienthong deliveries list). Trả lời bằng mã"
                " nguyên nhân, ví dụ webhook.busy.",
                "axis",
            ),
            Step(
                "Chuyển hướng gói tin tới UBND quận (H99.31), có lý do.",
                checks.redirected,
                "Trên trang gói tin kẹt bấm “Chuyển hướng”, hoặc dùng lệnh lienthong deliveries redirect.",
                "axis",
            ),
            Step(
                "Gói tin đến nơi mới.",
                checks.redirected_and_delivered,
                "Hệ thống của quận lấy về trong vài giây.",
            ),
        ),
        material="stuck",
        question="Mã nguyên nhân là gì?",
        persona="van",
    ),
)
BY_SLUG = {exercise.slug: exercise for exercise in EXERCISES}
