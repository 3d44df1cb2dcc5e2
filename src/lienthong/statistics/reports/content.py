"""What a report says: sentences and tables, the same for screen, spreadsheet and paper.

Which instrument obliges to report is cited from the rule set of the period, never from here (legal.md, 1.1).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lienthong.common.text import grouped
from lienthong.exchange.rule_sets import rule_set
from lienthong.statistics import names, selectors
from lienthong.statistics.issued import Issued, issued
from lienthong.statistics.measures import Measure, Scope
from lienthong.statistics.percentiles import Spread
from lienthong.statistics.periods import Period
from lienthong.statistics.selectors import AgencyFigures, Figures

Cell = str | int | float | None
UNKNOWN = "chưa biết"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. ``measures``: what the number in a row counts, where it opens a list."""

    title: str
    headings: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report."""

    title: str
    scope: str
    period: Period
    made_at: str
    basis: str
    sentences: list[str]
    tables: list[Table] = field(default_factory=list)


SUMMARY = (
    Measure.SENT, Measure.COPIES, Measure.RECEIVED, Measure.ACCEPTED, Measure.REFUSED, Measure.UNANSWERED,
    Measure.NOT_SENT, Measure.GIVEN_UP, Measure.ERRORS,
)  # fmt: skip
STEPS = (
    (Measure.SIGN_SEND, Measure.SIGN_SEND),
    (Measure.SEND_01, Measure.RECEIVED_01),
    (Measure.FROM_01_TO_03, Measure.RECEIVED_03),
    (Measure.FROM_03_TO_06, Measure.RECEIVED_06),
)
PER_AGENCY = (
    Measure.SENT, Measure.RECEIVED, Measure.RECEIVED_ACCEPTED, Measure.RECEIVED_REFUSED, Measure.RECEIVED_UNANSWERED,
    Measure.RECEIVED_01, Measure.CHECKED, Measure.BY_PERSON, Measure.BY_BODY,
)  # fmt: skip


def build(scope: Scope, period: Period) -> Report:
    """The report of a scope for a period."""
    now, before = selectors.figures(scope, period), selectors.figures(scope, period.previous)
    registered = issued(scope, period)
    rules = rule_set(period.last)
    return Report(
        title="Báo cáo tình hình gửi, nhận văn bản điện tử",
        scope=names.scope_name(scope),
        period=period,
        made_at=names.today_note(),
        basis="; ".join(instrument.cited for instrument in rules.instruments.values()),
        sentences=sentences(now, period),
        tables=[
            summary_table(now, before, period, registered),
            steps_table(now),
            parts_table(now, Measure.REFUSED, "Lý do nơi nhận từ chối"),
            parts_table(now, Measure.ASKED, "Thu hồi, cập nhật, thay thế và trả lời"),
            parts_table(now, Measure.NOT_SENT, "Không gửi điện tử được, theo lý do"),
            parts_table(now, Measure.ERRORS, "Gói tin bị trục từ chối, theo lỗi"),
            *([] if scope.agency_id is not None else [agencies_table(scope, period)]),
        ],
    )


def sentences(found: Figures, period: Period) -> list[str]:
    """What matters, in words, before any table."""
    sent, carried = found.total(Measure.SENT), found.counts.get(Measure.CARRIED, {})
    told = [f"{period.label}: {grouped(sent)} văn bản gửi, {grouped(found.total(Measure.RECEIVED))} lượt nhận"]
    total = sum(carried.values())
    if total:
        quick = sum(count for key, count in carried.items() if int(key) <= _ONE_MINUTE)
        told.append(f"{percent(quick / total)} đến nơi trong một phút")
    late = found.total(Measure.UNANSWERED)
    told.append(f"{grouped(late)} lượt chưa được trả lời quá hạn" if late else "không lượt nào quá hạn trả lời")
    lines = [f"{', '.join(told)}."]
    refused = found.total(Measure.REFUSED)
    if refused:
        reason, count = found.parts(Measure.REFUSED)[0]
        often = f", nhiều nhất là “{reason}” ({grouped(count)})" if reason else ""
        lines.append(f"{grouped(refused)} lượt bị từ chối{often}.")
    return lines


_ONE_MINUTE = 84  # the class that ends at 60 seconds (percentiles): log 1.05 of 60


def summary_table(now: Figures, before: Figures, period: Period, registered: Issued | None) -> Table:
    """Totals, against the period before."""
    rows: list[tuple[Cell, ...]] = [
        (measure.label, now.total(measure), before.total(measure), change(now.total(measure), before.total(measure)))
        for measure in SUMMARY
    ]
    rows.insert(1, ("Tỷ lệ gửi điện tử trên số văn bản phát hành", _share(registered), None, ""))
    for measure in (Measure.BY_PERSON, Measure.BY_BODY):
        mine, theirs = now.share(measure, Measure.CHECKED), before.share(measure, Measure.CHECKED)
        rows.append((f"{measure.label} (trên số đã kiểm tra)", _percent_or(mine), _percent_or(theirs), ""))
    note = (
        "" if registered else "Chưa biết số văn bản phát hành bằng giấy: cơ quan không lập sổ văn bản đi trên hệ thống."
    )
    return Table("Tổng hợp", ("Chỉ tiêu", period.label, period.previous.label, "Thay đổi"), rows, note)


def steps_table(now: Figures) -> Table:
    """How long each step takes."""
    rows: list[tuple[Cell, ...]] = []
    for measure, received in STEPS:
        found = now.spread(measure)
        if not found.count and received is not measure:
            found = now.spread(received)
        rows.append((measure.label, found.count, length(measure, found.median), length(measure, found.p95)))
    note = "Trung vị và bách phân vị 95 tính theo lớp, sai số không quá 2,5 %."
    return Table("Thời gian từng bước", ("Bước", "Số lượt đo được", "Trung vị", "95 % không quá"), rows, note)


def agencies_table(scope: Scope, period: Period) -> Table:
    """One line per agency, those that sent most first."""
    found = selectors.by_agency(scope, period, only=PER_AGENCY)
    known = names.agency_names(row.agency_id for row in found)
    rows = [_agency_row(row, known) for row in sorted(found, key=lambda row: -row.figures.total(Measure.SENT))]
    return Table(
        "Theo cơ quan",
        ("Cơ quan", "Mã", "Cấp", "Gửi", "Nhận", "Tiếp nhận", "Từ chối", "Quá hạn", "Báo đến (trung vị)", "Ký đủ"),
        rows,
    )


def _agency_row(row: AgencyFigures, known: dict[int, tuple[str, str]]) -> tuple[Cell, ...]:
    name, code = known.get(row.agency_id, ("Cơ quan không rõ", ""))
    figures = row.figures
    return (
        name, code, ", ".join(sorted(names.level_name(level) for level in row.levels)), figures.total(Measure.SENT),
        figures.total(Measure.RECEIVED), figures.total(Measure.RECEIVED_ACCEPTED),
        figures.total(Measure.RECEIVED_REFUSED), figures.total(Measure.RECEIVED_UNANSWERED),
        length(Measure.RECEIVED_01, figures.spread(Measure.RECEIVED_01).median),
        _percent_or(figures.share(Measure.BY_BODY, Measure.CHECKED)),
    )  # fmt: skip


def parts_table(now: Figures, measure: Measure, title: str) -> Table:
    """The parts of a measure, the most frequent first."""
    rows: list[tuple[Cell, ...]] = [(names.key_name(measure, key), count) for key, count in now.parts(measure)]
    return Table(title, ("Loại", "Số lượt"), rows)


# --- Words ------------------------------------------------------------------------------------------------------------


def percent(share: float) -> str:
    """``99,2 %``"""
    return f"{share * 100:.1f}".removesuffix(".0").replace(".", ",") + " %"


def _percent_or(share: float | None) -> str:
    return "–" if share is None else percent(share)


def _share(registered: Issued | None) -> str:
    return UNKNOWN if registered is None or registered.share is None else percent(registered.share)


def change(now: int, before: int) -> str:
    """``+12,5 %``; where there was nothing before there is no share."""
    if now == before:
        return "không đổi"
    if not before:
        return "mới có"
    return ("+" if now > before else "−") + percent(abs(now - before) / before)


def length(measure: Measure, value: float | None) -> str:
    """A length of time in its largest fitting unit."""
    if value is None:
        return "–"
    if measure.in_days:
        return f"{value:.0f} ngày"
    for unit, name in ((86400, "ngày"), (3600, "giờ"), (60, "phút")):
        if value >= unit:
            return f"{value / unit:.1f}".removesuffix(".0").replace(".", ",") + f" {name}"
    return f"{value:.0f} giây"


__all__ = ["Report", "Spread", "Table", "build", "change", "length", "percent", "sentences"]
