"""Tables of the link to other axes: how to reach each one, what is known of its directory, what went and came.

They lie with the gateway and not in the registry: an endpoint and a secret *of the other side* mean nothing to any
other part of the system, which knows an upstream as a system of kind *upstream* only.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class OnUnknownSender(models.TextChoices):
    """What happens to a package whose sender is not in our directory."""

    SYNC = "sync", "Đồng bộ danh bạ rồi thử lại một lần"
    FAIL = "fail", "Báo fail ngay"


class Upstream(models.Model):
    """Another axis whose client this one is. ``own_codes``: our own side in its directory, which is ours alone."""

    system = models.OneToOneField("registry.System", on_delete=models.PROTECT, primary_key=True, related_name="+")
    endpoint = models.CharField(max_length=500)
    remote_system_id = models.CharField(max_length=64)
    secret_encrypted = models.BinaryField()
    key_id = models.CharField(max_length=32)
    own_codes = models.JSONField(default=list)
    poll_min_seconds = models.FloatField(default=2.0)
    poll_max_seconds = models.FloatField(default=30.0)
    timeout_seconds = models.FloatField(default=60.0)
    on_unknown_sender = models.CharField(max_length=8, choices=OnUnknownSender, default=OnUnknownSender.SYNC)
    syncs_directory = models.BooleanField(default=True)
    synced_at = models.DateTimeField(null=True)
    polled_at = models.DateTimeField(null=True)
    tracked_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return f"{self.remote_system_id} at {self.endpoint}"


class RemoteUnit(models.Model):
    """A unit of an upstream's directory as it was last taken over: what has the same version need not be looked at."""

    id = models.BigAutoField(primary_key=True)
    upstream = models.ForeignKey(Upstream, on_delete=models.CASCADE, related_name="units")
    remote_id = models.TextField()
    code = models.TextField()
    stamp = models.TextField()
    deleted = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upstream", "remote_id"], name="national_unit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.stamp})"


class Relay(models.Model):
    """A package that an upstream took, under the upstream's own id; ``open``: some addressee's fate is not known."""

    id = models.BigAutoField(primary_key=True)
    upstream = models.ForeignKey(Upstream, on_delete=models.CASCADE, related_name="relays")
    package = models.ForeignKey("exchange.Package", on_delete=models.PROTECT, related_name="+")
    remote_id = models.TextField()
    sent_at = models.DateTimeField()
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["package", "upstream"], name="national_relay_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["upstream", "remote_id"], condition=Q(is_open=True), name="national_relay_open"),
        ]

    def __str__(self) -> str:
        return self.remote_id


class Refused(models.Model):
    """A package of an upstream that our door refused for good: told to the upstream as ``fail``, shown to operators."""

    id = models.BigAutoField(primary_key=True)
    upstream = models.ForeignKey(Upstream, on_delete=models.CASCADE, related_name="refused")
    remote_id = models.TextField()
    kind = models.TextField()
    from_code = models.TextField()
    code = models.TextField()
    detail = models.TextField()
    sha256 = models.BinaryField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upstream", "remote_id"], name="national_refused_once"),
        ]

    def __str__(self) -> str:
        return f"{self.remote_id}: {self.code}"
