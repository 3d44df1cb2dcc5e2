"""Folding of Vietnamese text so that search finds it with or without diacritics."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORD = re.compile(r"[^0-9a-z]+")


def fold(text: str) -> str:
    """Lower case, without diacritics (đ becomes d), punctuation to single blanks: ``Sở Y tế`` → ``so y te``."""
    return _NOT_WORD.sub(" ", strip_accents(text).casefold()).strip()


def strip_accents(text: str) -> str:
    """The same text without diacritics (đ becomes d): ``Sở Y tế`` → ``So Y te``."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def fold_code(text: str) -> str:
    """Fold a number and notation to one word: ``123/QĐ-UBND`` → ``123qdubnd``."""
    return fold(text).replace(" ", "")
