"""Tables about neighbouring axes."""

from __future__ import annotations

from django.db import models


class Link(models.Model):
    """How a system is joined to this axis beyond being its client. A system without a row is an ordinary one.

    ``is_hub``: an axis itself, below this one, that relays for the agencies behind it (systems of kind *upstream* are
    hubs above or beside this one without saying so); ``adds_trace``: what is handed to it gets this axis' trace header.
    """

    system = models.OneToOneField("registry.System", on_delete=models.PROTECT, primary_key=True, related_name="+")
    is_hub = models.BooleanField(default=False)
    adds_trace = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"link of system {self.pk}"


class Hop(models.Model):
    """One axis that handled a package before it came here. ``beside``: told besides the package, which is signed."""

    id = models.BigAutoField(primary_key=True)
    package = models.ForeignKey("exchange.Package", on_delete=models.PROTECT, related_name="hops")
    position = models.SmallIntegerField()
    organ_code = models.TextField()
    timestamp = models.TextField()
    beside = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("package", "position"), name="hubs_hop_once"),)

    def __str__(self) -> str:
        return f"{self.position}: {self.organ_code}"
