"""What search looks at, apart from the documents themselves."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from lienthong.records.models.books import Direction


class TextState(models.TextChoices):
    """What became of the text of a document's files."""

    WAITING = "waiting", "Chưa đọc nội dung tệp"
    READ = "read", "Tìm được trong nội dung tệp"
    OCR = "ocr", "Nội dung do máy nhận dạng từ bản quét, có thể sai"
    SCANNED = "scanned", "Bản quét, chưa nhận dạng được chữ"
    NONE = "none", "Không có tệp nào đọc được chữ"
    FAILED = "failed", "Không đọc được nội dung tệp"


class SearchEntry(models.Model):
    """The words of one document of one agency; ``id`` is the document's own, so entries sort by time as documents do.

    ``words`` holds them with and without diacritics, and beside them marks (``@agency12``), so that the index alone
    narrows a common word to one agency. ``due_at``: when the files are to be read; a worker's lease while it reads.
    """

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, related_name="+", db_index=False)
    direction = models.CharField(max_length=3, choices=Direction)
    code_folded = models.TextField()
    words = SearchVectorField()
    text_state = models.TextField(choices=TextState, default=TextState.WAITING)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "records_search"
        indexes: ClassVar = [
            GinIndex(fields=["words"], name="records_search_words"),
            models.Index(
                fields=["agency", "code_folded"],
                opclasses=["int8_ops", "text_pattern_ops"],
                name="records_search_code",
            ),
            models.Index(fields=["agency", "-id"], name="records_search_newest"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="records_search_due"),
        ]

    def __str__(self) -> str:
        return f"words of {self.id}"
