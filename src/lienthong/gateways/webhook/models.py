"""Where systems want their packages posted."""

from __future__ import annotations

from django.db import models


class Webhook(models.Model):
    """The address of a system; written by ``addresses.set_webhook`` only."""

    system = models.OneToOneField("registry.System", primary_key=True, on_delete=models.PROTECT, related_name="+")
    url = models.TextField()
    set_at = models.DateTimeField()

    class Meta:
        db_table = "webhook_address"

    def __str__(self) -> str:
        return self.url
