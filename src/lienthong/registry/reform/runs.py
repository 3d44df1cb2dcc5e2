"""What has been applied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lienthong.registry.errors import RegistryError
from lienthong.registry.models import ReformRun
from lienthong.registry.reform.changes import Change, CodeChanged, Fate, of_record


@dataclass(frozen=True, slots=True)
class RunDetail:
    """One applied plan; ``undone_by`` is the number of the run that took it back."""

    id: int
    name: str
    effective_on: date
    changes: int
    operator: str
    applied_at: datetime
    sha256: str
    undoes: int | None
    undone_by: int | None


def find_run(number: int) -> ReformRun:
    """
    :raises RegistryError: ``registry.reform.run_unknown``
    """
    run = ReformRun.objects.filter(pk=number).first()
    if run is None:
        raise RegistryError(
            "registry.reform.run_unknown",
            f"Không có lần thực hiện số {number}.",
            "Xem các lần đã thực hiện: lienthong registry reforms",
        )
    return run


def list_runs() -> list[RunDetail]:
    """Every run, the latest first."""
    undone = dict(ReformRun.objects.exclude(undoes=None).values_list("undoes_id", "pk"))
    return [
        RunDetail(
            id=run.pk,
            name=run.name,
            effective_on=run.effective_on,
            changes=len(run.effects),
            operator=run.operator,
            applied_at=run.applied_at,
            sha256=run.sha256,
            undoes=run.undoes_id,
            undone_by=undone.get(run.pk),
        )
        for run in ReformRun.objects.order_by("-pk")
    ]


def in_force(sha256: str) -> ReformRun | None:
    """The run of a plan whose changes hold: it was not undone, or its undoing was."""
    latest = ReformRun.objects.filter(sha256=sha256).order_by("-pk").first()
    return latest if latest is not None and _holds(latest) else None


def _holds(run: ReformRun) -> bool:
    undone = ReformRun.objects.filter(undoes=run).first()
    return undone is None or not _holds(undone)


def changes_of(run: ReformRun) -> list[Change]:
    """What a run changed, in its order."""
    return [of_record(record) for record in run.effects]


def fates(run: ReformRun) -> dict[str, tuple[Fate, Fate]]:
    """How the codes that a run changed stood before and after it."""
    return {change.code: (change.before, change.after) for change in changes_of(run) if isinstance(change, CodeChanged)}
