"""Stamps of secrecy on the first page of a PDF file. Looked for beside the hot path, where time is bounded."""

from __future__ import annotations

import logging
from os import SEEK_END
from typing import BinaryIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from lienthong.exchange.guards.secrecy import is_stamped
from lienthong.exchange.rule_sets.values import SecrecyRules

LARGEST = 64 * 1024 * 1024  # bytes of a file that is looked into
_LARGEST_TEXT = 200_000  # characters of a page
_log = logging.getLogger(__name__)
logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with somebody's file is no fault of this system


def first_page_is_stamped(file: BinaryIO, rules: SecrecyRules) -> bool:
    """Whether a line of the first page is a stamp of secrecy. A file without text (a scan) or that cannot be read says
    nothing, and counts as not stamped: the sender's word and the fields of the package stay."""
    try:
        if file.seek(0, SEEK_END) > LARGEST:
            return False
        file.seek(0)
        reader = PdfReader(file)
        if reader.is_encrypted or not reader.pages:
            return False
        text = reader.pages[0].extract_text()
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        _log.info("first page not read: %s", type(error).__name__)
        return False
    return any(is_stamped(line, rules) for line in text[:_LARGEST_TEXT].splitlines())
