"""Tables of the registry. Facts that change are dated rows: ``valid_from`` inclusive, ``valid_to`` exclusive.

Rows are written by the services only, because every change must also raise the directory's revision.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Index, Q
from django.db.models.functions import Lower


class Level(models.TextChoices):
    """Tier of government. The national directory numbers the first four."""

    CENTRAL = "central", "Trung ương"
    CITY = "city", "Thành phố"
    DISTRICT = "district", "Huyện (trước 1/7/2025)"
    COMMUNE = "commune", "Xã, phường, đặc khu"
    OTHER = "other", "Khác"

    @property
    def number(self) -> int | None:
        """1 to 4 as the national directory counts; ``None`` outside the four tiers."""
        return {"central": 1, "city": 2, "district": 3, "commune": 4}.get(self.value)

    @classmethod
    def of_number(cls, number: int) -> Level | None:
        """The tier of a national number."""
        return next((level for level in cls if level.number == number), None)


class Scheme(models.TextChoices):
    """Who issued a code. The order is the order of preference when an agency has several open ones."""

    QD20 = "QD20", "Mã theo QĐ 20/2020/QĐ-TTg"
    QCVN102 = "QCVN102", "Mã 13 ký tự theo QCVN 102:2016/BTTTT"
    ENTERPRISE = "ENTERPRISE", "Mã số doanh nghiệp"
    LEGACY = "LEGACY", "Mã cũ khác"
    SYSTEM = "SYSTEM", "Mã hệ thống"


class OnClosed(models.TextChoices):
    """What happens to a document sent to a closed code."""

    REFUSE = "refuse", "Từ chối, nêu cơ quan kế thừa"
    REDIRECT = "redirect", "Chuyển tới cơ quan kế thừa"


class SystemKind(models.TextChoices):
    """How a system gets what is addressed to its agencies."""

    PULL = "pull", "Tự lấy qua SDK"
    DESK = "desk", "Bàn làm việc trên web"
    UPSTREAM = "upstream", "Trục liên thông quốc gia"
    PUSH = "push", "Được đẩy tới"


class MandateScope(models.TextChoices):
    """What one agency does for another."""

    SEND = "send", "Gửi thay"
    RECEIVE = "receive", "Nhận thay"
    BOTH = "both", "Gửi và nhận thay"

    @property
    def receives(self) -> bool:
        return self is not MandateScope.SEND


class SystemState(models.TextChoices):
    """Whether a system may connect."""

    ACTIVE = "active", "Đang hoạt động"
    LOCKED = "locked", "Đang khóa"


class Agency(models.Model):
    """An agency, known inside by this key alone. It is open on the days on which one of its codes is."""

    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"agency {self.pk}"


class _Dated(models.Model):
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class AgencyName(_Dated):
    """A name and abbreviation of an agency; ``folded`` holds both for search."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=500)
    abbreviation = models.CharField(max_length=100, blank=True, default="")
    folded = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "valid_from"], name="registry_name_start"),
            models.UniqueConstraint(fields=["agency"], condition=Q(valid_to=None), name="registry_name_open"),
        ]
        indexes: ClassVar = [
            GinIndex(SearchVector("folded", config="simple"), name="registry_name_words"),
            Index(Lower("abbreviation"), condition=~Q(abbreviation=""), name="registry_name_short"),
        ]

    def __str__(self) -> str:
        return self.name


class AgencyIdentifier(_Dated):
    """A code of an agency. A code belongs to one agency for ever, so it is unique whatever the dates."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="identifiers")
    scheme = models.CharField(max_length=16, choices=Scheme)
    code = models.CharField(max_length=64, unique=True)
    successor = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="predecessors")
    on_closed = models.CharField(max_length=16, choices=OnClosed, default=OnClosed.REFUSE)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="registry_code_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class AgencyPlacement(_Dated):
    """Level and parent of an agency."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="placements")
    level = models.CharField(max_length=16, choices=Level)
    parent = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="child_placements")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "valid_from"], name="registry_place_start"),
            models.UniqueConstraint(fields=["agency"], condition=Q(valid_to=None), name="registry_place_open"),
        ]

    def __str__(self) -> str:
        return f"{self.level} below {self.parent_id}"


class AgencyContact(models.Model):
    """How people reach an agency today; no history is kept of it."""

    agency = models.OneToOneField(Agency, primary_key=True, on_delete=models.PROTECT, related_name="contact")
    mail = models.CharField(max_length=200, blank=True, default="")
    phone = models.CharField(max_length=50, blank=True, default="")
    fax = models.CharField(max_length=50, blank=True, default="")
    address = models.CharField(max_length=500, blank=True, default="")

    def __str__(self) -> str:
        return f"contact of agency {self.pk}"


class System(models.Model):
    """A document system, or another axis, that connects."""

    system_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=SystemKind, default=SystemKind.PULL)
    state = models.CharField(max_length=16, choices=SystemState, default=SystemState.ACTIVE)
    created_at = models.DateTimeField()
    locked_reason = models.CharField(max_length=500, blank=True, default="")

    def __str__(self) -> str:
        return self.system_id


class SystemService(_Dated):
    """A system carries the documents of an agency, and of those below it where it says so."""

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="services")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="services")
    include_subordinates = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["system", "agency"], condition=Q(valid_to=None), name="registry_service_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system_id} serves {self.agency_id}"


class Mandate(_Dated):
    """One agency sends or receives for another: the district for a commune without software of its own."""

    mandator = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="mandates_given")
    mandatary = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="mandates_held")
    scope = models.CharField(max_length=16, choices=MandateScope)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mandator", "mandatary"], condition=Q(valid_to=None), name="registry_mandate_open"
            ),
            models.CheckConstraint(condition=~Q(mandator=F("mandatary")), name="registry_mandate_two"),
        ]

    def __str__(self) -> str:
        return f"{self.mandatary_id} for {self.mandator_id}"


class Credential(models.Model):
    """A secret of a system, encrypted with a key that lies outside the database (``vault``)."""

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="credentials")
    secret_encrypted = models.BinaryField()
    key_id = models.CharField(max_length=32)
    label = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"credential {self.pk}"


class ApiScope(models.TextChoices):
    """What a key of the REST interface may be used for."""

    DOCUMENTS_SEND = "documents:send", "Gửi văn bản"
    DOCUMENTS_READ = "documents:read", "Nhận văn bản và theo dõi văn bản đã gửi"
    STATUSES_SEND = "statuses:send", "Báo trạng thái xử lý"
    DIRECTORY_READ = "directory:read", "Tra cứu danh bạ"
    STATISTICS_READ = "statistics:read", "Xem số liệu thống kê"


class ApiKey(models.Model):
    """A key of the REST interface. Only the SHA-256 of its random secret is kept; ``prefix`` finds the row."""

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="api_keys")
    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.BinaryField()
    scopes = ArrayField(models.CharField(max_length=32, choices=ApiScope))
    allowed_networks = ArrayField(models.CharField(max_length=64), default=list)
    rate_per_minute = models.PositiveIntegerField()
    label = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.prefix


class ApiKeyUsage(models.Model):
    """The token bucket of a key (docs/adr/0061). The table is not logged: a crash of the database fills all buckets."""

    key = models.OneToOneField(ApiKey, primary_key=True, on_delete=models.CASCADE, related_name="usage")
    tokens = models.FloatField()
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.tokens:.0f} left of {self.key_id}"


class Revision(models.Model):
    """One row: the number of the directory's present content (``revision.current``)."""

    revision = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="registry_revision_single")]

    def __str__(self) -> str:
        return str(self.revision)


class ReformRun(models.Model):
    """An applied reform plan: its text, what it changed (``reform.records``), by whom. Never changed, never deleted."""

    name = models.CharField(max_length=300)
    effective_on = models.DateField()
    sha256 = models.CharField(max_length=64, db_index=True)
    source = models.TextField()
    effects = models.JSONField()
    operator = models.CharField(max_length=200)
    applied_at = models.DateTimeField()
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")

    def __str__(self) -> str:
        return f"reform {self.pk}: {self.name}"
