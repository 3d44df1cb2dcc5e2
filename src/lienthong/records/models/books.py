"""The registers (sổ) of an agency and the numbers given in them."""

from __future__ import annotations

from typing import ClassVar

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
