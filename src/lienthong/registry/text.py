"""Texts of the registry as they are kept and searched. Pure."""

from __future__ import annotations

import re
import unicodedata

from lienthong.common.folding import fold

_WORD = re.compile(r"[^\W_]+")


def clean(text: str) -> str:
    """One line: composed letters, single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_clean(text: str) -> bool:
    """Whether a cleaned text holds nothing a database or a spreadsheet cannot (control characters, half characters)."""
    return text.isprintable()


def accented_words(text: str) -> list[str]:
    """The words in lower case with their accents; none when no word has any."""
    words = _WORD.findall(unicodedata.normalize("NFC", text).lower())
    return [] if all(word.isascii() for word in words) else words


def searchable(name: str, abbreviation: str) -> str:
    """What search looks at: name and abbreviation folded, then as written, so that written accents can count more."""
    words = [*fold(name).split(), *fold(abbreviation).split(), *accented_words(f"{name} {abbreviation}")]
    return " ".join(dict.fromkeys(words))
