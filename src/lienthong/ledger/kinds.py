"""Which acts leave an event. Every member knows its own facts."""

from __future__ import annotations

from enum import Enum


class Area(Enum):
    """What an act belongs to."""

    EXCHANGE = "Trao đổi văn bản"
    REGISTRY = "Danh bạ và hệ thống"
    ACCESS = "Truy cập"
    PEOPLE = "Người dùng"
    LOG = "Nhật ký bằng chứng"
    RECORDS = "Sổ và xử lý văn bản"


class EventKind(Enum):
    """Stored name, area, Vietnamese label, and the evidence of ETSI EN 319 522-2 clause 6 it corresponds to.

    Where the standard knows the event, the stored name is the standard's own.
    """

    SUBMISSION_ACCEPTANCE = ("SubmissionAcceptance", Area.EXCHANGE, "Trục đã nhận văn bản", True)
    SUBMISSION_REJECTION = ("SubmissionRejection", Area.EXCHANGE, "Trục đã từ chối gói tin", True)
    RELAY_ACCEPTANCE = ("RelayAcceptance", Area.EXCHANGE, "Trục khác đã nhận chuyển tiếp", True)
    RELAY_REJECTION = ("RelayRejection", Area.EXCHANGE, "Trục khác đã từ chối chuyển tiếp", True)
    RELAY_FAILURE = ("RelayFailure", Area.EXCHANGE, "Không chuyển tiếp được sang trục khác", True)
    CONTENT_CONSIGNMENT = ("ContentConsignment", Area.EXCHANGE, "Gói tin đã sẵn sàng cho nơi nhận", True)
    CONTENT_CONSIGNMENT_FAILURE = (
        "ContentConsignmentFailure",
        Area.EXCHANGE,
        "Không đưa được gói tin tới nơi nhận",
        True,
    )
    CONTENT_HANDOVER = ("ContentHandover", Area.EXCHANGE, "Hệ thống của nơi nhận xác nhận đã lấy gói tin", True)
    CONTENT_HANDOVER_FAILURE = (
        "ContentHandoverFailure",
        Area.EXCHANGE,
        "Gói tin chưa giao được cho hệ thống của nơi nhận",
        True,
    )
    STATUS_REPORTED = ("StatusReported", Area.EXCHANGE, "Cơ quan đã báo trạng thái xử lý", False)
    RECIPIENT_ASKED = ("RecipientAsked", Area.EXCHANGE, "Bên gửi đã đề nghị nơi nhận về văn bản đã gửi", False)
    RECIPIENT_ANSWERED = ("RecipientAnswered", Area.EXCHANGE, "Nơi nhận đã trả lời đề nghị của bên gửi", False)
    DELIVERY_RESENT = ("DeliveryResent", Area.EXCHANGE, "Gói tin ngừng thử đã được cho gửi lại", False)
    DELIVERY_REDIRECTED = ("DeliveryRedirected", Area.EXCHANGE, "Gói tin đã được chuyển hướng sang nơi khác", False)
    DELIVERY_ON_PAPER = ("DeliveryOnPaper", Area.EXCHANGE, "Đã báo gửi bản giấy thay gói tin", False)
    PACKAGE_ERASED = ("PackageErased", Area.EXCHANGE, "Gói tin đã bị xóa khỏi kho theo lệnh", False)
    SIGNATURES_CHECKED = ("SignaturesChecked", Area.EXCHANGE, "Trục đã kiểm tra chữ ký số", False)

    AGENCY_CREATED = ("AgencyCreated", Area.REGISTRY, "Thêm cơ quan", False)
    AGENCY_CHANGED = ("AgencyChanged", Area.REGISTRY, "Sửa thông tin cơ quan", False)
    CODE_ADDED = ("CodeAdded", Area.REGISTRY, "Cấp mã định danh", False)
    CODE_CLOSED = ("CodeClosed", Area.REGISTRY, "Đóng mã định danh", False)
    DIRECTORY_IMPORTED = ("DirectoryImported", Area.REGISTRY, "Nhập danh bạ từ tệp", False)
    CODE_RESTORED = ("CodeRestored", Area.REGISTRY, "Khôi phục mã định danh khi hoàn tác sắp xếp", False)
    MANDATE_GIVEN = ("MandateGiven", Area.REGISTRY, "Ủy quyền gửi, nhận thay", False)
    MANDATE_ENDED = ("MandateEnded", Area.REGISTRY, "Thôi ủy quyền gửi, nhận thay", False)
    REFORM_APPLIED = ("ReformApplied", Area.REGISTRY, "Thực hiện phương án sắp xếp", False)
    SYSTEM_ADDED = ("SystemAdded", Area.REGISTRY, "Thêm hệ thống kết nối", False)
    SYSTEM_CHANGED = ("SystemChanged", Area.REGISTRY, "Đổi cách hệ thống nhận gói tin", False)
    SYSTEM_LOCKED = ("SystemLocked", Area.REGISTRY, "Khóa hệ thống kết nối", False)
    SYSTEM_UNLOCKED = ("SystemUnlocked", Area.REGISTRY, "Mở khóa hệ thống kết nối", False)
    SECRET_ISSUED = ("SecretIssued", Area.REGISTRY, "Cấp khóa bí mật", False)
    SECRET_REVOKED = ("SecretRevoked", Area.REGISTRY, "Thu hồi khóa bí mật", False)
    API_KEY_ISSUED = ("ApiKeyIssued", Area.REGISTRY, "Cấp khóa API", False)
    API_KEY_REVOKED = ("ApiKeyRevoked", Area.REGISTRY, "Thu hồi khóa API", False)
    SERVICE_STARTED = ("ServiceStarted", Area.REGISTRY, "Giao hệ thống phục vụ cơ quan", False)
    SERVICE_ENDED = ("ServiceEnded", Area.REGISTRY, "Thôi phục vụ cơ quan", False)
    MAINTENANCE_SET = ("MaintenanceSet", Area.REGISTRY, "Báo bảo trì hệ thống", False)
    MAINTENANCE_ENDED = ("MaintenanceEnded", Area.REGISTRY, "Kết thúc bảo trì hệ thống", False)
    SIGNATURE_POLICY_SET = ("SignaturePolicySet", Area.REGISTRY, "Đặt yêu cầu về chữ ký số", False)
    TRUST_STORE_CHANGED = ("TrustStoreChanged", Area.REGISTRY, "Kho chứng thư tin cậy thay đổi", False)

    OUTGOING_NUMBERED = ("OutgoingNumbered", Area.RECORDS, "Cấp số văn bản đi", False)
    OUTGOING_CANCELLED = ("OutgoingCancelled", Area.RECORDS, "Hủy văn bản đi đã cấp số", False)
    OUTGOING_ON_PAPER = ("OutgoingOnPaper", Area.RECORDS, "Phát hành văn bản giấy", False)
    NOT_SECRET_CONFIRMED = (
        "NotSecretConfirmed",
        Area.RECORDS,
        "Xác nhận văn bản không chứa bí mật nhà nước",
        False,
    )
    RECIPIENT_REMINDED = ("RecipientReminded", Area.RECORDS, "Nhắc nơi nhận", False)
    INCOMING_REGISTERED = ("IncomingRegistered", Area.RECORDS, "Tiếp nhận và vào sổ văn bản đến", False)
    INCOMING_REFUSED = ("IncomingRefused", Area.RECORDS, "Từ chối tiếp nhận văn bản đến", False)
    INCOMING_ASSIGNED = ("IncomingAssigned", Area.RECORDS, "Phân công xử lý văn bản đến", False)
    INCOMING_ASSIGNMENT_UNDONE = ("IncomingAssignmentUndone", Area.RECORDS, "Bỏ phân công văn bản đến", False)
    INCOMING_STARTED = ("IncomingStarted", Area.RECORDS, "Bắt đầu xử lý văn bản đến", False)
    INCOMING_FINISHED = ("IncomingFinished", Area.RECORDS, "Hoàn thành xử lý văn bản đến", False)
    INCOMING_FORWARDED = ("IncomingForwarded", Area.RECORDS, "Chuyển tiếp văn bản đến", False)
    INCOMING_ASK_ANSWERED = ("IncomingAskAnswered", Area.RECORDS, "Trả lời yêu cầu của bên gửi", False)
    INCOMING_OPENED = ("IncomingOpened", Area.RECORDS, "Mở xem văn bản đến", False)
    BOOK_CHANGED = ("BookChanged", Area.RECORDS, "Mở hoặc đóng sổ văn bản", False)

    ACCESS_DENIED = ("AccessDenied", Area.ACCESS, "Từ chối kết nối", False)
    CREDENTIAL_USED = ("CredentialUsed", Area.ACCESS, "Dùng khóa kết nối lần đầu trong ngày từ một địa chỉ", False)
    ALERT_ACKNOWLEDGED = ("AlertAcknowledged", Area.ACCESS, "Đã xem cảnh báo", False)
    EVIDENCE_EXPORTED = ("EvidenceExported", Area.ACCESS, "Xuất gói bằng chứng", False)

    MASTER_KEY_ROTATED = ("MasterKeyRotated", Area.REGISTRY, "Thay khóa chủ", False)
    MASTER_KEY_RETIRED = ("MasterKeyRetired", Area.REGISTRY, "Bỏ khóa chủ cũ", False)
    PERSON_ADDED = ("PersonAdded", Area.PEOPLE, "Thêm người dùng", False)
    PERSON_CHANGED = ("PersonChanged", Area.PEOPLE, "Sửa thông tin người dùng", False)
    PERSON_DEACTIVATED = ("PersonDeactivated", Area.PEOPLE, "Ngừng tài khoản", False)
    PERSON_REACTIVATED = ("PersonReactivated", Area.PEOPLE, "Mở lại tài khoản", False)
    PASSWORD_RESET = ("PasswordReset", Area.PEOPLE, "Đặt lại mật khẩu", False)
    PASSWORD_CHANGED = ("PasswordChanged", Area.PEOPLE, "Đổi mật khẩu của mình", False)
    POSITION_GRANTED = ("PositionGranted", Area.PEOPLE, "Giao vai trò", False)
    POSITION_ENDED = ("PositionEnded", Area.PEOPLE, "Thôi vai trò", False)
    DELEGATION_GIVEN = ("DelegationGiven", Area.PEOPLE, "Ủy quyền", False)
    DELEGATION_REVOKED = ("DelegationRevoked", Area.PEOPLE, "Thu hồi ủy quyền", False)

    KEY_ROTATED = ("KeyRotated", Area.LOG, "Thay khóa ký của nhật ký", False)
    TILES_REBUILT = ("TilesRebuilt", Area.LOG, "Dựng lại các ô của cây băm", False)

    def __new__(cls, value: str, area: Area = Area.EXCHANGE, label: str = "", is_etsi: bool = False) -> EventKind:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, area: Area = Area.EXCHANGE, label: str = "", is_etsi: bool = False) -> None:
        self.area = area
        self.label = label
        self.etsi_name = value if is_etsi else None

    @classmethod
    def known(cls, value: str) -> EventKind | None:
        """The member of a stored name; ``None`` for one that a later version wrote."""
        return cls(value) if value in cls._value2member_map_ else None
