"""What went over the border between the city's axis and the national one, and whether it was as it should be. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edxml102.codes import StatusCode
from edxml102.trace import locate


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A document from one axis to the other. ``intact``, by recipient: what arrived is what was sent, and one hop more;
    ``answers``, by recipient: the status that its sender sees."""

    document_id: str
    to: tuple[str, ...]
    intact: Mapping[str, bool]
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """``taken_over``: agencies that the city knows from the national directory only; ``recalled``: what the sender of
    the recalled document sees at its recipient."""

    ministry: str
    taken_over: tuple[str, ...]
    down: Passage
    up: Passage
    recalled: str


def is_intact(sent: bytes, arrived: bytes, *, hop: str) -> bool:
    """Whether the axis ``hop`` has only added its trace header."""
    place = locate([sent])
    if place is None:
        return sent == arrived
    end = place.offset + len(arrived) - len(sent)
    added = arrived[place.offset : end]
    return sent == arrived[: place.offset] + arrived[end:] and f"OrganId>{hop}<".encode() in added


def national_round_trip(across: Across) -> bool:
    """Down to everybody and up, unaltered, with the statuses back; and a recall that was agreed to."""
    passages = (across.down, across.up)
    return (
        across.ministry in across.taken_over
        and all(map(_is_complete, passages))
        and across.recalled.startswith("Đã thu hồi")
    )


def _is_complete(passage: Passage) -> bool:
    wanted = dict.fromkeys(passage.to, StatusCode.ACCEPTED.code)
    return bool(wanted) and passage.answers == wanted and passage.intact == dict.fromkeys(wanted, True)
