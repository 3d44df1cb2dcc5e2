"""Delivery and status machines of the axis against a small model, in random order, through the public face."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lienthong.exchange.deliveries import Confirmation
from lienthong.exchange.models import Delivery, Recipient
from lienthong.exchange.refusals import Reason, Refusal
from tests import packages
from tests.exchange import orders
from tests.exchange.conftest import Office

_names = count(1)
_PROGRESS = ["sent", "arrived", "accepted", "assigned", "in_progress", "done"]
_STEPS = {"01": "arrived", "03": "accepted", "04": "assigned", "05": "in_progress", "06": "done"}
_YES = {"recall": ("15", "03"), "update": ("15",), "takeback": ("15",)}
_NO = {"recall": ("16", "02"), "update": ("16",), "takeback": ("16",)}
_ENDS = {"recall": "recalled", "takeback": "taken_back"}


class Model:
    """What the specification (5.1) says, in a few lines: progress, questions on top of it, an end."""

    def __init__(self) -> None:
        self.progress = "sent"
        self.questions: list[tuple[str, str]] = []
        self.end = ""
        self.fetched = self.confirmed = False
        self.reports: list[tuple[int, int, str]] = []  # second of its stamp, place of its arrival, code

    @property
    def state(self) -> str:
        return self.end or (f"{self.questions[-1][0]}_asked" if self.questions else self.progress)

    @property
    def cancelled(self) -> bool:
        return self.end in ("recalled", "taken_back")

    def ask(self, kind: str, name: str) -> None:
        if not self.end and not (kind == "update" and self.progress == "done" and not self.questions):
            self.questions.append((kind, name))

    def report_late(self, code: str, second: int) -> None:
        """Steps count in the order of their stamps, whenever they come; a code that came before and says nothing new is
        forgotten."""
        before, known = (self.progress, self.end), [one for _, _, one in self.reports]
        self.reports.append((second, len(self.reports), code))
        self.progress, self.end = "sent", ""
        for _, _, one in sorted(self.reports):
            self._step(one)
        if code in known and before == (self.progress, self.end):
            self.reports.pop()

    def _step(self, code: str) -> None:
        if not self.end and code == "02" and self.progress in ("sent", "arrived"):
            self.end = "rejected"
        elif not self.end and code in _STEPS:
            self.progress = max(self.progress, _STEPS[code], key=_PROGRESS.index)

    def report(self, code: str, about: str | None = None) -> None:
        if self.end:
            return
        for question in reversed(self.questions):
            kind, name = question
            if about in (None, name) and code in _YES[kind] + _NO[kind]:
                self.questions.remove(question)
                self.end = _ENDS.get(kind, "") if code in _YES[kind] else ""
                return
        if about is None:
            self._step(code)


class Machine(RuleBasedStateMachine):
    issuer: Office
    reader: Office

    @initialize(disordered=st.booleans())
    def send(self, disordered: bool) -> None:
        """Either agencies talk in turn, or steps come in any order and nobody asks anything."""
        self.disordered = disordered
        self.model = Model()
        self.name = f"VB-{next(_names)}"
        self.raw = packages.document(self.issuer.code, self.reader.code, document_id=self.name)
        self.issuer.send(self.raw)
        self.row = Recipient.objects.get(document__document_id=self.name)
        self.doc_id = str(self.row.delivery_id)

    def teardown(self) -> None:
        """The next example begins with an empty list."""
        for item in self.reader.inbox():
            self.reader.confirm(item.doc_id)

    def _report(self, about: str, code: str) -> None:
        # A clock that is ahead: the axis takes the arrival instead, so the order is that of the rules below.
        second = next(_names)
        stamp = f"2099/01/01 {second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"
        self.reader.report(self.issuer, about, code, description="Mẫu", timestamp=stamp)

    @precondition(lambda self: not self.disordered)
    @rule(code=st.sampled_from(["01", "02", "03", "04", "05", "06", "15", "16"]))
    def report(self, code: str) -> None:
        self._report(self.name, code)
        self.model.report(code)

    @precondition(lambda self: self.disordered)
    @rule(code=st.sampled_from(["01", "02", "03", "04", "05", "06"]), second=st.integers(0, 59))
    def report_out_of_order(self, code: str, second: int) -> None:
        self.reader.report(
            self.issuer, self.name, code, description=f"Mẫu {next(_names)}", timestamp=f"2024/03/15 10:00:{second:02}"
        )
        self.model.report_late(code, second)

    @precondition(lambda self: not self.disordered)
    @rule(kind=st.sampled_from(["recall", "update"]))
    def ask(self, kind: str) -> None:
        name = f"YC-{next(_names)}"
        order: Any = {"recall": orders.recall, "update": orders.update}[kind]
        self.issuer.send(order(self.issuer.code, self.reader.code, target=self.name, document_id=name))
        self.model.ask(kind, name)

    @precondition(lambda self: self.model.questions and not self.model.end)
    @rule(code=st.sampled_from(["15", "16"]), data=st.data())
    def answer(self, code: str, data: st.DataObject) -> None:
        _, name = data.draw(st.sampled_from(self.model.questions))
        self._report(name or self.name, code)
        self.model.report(code, name or None)

    @precondition(lambda self: not self.disordered)
    @rule()
    def take_back(self) -> None:
        asked = not self.model.end and ("takeback", "") in self.model.questions
        allowed = not self.model.end and self.model.progress in ("sent", "arrived")
        raw = packages.status(
            self.issuer.code, self.reader.code, self.name, "13", description="Mẫu",
            timestamp=f"2024/03/15 09:{next(_names) % 60:02}:{next(_names) % 60:02}",
        )  # fmt: skip
        if asked or allowed:
            self.issuer.send(raw)
            if not asked:
                self.model.ask("takeback", "")
            return
        with pytest.raises(Refusal) as caught:
            self.issuer.send(raw)
        assert caught.value.reason is Reason.STATUS_TOO_LATE

    @rule()
    def fetch(self) -> None:
        if self.model.cancelled:
            with pytest.raises(Refusal) as caught:
                self.reader.fetch(self.doc_id)
            assert caught.value.reason is Reason.CANCELLED
        else:
            assert self.reader.fetch(self.doc_id) == self.raw
            self.model.fetched = True

    @rule()
    def confirm(self) -> None:
        self.reader.confirm(self.doc_id, Confirmation.DONE)
        self.model.confirmed |= not self.model.cancelled

    @invariant()
    def the_status_is_that_of_the_model(self) -> None:
        if hasattr(self, "model"):
            self.row.refresh_from_db()
            assert self.row.state == self.model.state

    @invariant()
    def the_list_holds_what_is_open(self) -> None:
        if hasattr(self, "model"):
            listed = self.doc_id in [item.doc_id for item in self.reader.inbox()]
            assert listed is not (self.model.confirmed or self.model.cancelled)
            state = Delivery.objects.get(id=self.doc_id).state
            expected = "delivered" if self.model.confirmed else "cancelled" if self.model.cancelled else None
            assert expected in (None, state)


def test_the_machines_agree_with_the_model(department: Office, hoa_phuong: Office) -> None:
    class Here(Machine):
        issuer, reader = department, hoa_phuong

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=25,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
