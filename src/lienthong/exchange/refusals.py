"""Why the axis does not do what was asked: one exception, every reason a member with its stable code."""

from __future__ import annotations

from enum import Enum

from edxml102.errors import Finding


class Reason(Enum):
    """Stable code, HTTP status, Vietnamese sentence and next step. ``temporary``: try the same again."""

    NOT_CONFORMING = (
        "exchange.not_conforming", 422, "Gói tin không đúng chuẩn QCVN 102:2016.", "Sửa các lỗi được nêu rồi gửi lại."
    )  # fmt: skip
    KIND_UNEXPECTED = (
        "exchange.kind_unexpected", 422, "Gói tin không thuộc loại mà lời gọi này nhận.",
        "Gửi gói văn bản và gói trạng thái bằng đúng lời gọi của từng loại.",
    )  # fmt: skip
    TOO_LARGE = (
        "exchange.too_large", 413, "Gói tin lớn hơn mức cho phép.", "Tách tệp đính kèm thành nhiều văn bản gửi kèm."
    )  # fmt: skip
    HASH_DIFFERS = (
        "exchange.hash_differs", 400, "Nội dung nhận được khác mã băm đã khai.",
        "Gửi lại nguyên tệp; kiểm tra đường truyền.",
    )  # fmt: skip
    BODY_INCOMPLETE = (
        "exchange.body_incomplete", 400, "Đường truyền ngắt trước khi nhận đủ gói tin.", "Gửi lại cùng gói tin."
    )  # fmt: skip
    STATE_SECRET = (
        "exchange.state_secret", 422, "Gói tin có dấu hiệu chứa bí mật nhà nước nên trục không nhận và không lưu.",
        "Gửi văn bản mật theo quy định về bảo vệ bí mật nhà nước. Nếu không mật, bỏ dấu hiệu được nêu rồi gửi lại.",
    )  # fmt: skip
    BODY_TOO_SLOW = (
        "exchange.body_too_slow", 408, "Gói tin được gửi quá chậm nên trục đã ngắt.",
        "Kiểm tra đường truyền rồi gửi lại; qua REST có thể tải lên từng phần.",
    )  # fmt: skip
    SENDER_UNKNOWN = (
        "exchange.sender_unknown", 403, "Mã cơ quan gửi không có trong danh bạ.", "Kiểm tra From/OrganId với danh bạ."
    )  # fmt: skip
    SENDER_CLOSED = (
        "exchange.sender_closed", 403, "Mã cơ quan gửi đã đóng.", "Dùng mã của cơ quan kế thừa."
    )  # fmt: skip
    SENDER_FOREIGN = (
        "exchange.sender_foreign", 403, "Hệ thống này không được gửi thay cơ quan ghi trong gói tin.",
        "Dùng đúng hệ thống của cơ quan gửi, hoặc đề nghị quản trị trục gán cơ quan cho hệ thống.",
    )  # fmt: skip
    NO_RECIPIENT = (
        "exchange.no_recipient", 422, "Không nơi nhận nào nhận được gói tin.", "Xem lý do của từng nơi nhận."
    )  # fmt: skip
    SELECTION_FOREIGN = (
        "exchange.selection_foreign", 422, "Danh sách nơi nhận khai kèm (to) có mã không phải nơi nhận của gói tin.",
        "Chỉ khai trong to các mã có trong phần tử To của gói tin.",
    )  # fmt: skip
    LOOP = (
        "exchange.loop", 409, "Gói tin đã từng đi qua trục này.",
        "Kiểm tra đường đi của các cơ quan nhận ở trục gửi; gói tin không được quay lại nơi nó đã qua.",
    )  # fmt: skip
    CONFLICT = (
        "exchange.conflict", 409, "Mã định danh văn bản đã được dùng cho một văn bản khác.",
        "Gửi bằng nghiệp vụ cập nhật hoặc thay thế, hoặc đặt mã định danh mới.",
    )  # fmt: skip
    SIGNATURE_MISSING = (
        "exchange.signature_missing", 422, "Văn bản chính không có chữ ký số, mà cơ quan gửi phải ký số.",
        "Ký số tệp văn bản (người có thẩm quyền, rồi cơ quan) rồi gửi lại.",
    )  # fmt: skip
    SIGNATURE_INVALID = (
        "exchange.signature_invalid", 422, "Chữ ký số của văn bản không hợp lệ.",
        "Ký lại từ bản gốc bằng chứng thư còn hiệu lực rồi gửi lại.",
    )  # fmt: skip
    STATUS_NOT_RECIPIENT = (
        "exchange.status_not_recipient", 403, "Cơ quan báo trạng thái không nhận văn bản này.",
        "Kiểm tra ResponseFor và From của gói trạng thái.",
    )  # fmt: skip
    STATUS_NOT_ALLOWED = (
        "exchange.status_not_allowed", 403, "Mã trạng thái này không phải do bên gửi gói báo.",
        "Mã 13 do cơ quan ban hành gửi; các mã khác do nơi nhận gửi.",
    )  # fmt: skip
    STATUS_TOO_LATE = (
        "exchange.status_too_late", 409, "Trạng thái của văn bản ở nơi nhận không còn cho phép mã này.",
        "Xem trạng thái hiện tại của nơi nhận rồi chọn nghiệp vụ phù hợp.",
    )  # fmt: skip
    TOO_EARLY = (
        "exchange.too_early", 503, "Gói tin nói về một văn bản chưa tới trục.", "Gửi lại sau khi văn bản đó đã tới."
    )  # fmt: skip
    TARGET_FOREIGN = (
        "exchange.target_foreign", 403, "Văn bản được thu hồi, cập nhật hoặc thay thế không phải do bên gửi ban hành.",
        "Kiểm tra mã định danh văn bản trong Bussiness và ResponseFor.",
    )  # fmt: skip
    CANCELLED = (
        "exchange.cancelled", 410, "Văn bản đã bị thu hồi hoặc lấy lại; nội dung không còn được cung cấp cho nơi nhận.",
        "Hủy bản đã lưu nếu có; liên hệ cơ quan ban hành nếu cần xem lại.",
    )  # fmt: skip
    PACKAGE_UNKNOWN = (
        "exchange.package_unknown", 404, "Không có gói tin mang mã này dành cho hệ thống của bạn.",
        "Lấy lại danh sách văn bản đến và dùng docId trong đó.",
    )  # fmt: skip
    DELIVERY_UNKNOWN = (
        "exchange.delivery_unknown", 404, "Không có lượt chuyển mang mã này.", "Xem mã trong danh sách cần xử lý."
    )  # fmt: skip
    DELIVERY_NOT_GIVEN_UP = (
        "exchange.delivery_not_given_up", 409, "Lượt chuyển này không ở trạng thái ngừng thử lại.",
        "Xem lại danh sách cần xử lý; có thể đã có người xử lý.",
    )  # fmt: skip
    REDIRECT_NOWHERE = (
        "exchange.redirect_nowhere", 422, "Không chuyển hướng được tới cơ quan này.",
        "Chọn cơ quan đang kết nối qua một hệ thống khác, hoặc gửi lại, hoặc báo giấy.",
    )  # fmt: skip
    REASON_MISSING = (
        "exchange.reason_missing", 422, "Phải nêu lý do.", "Ghi ngắn gọn vì sao, người gửi sẽ đọc được."
    )  # fmt: skip
    ALERT_UNKNOWN = (
        "exchange.alert_unknown", 404, "Không có cảnh báo này.", "Xem các cảnh báo: lienthong alerts list."
    )  # fmt: skip
    NOT_HELD = (
        "exchange.not_held", 409, "Gói tin này không bị giữ.", "Xem các gói đang bị giữ: lienthong holds list."
    )  # fmt: skip
    PACKAGE_ERASED = (
        "exchange.package_erased", 410, "Nội dung gói tin đã bị xóa khỏi trục theo lệnh.",
        "Liên hệ cơ quan gửi hoặc cán bộ bảo vệ bí mật của trục.",
    )  # fmt: skip
    PACKAGE_DAMAGED = (
        "exchange.package_damaged", 500, "Gói tin lưu trên trục không còn khớp mã băm.",
        "Báo ngay cho đơn vị vận hành trục.",
    )  # fmt: skip
    STORAGE_UNAVAILABLE = (
        "exchange.storage_unavailable", 503, "Trục tạm thời không ghi được gói tin.", "Gửi lại sau ít phút."
    )  # fmt: skip
    DATABASE_UNAVAILABLE = (
        "exchange.database_unavailable", 503, "Trục tạm thời không kết nối được cơ sở dữ liệu.", "Gửi lại sau ít phút."
    )  # fmt: skip
    EVIDENCE_UNAVAILABLE = (
        "exchange.evidence_unavailable", 503, "Trục tạm dừng nhận gói tin vì chưa lập được đủ bằng chứng.",
        "Gửi lại sau ít phút.",
    )  # fmt: skip

    def __init__(self, code: str, http_status: int, sentence: str, next_step: str) -> None:
        self.code = code
        self.http_status = http_status
        self.sentence = sentence
        self.next_step = next_step

    @property
    def temporary(self) -> bool:
        return self.http_status == 503


class Refusal(Exception):  # noqa: N818 - the word of the law: từ chối
    """Nothing was stored or changed. ``detail`` says what exactly (codes, names); ``findings`` those of the package."""

    def __init__(self, reason: Reason, detail: str = "", findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(f"{reason.code}: {reason.sentence} {detail}".rstrip())
        self.reason = reason
        self.detail = detail
        self.findings = findings
        self.sha256 = b""  # of the bytes that were refused, once all of them were read
