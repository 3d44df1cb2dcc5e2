"""What this interface remembers between requests. Nothing here is evidence: every row may be lost without a document
being lost or doubled."""

from __future__ import annotations

from django.db import models

from lienthong.common.ids import new_id


class StoredAnswer(models.Model):
    """The answer given under an ``Idempotency-Key``; without ``status`` the request is still under way, or died."""

    system = models.ForeignKey("registry.System", on_delete=models.CASCADE, related_name="+")
    operation = models.TextField()
    key = models.TextField()
    content_hash = models.BinaryField()
    status = models.SmallIntegerField(null=True)
    content = models.TextField(default="")  # not jsonb, which would change the order of the fields
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("system", "operation", "key"), name="rest_api_answer_once"),)
        indexes = (models.Index(fields=("created_at",), name="rest_api_answer_age"),)

    def __str__(self) -> str:
        return f"answer to {self.key}"


class Upload(models.Model):
    """A package that arrives in parts. Its bytes lie in ``DATA_DIR/uploads``; the size of that file is the offset."""

    id = models.UUIDField(primary_key=True, default=new_id)
    system = models.ForeignKey("registry.System", on_delete=models.CASCADE, related_name="+")
    length = models.BigIntegerField()
    sha256 = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    status = models.SmallIntegerField(null=True)
    content = models.TextField(default="")

    class Meta:
        indexes = (models.Index(fields=("expires_at",), name="rest_api_upload_age"),)

    def __str__(self) -> str:
        return f"upload {self.pk}"
