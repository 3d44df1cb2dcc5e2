"""Mandates: one agency sends or receives for another from a day on."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from lienthong.ledger.kinds import EventKind
from lienthong.registry import revision
from lienthong.registry.acts import note_agency
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Agency, Mandate, MandateScope


def give_mandate(
    *,
    mandator: Agency,
    mandatary: Agency,
    scope: MandateScope | str,
    valid_from: date,
    valid_to: date | None = None,
) -> None:
    """Let ``mandatary`` act for ``mandator``; other terms replace those the two had, the same ones change nothing.

    :raises RegistryError: ``registry.mandate.*``
    """
    with revision.changing():
        _refuse_bad_terms(mandator, mandatary, scope, valid_from, valid_to)
        for row in _lasting(mandator, valid_from).filter(mandatary=mandatary):
            if (row.scope, row.valid_to) == (scope, valid_to) and row.valid_from <= valid_from:
                return
            _end(row, valid_from)
        _refuse_second_receiver(mandator, scope, valid_from)
        Mandate.objects.create(
            mandator=mandator, mandatary=mandatary, scope=scope, valid_from=valid_from, valid_to=valid_to
        )
        note_agency(EventKind.MANDATE_GIVEN, mandator, to=mandatary.pk, scope=str(scope), valid_from=valid_from,
                    valid_to=valid_to)  # fmt: skip
        revision.advance()


def end_mandate(*, mandator: Agency, mandatary: Agency, on_date: date) -> None:
    """End what one agency does for another.

    :raises RegistryError: ``registry.mandate.unknown`` when there is nothing to end
    """
    with revision.changing():
        rows = list(_lasting(mandator, on_date).filter(mandatary=mandatary))
        if not rows:
            raise RegistryError(
                "registry.mandate.unknown",
                f"Không có ủy quyền nào giữa hai cơ quan này còn hiệu lực sau ngày {on_date:%d/%m/%Y}.",
                "Kiểm tra cơ quan ủy quyền và cơ quan được ủy quyền.",
            )
        for row in rows:
            _end(row, on_date)
        revision.advance()


def _lasting(mandator: Agency, day: date) -> QuerySet[Mandate]:
    return Mandate.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), mandator=mandator)


def _end(row: Mandate, day: date) -> None:
    row.valid_to = max(day, row.valid_from)
    row.save(update_fields=["valid_to"])
    note_agency(EventKind.MANDATE_ENDED, row.mandator, to=row.mandatary_id, scope=row.scope, valid_to=row.valid_to)


def _refuse_bad_terms(
    mandator: Agency, mandatary: Agency, scope: MandateScope | str, valid_from: date, valid_to: date | None
) -> None:
    if mandator == mandatary:
        raise RegistryError(
            "registry.mandate.itself", "Cơ quan không thể ủy quyền cho chính mình.", "Chọn cơ quan được ủy quyền khác."
        )
    if scope not in MandateScope.values:
        raise RegistryError(
            "registry.mandate.scope_unknown",
            f"Không có phạm vi ủy quyền {str(scope)!r}.",
            "Chọn một trong: " + ", ".join(f"{known.value} ({known.label})" for known in MandateScope),
        )
    if valid_to is not None and valid_to <= valid_from:
        raise RegistryError(
            "registry.mandate.ends_before_start",
            f"Ủy quyền kết thúc {valid_to:%d/%m/%Y}, không sau ngày bắt đầu {valid_from:%d/%m/%Y}.",
            "Chọn ngày kết thúc sau ngày bắt đầu, hoặc bỏ trống.",
        )


def _refuse_second_receiver(mandator: Agency, scope: MandateScope | str, day: date) -> None:
    """Two receivers would make two documents of one."""
    receivers = _lasting(mandator, day).exclude(scope=MandateScope.SEND)
    if MandateScope(scope).receives and receivers.exists():
        raise RegistryError(
            "registry.mandate.second_receiver",
            "Đã có cơ quan khác nhận thay cơ quan này.",
            "Kết thúc ủy quyền nhận cũ trước.",
        )
