"""Offices answer what trainees send: received, accepted, sometimes refused; the same seed gives the same answers."""

from __future__ import annotations

import queue
from dataclasses import dataclass, field, replace

import pytest

from edxml102.codes import StatusCode
from edxml102.model import DocumentPackage
from lienthong.cli.demo import city, packages
from lienthong.cli.training.cast import write
from lienthong.cli.training.mailbox import Mailbox
from lienthong.cli.training.offices import Orders, PushedOffice

COMMUNE, NEIGHBOUR = city.BY_CODE["H99.33.11"], city.BY_CODE["H99.33.13"]


@dataclass
class Clerk:
    """Stands for an agency's side of the wire; keeps what was reported."""

    agency: city.SampleAgency
    system_id: str = "HUB.H99.33"
    told: list[tuple[str, str]] = field(default_factory=list)

    def next_entry(self) -> int:
        return len(self.told) + 1

    def next_number(self) -> int:
        return 1

    def report(self, document: DocumentPackage, code: StatusCode, description: str = "") -> None:
        self.told.append((document.header.document_id, code.code))


def letter(number: int, *to: str, recalls: str = "") -> bytes:
    draft, _ = write(Clerk(city.COMMITTEE), "Về việc thử (mẫu)", *to, number=number)  # type: ignore[arg-type]
    return packages.pack(replace(draft, recalls=recalls, reason="Nhầm (mẫu)" if recalls else ""))


class Waiting:
    """A box of letters in place of the network: the office takes them as any arrivals."""

    def __init__(self, *letters: bytes, seed: int = 1) -> None:
        self.clerks = [Clerk(COMMUNE), Clerk(NEIGHBOUR)]
        mail: queue.Queue[bytes] = queue.Queue()
        for one in letters:
            mail.put(one)
        self.office = PushedOffice(self.clerks, seed, mail)  # type: ignore[arg-type]

    def answers(self, orders: Orders | None = None) -> list[list[str]]:
        """What each agency has told a minute later, when everything that was planned is due."""
        for now in (0.0, 60.0):
            self.office.work(orders or Orders(), now=now)
        return [[code for _, code in clerk.told] for clerk in self.clerks]


def test_each_agency_that_is_addressed_answers_for_itself() -> None:
    assert Waiting(letter(1, COMMUNE.code)).answers(Orders(left_alone=set())) == [["01", "03"], []]
    document = letter(2, COMMUNE.code, NEIGHBOUR.code)
    identifier = packages.read_document(document).header.document_id
    assert Waiting(document).answers(Orders(left_alone={identifier})) == [["01", "03"], ["01", "03"]]


def test_an_office_refuses_when_the_incident_says_so() -> None:
    assert Waiting(letter(1, COMMUNE.code)).answers(Orders(refusing={COMMUNE.code})) == [["01", "02"], []]


def test_a_recall_is_agreed_to() -> None:
    document = letter(1, COMMUNE.code, recalls="H99,2024/03/15,1/UBND-VX")
    assert Waiting(document).answers() == [["15"], []]


@pytest.mark.parametrize("where", ["quiet", "quiet_for_exercise"])
def test_a_quiet_office_takes_nothing_and_later_everything(where: str) -> None:
    waiting = Waiting(letter(1, COMMUNE.code))
    orders = Orders(**{where: {"HUB.H99.33"}})
    assert waiting.answers(orders) == [[], []]
    getattr(orders, where).clear()
    assert waiting.answers(orders)[0][0] == "01"


def test_the_same_seed_refuses_the_same_letters() -> None:
    letters = [letter(number, COMMUNE.code) for number in range(1, 61)]
    first, again, other = (Waiting(*letters, seed=seed) for seed in (1, 1, 2))
    found = [sorted(waiting.clerks[0].told) for waiting in (first, again, other) if waiting.answers()]
    assert found[0] == found[1] != found[2]
    refused = [identifier for identifier, code in found[0] if code == "02"]
    assert 0 < len(refused) < 20


def test_the_mailbox_keeps_each_delivery_once_and_turns_away_what_it_must() -> None:
    box, document = Mailbox(), letter(1, COMMUNE.code)
    assert box.take("d-1", document)[0] == 200
    assert box.take("d-1", document)[0] == 409
    assert box.arrived.qsize() == 1
    box.turned_away.add(packages.read_document(document).header.document_id)
    status, told = box.take("d-2", document)
    assert (status, "đầy" in told["reason"]) == (422, True)
    assert box.take("d-3", b"no package")[0] == 200, "what is no document is kept and not answered"
