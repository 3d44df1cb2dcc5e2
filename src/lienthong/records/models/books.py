"""The registers (sổ) of an agency and the numbers given in them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Direction(models.TextChoices):
    """Which way the documents of a register go."""

    INCOMING = "in", "Đến"
    OUTGOING = "out", "Đi"


class Book(models.Model):
    """A register of one agency. Numbers run by themselves in each; one that is closed gives no more."""

    agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, related_name="books")
    direction = models.CharField(max_length=3, choices=Direction)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "records_book"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "direction", "name"], name="records_book_name"),
        ]

    def __str__(self) -> str:
        return self.name


class NumberSeries(models.Model):
    """The last number given in a book in a year. Written by ``numbering`` only: its row is the lock."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="series")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField()

    class Meta:
        db_table = "records_number_series"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "year"], name="records_number_series_year"),
        ]

    def __str__(self) -> str:
        return f"{self.book_id}, {self.year}: {self.last_number}"


class SavedView(models.Model):
    """A filter of a list that somebody keeps under a name; ``query`` is the address's query string."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, related_name="+", db_index=False)
    direction = models.CharField(max_length=3, choices=Direction)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)

    class Meta:
        db_table = "records_saved_view"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "agency", "direction", "name"], name="records_saved_view_name"),
        ]

    def __str__(self) -> str:
        return self.name
