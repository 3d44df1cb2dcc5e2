"""Marks of state secrets in what a package says of itself (spec: legal 8). Pure; which marks there are is dated data.

A mark is a stamp, not a word: *mật* alone in brackets or between dashes is one, *bảo mật*, *mật khẩu* and *xã Mật Sơn*
are none. What was found is never repeated: a ``Mark`` names the place only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from edxml102.model import DocumentPackage, Extra, Package, StatusPackage
from lienthong.exchange.rule_sets.values import SecrecyRules

_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_SPACED = re.compile(r"(?<!\w)(?:\w[ \t]+){2,}\w(?!\w)")  # M Ậ T, as stamps are set
_BRACKETS = frozenset("()[]{}<>«»“”\"'‘’")
_TIGHT = frozenset("-_")  # words of a file name are joined by these
_ENDS = frozenset("-–—_:;/\\|.*•\n\t") | _BRACKETS
_LONGEST_SPACED = 10_000  # characters of a text whose letters may be set apart
_LONGEST_NOTATION = 200
_AROUND = 40  # characters beside a word that are looked at, so that a long text costs no more than its length
_BEYOND = "phần tử ngoài chuẩn"
_SUFFIX = re.compile(r"[-/._(\[ ]\s*([^-/._()\[\] ]+(?: [^-/._()\[\] ]+)?)\s*[)\]]?\s*$")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something says that it is secret: the field, in the words of the standard."""

    field: str


def find_marks(package: Package, rules: SecrecyRules) -> list[Mark]:
    """The places of a package that mark it as secret."""
    if isinstance(package, DocumentPackage):
        return _marks(_texts(package), _notations(package), rules)
    return _marks(_report_texts(package), [("ResponseFor/Code", package.response_for.code)], rules)


def is_marked(text: str, rules: SecrecyRules) -> bool:
    """Whether a line of text (a subject, a name of a file, a line of a page) carries a mark."""
    if not _hint(rules.key).search(text):
        return False
    text = _plain(text)
    if rules.key not in text.casefold():
        return False
    words = list(_WORD.finditer(text))
    mixed = any(sign.islower() for sign in text)
    speaks = _speaks_of_secrecy(text, rules)
    return any(_is_mark(text, words, at, rules, mixed=mixed, speaks=speaks) for at in range(len(words)))


def is_stamped(line: str, rules: SecrecyRules) -> bool:
    """Whether a line of a page is nothing but a stamp: running text may speak of secrecy as it likes."""
    if not _hint(rules.key).search(line):
        return False
    text = " ".join(_plain(line).split())
    stamp = "".join(text.casefold().split()).strip("()[]*.:-–—")
    return text == text.upper() and stamp in _stamps(rules)


def is_secret_notation(text: str, rules: SecrecyRules) -> bool:
    """Whether a notation ends in a secrecy suffix: ``15/BC-UBND-M``, ``15/BC-UBND(TM)``."""
    if not any(suffix in text for suffix in rules.notation_suffixes):
        return False
    found = _SUFFIX.search(" ".join(_plain(text[-_LONGEST_NOTATION:]).split()))
    return found is not None and found[1] in rules.notation_suffixes


def is_secret_file_name(name: str, rules: SecrecyRules) -> bool:
    """Whether a name of a file is marked, in letters without diacritics too."""
    bare = f" {re.sub('[-_.]', ' ', _plain(name))} "
    return is_marked(name, rules) or any(f" {mark} " in bare for mark in rules.file_name_marks)


def _marks(texts: Iterable[tuple[str, str]], notations: Iterable[tuple[str, str]], rules: SecrecyRules) -> list[Mark]:
    found = [field for field, text in texts if text and _test(field)(text, rules)]
    found += [field for field, text in notations if text and is_secret_notation(text, rules)]
    return [Mark(field) for field in dict.fromkeys(found)]


def _test(field: str) -> Callable[[str, SecrecyRules], bool]:
    return is_secret_file_name if field == "AttachmentName" else is_marked


# --- Where to look --------------------------------------------------------------------------------------------------


def _texts(package: DocumentPackage) -> Iterator[tuple[str, str]]:
    header, bussiness = package.header, package.trace.bussiness
    other = header.other_info
    yield "SphereOfPromulgation", other.sphere_of_promulgation
    yield "TyperNotation", other.typer_notation
    yield "Subject", header.subject
    yield "Content", header.content
    yield "Code/CodeNotation", header.code.notation
    yield "DocumentType/TypeName", header.document_type.type_name
    yield "Bussiness/BussinessDocReason", bussiness.reason
    yield from (("Appendixes", text) for text in other.appendixes)
    for one in package.attachments:
        yield "AttachmentName", one.attachment_name
        yield "Description", one.description
    for reference in package.manifest:
        yield "AttachmentName", reference.attachment_name
        yield "Description", reference.description
    for extras in (header.extras, other.extras, header.document_type.extras, header.code.extras, bussiness.extras):
        yield from _extra_texts(extras)


def _extra_texts(extras: Iterable[Extra]) -> Iterator[tuple[str, str]]:
    """Elements beyond the standard, where vendors put what it has no place for. Their names are the sender's words, so
    they are not repeated."""
    for extra in extras:
        yield _BEYOND, extra.text
        yield from ((_BEYOND, value) for _, value in extra.attributes)
        yield from _extra_texts(extra.children)


def _notations(package: DocumentPackage) -> Iterator[tuple[str, str]]:
    yield "Code/CodeNotation", package.header.code.notation


def _report_texts(package: StatusPackage) -> Iterator[tuple[str, str]]:
    yield "Description", package.description
    yield "ResponseFor/Code", package.response_for.code
    yield from _extra_texts(package.extras)


@cache
def _hint(key: str) -> re.Pattern[str]:
    """The rarest letters of the key, however they are composed: nearly every text is done with after this search."""
    letters = {sign for sign in key + unicodedata.normalize("NFD", key) if not sign.isascii()} or set(key)
    return re.compile(f"[{''.join(sorted(letters | {sign.upper() for sign in letters}))}]")


# --- What a mark looks like -----------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Composed letters, nothing invisible, and ``M Ậ T`` as ``MẬT``."""
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE).replace("\xa0", " ")
    return _SPACED.sub(lambda match: "".join(match[0].split()), text) if len(text) < _LONGEST_SPACED else text


def _is_mark(  # noqa: PLR0913 - what is known of the text
    text: str, words: list[re.Match[str]], at: int, rules: SecrecyRules, *, mixed: bool, speaks: bool
) -> bool:
    if words[at][0].casefold() != rules.key:
        return words[at][0].casefold() in _joined(rules)
    before = _neighbour(text, words, at, -1)
    after = _neighbour(text, words, at, +1)
    if after is not None and after.casefold() in rules.ordinary_after:
        return False
    if before is not None and before.casefold() in rules.degrees:
        return not speaks or _stands_alone(text, words[at - 1].start(), words[at].end(), rules)
    if before is not None and before.casefold() in rules.ordinary_before:
        return False
    if _stands_alone(text, words[at].start(), words[at].end(), rules):
        return True
    return mixed and _is_shouted(words[at][0], after)


@cache
def _joined(rules: SecrecyRules) -> frozenset[str]:
    """``TỐIMẬT``: two words whose letters were set apart."""
    return frozenset(degree + rules.key for degree in rules.degrees)


@cache
def _stamps(rules: SecrecyRules) -> frozenset[str]:
    """All stamps without blanks, with and without a label before them."""
    marks = {rules.key, *_joined(rules)}
    return frozenset(marks | {"".join(label.split()) + mark for label in rules.labels for mark in marks})


def _neighbour(text: str, words: list[re.Match[str]], at: int, step: int) -> str | None:
    """The word before or after, unless something more than a blank or a joining sign stands between."""
    if not 0 <= at + step < len(words):
        return None
    first, second = sorted((words[at], words[at + step]), key=lambda word: word.start())
    between = text[first.end() : second.start()]
    return words[at + step][0] if not between.strip() or between in _TIGHT else None


def _speaks_of_secrecy(text: str, rules: SecrecyRules) -> bool:
    """A public document about secrecy names its degrees: the list of state secrets of a field, a circular on stamps."""
    folded = text.casefold()
    return any(phrase in folded for phrase in rules.mentions)


def _stands_alone(text: str, start: int, end: int, rules: SecrecyRules) -> bool:
    """Nothing but an end of the text, a bracket or a dash on both sides; a label (*độ mật:*) may go before."""
    left = text[max(0, start - _AROUND) : start].rstrip(" ")
    right = text[end : end + _AROUND].lstrip(" ")
    tight_left, tight_right = text[start - 1 : start] != " ", text[end : end + 1] != " "
    for label in rules.labels:
        if left.casefold().endswith(label):
            left = left[: -len(label)].rstrip(" ")
            break
    shouted = text[start:end].isupper()
    before = _is_end(left[-1:], tight=tight_left, shouted=shouted)
    return before and _is_end(right[:1], tight=tight_right, shouted=shouted)


def _is_end(sign: str, *, tight: bool, shouted: bool) -> bool:
    if sign in _TIGHT and tight:  # xã-mật-sơn.pdf
        return shouted
    return sign == "" or sign in _ENDS


def _is_shouted(word: str, after: str | None) -> bool:
    """``Báo cáo MẬT về …``: capitals among small letters. ``MẬT SƠN`` is a name."""
    return word.isupper() and not (after is not None and after.isupper())
