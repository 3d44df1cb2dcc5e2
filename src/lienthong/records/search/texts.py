"""The text of a PDF file: what it says itself, or what is recognised in its pictures where the machine can.

Files come from anybody: pages, characters and seconds are bounded, and the native reader works on one file at a time.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pypdfium2

_MOST_PAGES = 300
_MOST_LETTERS = 2_000_000
_MOST_SCANNED = 20  # pages recognised in one file
_PAGE_SECONDS = 60
_TOO_LITTLE = 16  # letters on a page; with fewer it is a picture
_SCALE = 2.0  # 144 dots per inch are enough for print


class UnreadableError(Exception):
    """No PDF, damaged, or locked with a password."""


def read_pdf(path: Path) -> tuple[str, bool, bool]:
    """The text of a file, whether some of it was recognised, and whether pages remain that are pictures only.

    :raises UnreadableError: it cannot be opened
    """
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(str(error)) from error
    with document:
        return _read(document)


def _read(document: pypdfium2.PdfDocument) -> tuple[str, bool, bool]:
    texts, letters, recognised, pictures = list[str](), 0, 0, False
    for number in range(min(len(document), _MOST_PAGES)):
        with suppress(pypdfium2.PdfiumError):  # one damaged page does not hide the others
            page = document[number]
            text = page.get_textpage().get_text_bounded()
            if len(text.strip()) < _TOO_LITTLE:
                words = _recognise(page) if recognised < _MOST_SCANNED else None
                recognised, pictures = recognised + bool(words), pictures or words is None
                text = words or text
            texts.append(text)
            letters += len(text)
        if letters > _MOST_LETTERS:
            break
    return "\n".join(texts), recognised > 0, pictures


@cache
def recogniser() -> str | None:
    """The program that recognises Vietnamese print, where it is installed."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=30, check=False)
    return program if "vie" in listed.stdout.split() else None


def _recognise(page: pypdfium2.PdfPage) -> str | None:
    """The words of a picture; ``None`` when nothing here can recognise them."""
    program = recogniser()
    if program is None:
        return None
    bitmap = page.render(scale=_SCALE, grayscale=True)
    picture = b"".join(_portable_graymap(bitmap))
    with suppress(subprocess.TimeoutExpired):
        done = subprocess.run(
            [program, "-", "-", "-l", "vie"], input=picture, capture_output=True, timeout=_PAGE_SECONDS, check=False
        )
        return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
    return None


def _portable_graymap(bitmap: pypdfium2.PdfBitmap) -> Iterator[bytes]:
    yield f"P5 {bitmap.width} {bitmap.height} 255\n".encode()
    pixels = bytes(bitmap.buffer)
    for row in range(bitmap.height):
        yield pixels[row * bitmap.stride : row * bitmap.stride + bitmap.width]
