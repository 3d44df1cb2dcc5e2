"""Folding of Vietnamese text so that search finds it with or without diacritics."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORD = re.compile(r"[^0-9a-z]+")


def fold(text: str) -> str:
    """Lower case, without diacritics (đ becomes d), punctuation to single blanks: ``Sở Y tế`` → ``so y te``."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", letters.casefold()).strip()


def fold_code(text: str) -> str:
    """Fold a number and notation to one word: ``123/QĐ-UBND`` → ``123qdubnd``."""
    return fold(text).replace(" ", "")
