"""Vietnamese text as words to find: as written and without diacritics. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from lienthong.common.folding import fold, fold_code

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 60  # letters; anything longer is no word
_MOST_ASKED = 12  # words of one query


def words_of(texts: Iterable[str]) -> set[str]:
    """Every word of the texts, in lower case, as written and folded."""
    found: set[str] = set()
    for text in texts:
        found.update(_written(text))
        found.update(fold(text).split())
    return {word for word in found if len(word) <= _LONGEST}


def code_words(number: str, notation: str) -> set[str]:
    """Number and notation by their parts and as one word: ``15/UBND-VX`` → ``15``, ``ubnd``, ``vx``, ``15ubndvx``."""
    return words_of([number, notation]) | {fold_code(f"{number} {notation}")} - {""}


def agency_mark(agency_id: int) -> str:
    """The mark that narrows a query to an agency; no written word begins with @."""
    return f"@agency{agency_id}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed. ``accented`` is empty when they typed no diacritics; ``code`` when no digit."""

    accented: tuple[str, ...]
    folded: tuple[str, ...]
    code: str

    @property
    def is_empty(self) -> bool:
        return not self.folded


def read_query(text: str) -> Asked:
    """Read a query; the last word may be the beginning of one."""
    written, folded = _asked(_written(text)), _asked(fold(text).split())
    has_accents = any(not word.isascii() for word in written)
    has_digit = any(letter.isdigit() for letter in text)
    return Asked(written if has_accents else (), folded, fold_code(text) if has_digit else "")


def _asked(words: list[str]) -> tuple[str, ...]:
    """Cut to what an index holds; PostgreSQL refuses words of 2 KiB."""
    return tuple(word[: _LONGEST + 1] for word in words[:_MOST_ASKED])


def tsquery(words: Iterable[str], marks: Iterable[str]) -> str:
    """All of the words and all marks; the last word may be a beginning, unless it is a number. Words hold letters and
    digits only, so nothing needs escaping but the quotes around them."""
    terms = [f"'{word}'" for word in (*marks, *words)]
    return " & ".join(terms) if terms[-1].strip("'").isdigit() else f"{' & '.join(terms)}:*"


def _written(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())
