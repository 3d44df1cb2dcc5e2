"""Fuzz the reader with atheris: ``python -m tests.edxml102.fuzz`` (FUZZ_SECONDS, default 60).

Ends with 0 when nothing raised, hung, grew, or depended on how the bytes were cut. The corpus starts as the golden
packages and grows in ``var/fuzz``, where a failing input is written too.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["edxml102"]):
    from edxml102.identifiers import parse_agency_code, parse_document_id
    from edxml102.model import DocumentPackage
    from edxml102.reader import PackageReader, ReadResult

from tests.edxml102 import golden

_FOLDER = Path("var", "fuzz")
_WORDS = (
    "<edXML", "edXMLEnvelope", "MessageHeader", "StatusCode", "AttachmentEncoded", "<Attachment>", "ContentType",
    "ContentTransferEncoded",
    "</edXML:ContentTransferEncoded>", "application/zip", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "<!DOCTYPE",
    "&#65;", "&amp;", "cid:", "xmlns", "encoding", "UTF-8", "QUJD", "UEsDB", "UEsFB", "==",
)  # fmt: skip
_MOST_BYTES = 20_000


def read(chunks: list[bytes]) -> ReadResult:
    reader = PackageReader()
    for chunk in chunks:
        reader.feed(chunk)
    return reader.close()


def try_one(data: bytes) -> None:
    """Read the bytes whole and in two pieces; the two results must be equal."""
    whole = read([data])
    cut = len(data) * (sum(data[-2:]) % 256) // 256
    if read([data[:cut], data[cut:]]) != whole:
        raise AssertionError("the outcome depends on the chunks")
    if whole.package is None and not whole.refused:
        raise AssertionError("no package and no reason")
    if isinstance(whole.package, DocumentPackage):
        parse_agency_code(whole.package.header.from_.organ_id)
        parse_document_id(whole.package.header.document_id)


def write_corpus(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    packages = golden.accepted() | {name: package for name, (_, package) in golden.refused().items()}
    for name, package in packages.items():
        if len(package) <= _MOST_BYTES:
            (folder / name).write_bytes(package)


def main() -> None:
    seconds = int(os.environ.get("FUZZ_SECONDS", "60"))
    corpus, words = _FOLDER / "corpus", _FOLDER / "words"
    write_corpus(corpus)
    words.write_text("".join(f'"{word}"\n' for word in _WORDS))
    limits = [f"-max_total_time={seconds}", f"-max_len={_MOST_BYTES}", "-timeout=5", "-rss_limit_mb=1024"]
    places = [f"-dict={words}", f"-artifact_prefix={_FOLDER}/", str(corpus)]
    atheris.Setup([sys.argv[0], *limits, *places], try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
