"""Room on the disk of the data folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes in all and free."""

    total: int
    free: int

    @property
    def free_percent(self) -> float:
        return 100 * self.free / self.total if self.total else 0.0


def disk() -> Disk:
    usage = shutil.disk_usage(settings.DATA_DIR if settings.DATA_DIR.exists() else settings.DATA_DIR.parent)
    return Disk(usage.total, usage.free)
