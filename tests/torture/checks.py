"""What must be true of two axes once everything is up and quiet. Each check answers complaints."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from tests.torture.book import Book, Item
from tests.torture.instances import Instance
from tests.torture.offices import expected_state

_OPEN = ("waiting", "leased", "failed")


def deliveries_open(instance: Instance) -> list[tuple[Any, ...]]:
    """What the axis still owes somebody."""
    return instance.query(
        "SELECT d.id, d.state, d.kind, d.from_code, d.to_code, d.attempts, d.available_at, d.lease_until, d.last_error,"
        " o.document_id FROM exchange_delivery d JOIN exchange_package p ON p.id = d.package_id"
        " LEFT JOIN exchange_document o ON o.id = p.document_id WHERE d.state = ANY(%s)",
        [list(_OPEN)],
    )


def hurry(instance: Instance) -> None:
    """As if the pauses of retries and breakers were over."""
    instance.query("UPDATE exchange_delivery SET available_at = now() WHERE state = 'failed' AND available_at > now()")
    instance.query("UPDATE exchange_channel SET open_until = now() WHERE open_until > now()")
    instance.query("NOTIFY lienthong_deliveries")


# --- What the offices have -------------------------------------------------------------------------------------------


def arrived_once(book: Book) -> Iterator[str]:
    """Every acknowledged package is at every good recipient exactly once, in bytes that its sender sent."""
    for item in [*book.acknowledged(reports=False), *book.acknowledged(reports=True)]:
        for receiver in sorted(item.receivers):
            times = len(book.arrivals[receiver, item])
            if times > 1 or (times == 0 and not item.life.may_never_arrive):
                yield f"{item.name} arrived {times} times at {receiver}\n{story(item)}"


def nothing_left_unanswered(book: Book) -> Iterator[str]:
    for item in book.items:
        if not item.acknowledged:
            yield f"{item.name} was never answered\n{story(item)}"


# --- What the axes keep ----------------------------------------------------------------------------------------------


def nothing_refused_is_kept(book: Book, instance: Instance) -> Iterator[str]:
    known = set().union(*(item.forms for item in book.items))
    for sha256, identifier in instance.query("SELECT sha256, id FROM exchange_package"):
        if bytes(sha256) not in known:
            why = book.refused.get(bytes(sha256), "nobody sent it")
            yield f"{instance.name}: package {identifier} is kept: {why}"


def every_delivery_is_over(instance: Instance) -> Iterator[str]:
    for row in deliveries_open(instance):
        yield f"{instance.name}: delivery still open: {row}"
    for row in instance.query("SELECT id, to_code, cause, last_error FROM exchange_delivery WHERE state = 'given_up'"):
        yield f"{instance.name}: delivery given up: {row}"


_ACCEPTANCES = """
SELECT p.id, count(e.id) FROM exchange_package p
  LEFT JOIN ledger_event e ON e.data->'receipt'->>'package' = p.id::text
       AND e.kind IN ('SubmissionAcceptance', 'StatusReported') AND e.sha256 = p.sha256
 GROUP BY p.id HAVING count(e.id) <> 1
"""
_ENDS = """
SELECT d.id, d.state, count(e.id) FILTER (WHERE e.kind = 'ContentConsignment'),
       count(e.id) FILTER (WHERE e.kind IN ('ContentHandover', 'RelayAcceptance'))
  FROM exchange_delivery d
  LEFT JOIN ledger_event e ON e.subject_type = 'delivery' AND e.subject_id = d.id::text
 GROUP BY d.id, d.state
HAVING count(e.id) FILTER (WHERE e.kind = 'ContentConsignment') <> 1
    OR count(e.id) FILTER (WHERE e.kind IN ('ContentHandover', 'RelayAcceptance'))
       <> (CASE d.state WHEN 'delivered' THEN 1 ELSE 0 END)
"""


def no_event_is_lost(instance: Instance) -> Iterator[str]:
    """Each package has its acceptance, each delivery its consignment and, once delivered, one handover."""
    for identifier, count in instance.query(_ACCEPTANCES):
        yield f"{instance.name}: package {identifier} has {count} events of its acceptance"
    for identifier, state, consigned, handed in instance.query(_ENDS):
        yield (
            f"{instance.name}: delivery {identifier} ({state}) has {consigned} events of its consignment"
            f" and {handed} of its handover"
        )
    (waiting,) = instance.query("SELECT count(*) FROM ledger_waiting")[0]
    if waiting:
        yield f"{instance.name}: {waiting} events wait for the sequencer"


_STATES = """
SELECT d.document_id, r.code, r.state FROM exchange_recipient r JOIN exchange_document d ON d.id = r.document_id
 WHERE r.delivery_id IS NOT NULL
"""


def statuses_agree(book: Book, instances: Sequence[Instance]) -> Iterator[str]:
    """Each axis shows for every recipient where the document must stand, so both sides of the link agree."""
    items = {item.name: item for item in book.acknowledged(reports=False)}
    for instance in instances:
        for name, code, state in instance.query(_STATES):
            item = items.get(name)
            if item is not None and state != (wanted := expected_state(item, code)):
                yield f"{instance.name}: {name} is {state} at {code}, not {wanted} ({item.life.value})\n{story(item)}"


# --- What the operators' own checks say ------------------------------------------------------------------------------


def audits_are_clean(instances: Sequence[Instance]) -> Iterator[str]:
    """``ledger audit``, then ``segments verify`` while and after what the kills left behind is reclaimed."""
    for one, running in [(one, one.run_module("tests.torture.audit")) for one in instances]:
        output, _ = running.communicate(timeout=300)
        try:
            ledger, repair, clean = (json.loads(text) for text in json.loads(output.splitlines()[-1]))
        except (ValueError, IndexError):
            yield f"{one.name}: the audits could not be read: {output[-2000:]}"
            continue
        if not ledger["sound"] or ledger["waiting"]:
            yield f"{one.name}: ledger audit: {ledger}"
        if not repair["sound"] or not all(trouble["repaired"] for trouble in repair["troubles"]):
            yield f"{one.name}: segments verify --repair: {repair}"
        if not clean["sound"] or clean["troubles"]:
            yield f"{one.name}: segments verify: {clean}"


def story(item: Item) -> str:
    """All that is known of an item, for people who look for the mistake."""
    about = f" about {item.about.name}" if item.about else ""
    head = f"  {item.sender} → {', '.join(sorted(item.receivers))}, {item.life.value}{about}"
    reported = [f"  reported by {code}: {', '.join(sorted(codes))}" for code, codes in item.reported.items()]
    return "\n".join([head, *(f"  {line}" for line in item.story), *reported])
