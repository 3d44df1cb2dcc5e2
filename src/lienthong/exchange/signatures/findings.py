"""Everything a check of signatures can notice: one member each, with its stable id, weight and sentence. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Effect(Enum):
    """What a finding does to the result; the worst one decides."""

    NOTE = "note"
    WARNING = "warning"
    INDETERMINATE = "indeterminate"
    INVALID = "invalid"

    @property
    def rank(self) -> int:
        return list(Effect).index(self)


_NOTE, _WARN, _OPEN, _BAD = Effect.NOTE, Effect.WARNING, Effect.INDETERMINATE, Effect.INVALID


class Check(Enum):
    """The catalogue. ``on_axis_side``: the axis lacks what is needed to decide, nothing speaks against the signer."""

    # The file
    UNSIGNED = ("file.unsigned", _NOTE, "Tệp không có chữ ký số.")
    NOT_PDF = ("file.not_pdf", _NOTE, "Tệp không phải PDF nên không có chữ ký số kiểm tra được.")
    UNREADABLE = ("file.unreadable", _OPEN, "Không đọc được cấu trúc tệp PDF nên chưa kiểm tra được chữ ký.")
    ENCRYPTED = ("file.encrypted", _OPEN, "Tệp PDF bị đặt mật khẩu nên chưa kiểm tra được chữ ký.")
    TOO_LARGE = ("file.too_large", _OPEN, "Tệp lớn hơn mức kiểm tra chữ ký tự động.", True)
    TOO_MANY = ("file.too_many_signatures", _OPEN, "Tệp có quá nhiều chữ ký để kiểm tra.")
    TIMED_OUT = ("file.timed_out", _OPEN, "Kiểm tra chữ ký của tệp quá thời gian cho phép.")
    GAVE_UP = ("file.gave_up", _OPEN, "Việc kiểm tra chữ ký nhiều lần bị dừng giữa chừng; cần người vận hành xem lại.")
    SECRET_STAMP = ("file.secret_stamp", _NOTE, "Trang đầu của tệp có dấu chỉ độ mật.")
    # 1, 2: integrity and coverage
    DIGEST_WRONG = ("pdf.digest_wrong", _BAD, "Nội dung đã bị thay đổi sau khi ký: mã băm không khớp.")
    VALUE_WRONG = ("pdf.value_wrong", _BAD, "Giá trị chữ ký không khớp với chứng thư của người ký.")
    COVERAGE_WRONG = ("pdf.coverage_wrong", _BAD, "Chữ ký không phủ trọn phần tệp đã có khi ký.")
    CHANGED_AFTER = ("pdf.changed_after_signing", _BAD, "Tệp bị sửa nội dung sau chữ ký cuối cùng.")
    CHANGED_BETWEEN = (
        "pdf.changed_before_next_signature", _WARN,
        "Tệp được sửa sau chữ ký này; phần sửa nằm trong phạm vi của một chữ ký sau.",
    )  # fmt: skip
    LATER_REVISION = ("pdf.later_revision", _WARN, "Sau chữ ký cuối cùng tệp còn được ghi thêm phần không được ký.")
    MAINTENANCE = ("pdf.maintenance_revision", _NOTE, "Sau chữ ký cuối cùng tệp chỉ được ghi thêm dữ liệu kiểm chứng.")
    FORMAT_UNKNOWN = ("pdf.format_unknown", _OPEN, "Chữ ký thuộc định dạng cũ mà trục không kiểm tra được.")
    MALFORMED = ("pdf.malformed", _OPEN, "Cấu trúc chữ ký trong tệp không đúng chuẩn.")
    # 3, 4: chain and key usage
    NO_ROOTS = ("chain.no_roots", _OPEN, "Trục chưa được cấu hình tổ chức chứng thực gốc nào.", True)
    NOT_TRUSTED = ("chain.not_trusted", _OPEN, "Chứng thư không dẫn tới tổ chức chứng thực được tin cậy.")
    CHAIN_WRONG = ("chain.invalid", _BAD, "Chuỗi chứng thư vi phạm ràng buộc của tổ chức chứng thực.")
    KEY_USAGE = ("certificate.key_usage", _BAD, "Chứng thư không được cấp để ký số.")
    # 5: validity and revocation at signing time
    EXPIRED = ("certificate.expired", _BAD, "Chứng thư đã hết hạn vào lúc ký.")
    NOT_YET_VALID = ("certificate.not_yet_valid", _BAD, "Chứng thư chưa có hiệu lực vào lúc ký.")
    REVOKED = ("certificate.revoked", _BAD, "Chứng thư đã bị thu hồi trước lúc ký.")
    REVOKED_SINCE = (
        "certificate.revoked_since", _OPEN,
        "Chứng thư bị thu hồi sau giờ ký tự khai; không có dấu thời gian nên không rõ ký trước hay sau khi thu hồi.",
    )  # fmt: skip
    TIME_UNPROVEN = (
        "certificate.expired_since", _OPEN,
        "Chứng thư đã hết hạn khi trục nhận và không có dấu thời gian chứng minh đã ký trước đó.",
    )  # fmt: skip
    REVOCATION_UNKNOWN = (
        "revocation.unknown", _OPEN, "Chưa có dữ liệu thu hồi (CRL, OCSP) cho thời điểm cần kiểm tra.", True
    )  # fmt: skip
    REVOCATION_AT_SIGNING = (
        "revocation.only_at_signing", _WARN, "Chứng thư chưa bị thu hồi vào giờ ký tự khai; chưa có dữ liệu mới hơn."
    )  # fmt: skip
    # 6: time
    TIME_STAMPED = ("time.stamped", _NOTE, "Thời điểm ký được dấu thời gian xác nhận.")
    TIME_NOT_STAMPED = ("time.not_stamped", _WARN, "Không có dấu thời gian; giờ ký do người ký tự khai.")
    TIME_STAMP_WRONG = ("time.stamp_wrong", _WARN, "Dấu thời gian không khớp với chữ ký nên không được dùng.")
    TIME_STAMP_UNTRUSTED = ("time.stamp_untrusted", _WARN, "Dấu thời gian không do tổ chức được tin cậy cấp.")
    TIME_AHEAD = ("time.ahead", _WARN, "Giờ ký tự khai muộn hơn giờ trục nhận văn bản.")
    # 7: who signed
    PERSON_MISSING = ("signer.person_missing", _WARN, "Không thấy chữ ký của người có thẩm quyền.")
    BODY_MISSING = ("signer.body_missing", _WARN, "Không thấy chữ ký của cơ quan ban hành.")
    PERSON_DIFFERS = ("signer.person_differs", _WARN, "Tên trên chứng thư cá nhân khác người ký ghi trong gói tin.")
    BODY_DIFFERS = ("signer.body_differs", _WARN, "Tên trên chứng thư cơ quan khác cơ quan gửi ghi trong gói tin.")
    ROLE_UNKNOWN = ("signer.role_unknown", _NOTE, "Chứng thư không cho biết là của cá nhân hay của cơ quan.")
    ORDER_WRONG = ("signer.order", _WARN, "Cơ quan ký trước người có thẩm quyền.")
    # 8: algorithms
    WEAK_DIGEST = ("algorithm.weak_digest", _WARN, "Chữ ký hoặc chứng thư dùng SHA-1, không còn an toàn.")
    WEAK_KEY = ("algorithm.weak_key", _WARN, "Khóa RSA ngắn hơn 2048 bit, không còn an toàn.")
    REFUSED_ALGORITHM = ("algorithm.refused", _BAD, "Thuật toán quá yếu, chữ ký không còn chứng minh được gì.")
    # The package's own signature (edxml102.signatures finds; what it noticed of one is told in its own words)
    XML_ABSENT = ("xmldsig.absent", _NOTE, "Gói tin không có chữ ký XML.")
    XML_NOT_VERIFIABLE = ("xmldsig.not_verifiable", _NOTE, "Chữ ký XML không nằm trong không gian tên kiểm tra được.")
    XML_TEXT_DIGEST = ("xmldsig.text_digest", _NOTE, "Mã băm tính trên chữ base64.")
    XML_VALUE_WRONG = ("xmldsig.value_wrong", _BAD, "Giá trị chữ ký XML không khớp với chứng thư.")
    XML_DIGEST_WRONG = ("xmldsig.digest_wrong", _BAD, "Gói tin đã bị thay đổi sau khi ký.")
    XML_ATTACHMENT_WRONG = ("xmldsig.attachment_digest_wrong", _BAD, "Tệp đính kèm đã bị thay đổi sau khi ký.")
    XML_ATTACHMENT_MISSING = ("xmldsig.attachment_missing", _BAD, "Gói tin thiếu tệp đính kèm đã ký.")
    XML_WEAK = ("xmldsig.weak_algorithm", _WARN, "Chữ ký XML dùng SHA-1.")
    XML_HEADER = ("xmldsig.header_not_covered", _WARN, "Chữ ký XML không phủ phần đầu.")
    XML_ATTACHMENTS = ("xmldsig.attachments_not_covered", _WARN, "Chữ ký XML không phủ hết tệp đính kèm.")
    XML_UNPARSABLE = ("xmldsig.unparsable", _OPEN, "Không đọc được XML của gói tin.")
    XML_INCOMPLETE = ("xmldsig.incomplete", _OPEN, "Chữ ký XML thiếu phần bắt buộc.")
    XML_UNSUPPORTED = ("xmldsig.unsupported", _OPEN, "Chữ ký XML dùng cách trục không kiểm tra được.")
    XML_SEVERAL = ("xmldsig.several", _OPEN, "Gói tin có nhiều chữ ký XML.")
    XML_MISPLACED = ("xmldsig.misplaced", _OPEN, "Chữ ký XML nằm sai chỗ.")
    XML_NO_CERTIFICATE = ("xmldsig.no_certificate", _OPEN, "Chữ ký XML không kèm chứng thư.")
    XML_CERTIFICATE = ("xmldsig.certificate_unreadable", _OPEN, "Chứng thư trong chữ ký XML không đọc được.")
    XML_TOO_LARGE = ("xmldsig.too_large", _OPEN, "Phần XML quá lớn để kiểm tra.", True)

    def __init__(self, id_: str, effect: Effect, sentence: str, on_axis_side: bool = False) -> None:
        self.id = id_
        self.effect = effect
        self.sentence = sentence
        self.on_axis_side = on_axis_side

    @classmethod
    def of_id(cls, id_: str) -> Check:
        return _BY_ID[id_]

    def found(self, detail: str = "", *, signature: str = "", sentence: str = "") -> Found:
        """A finding of this check; ``detail`` adds names and numbers, ``signature`` is the field it was found in."""
        message = f"{sentence or self.sentence} {detail}".rstrip()
        return Found(self.id, self.effect, message, signature)


_BY_ID = {check.id: check for check in Check}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing noticed: stable id, weight, a sentence a clerk understands, and the signature field concerned."""

    id: str
    effect: Effect
    message: str
    signature: str = ""
