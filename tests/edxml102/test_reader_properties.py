"""What holds for every input: chunks do not matter, nothing raises, nothing grows."""

from __future__ import annotations

import base64
import gc
import io
import random
import tracemalloc
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edxml102.errors import Finding
from edxml102.limits import Limits
from edxml102.reader import PackageReader, ReadResult, decode_attachment
from tests.edxml102 import golden
from tests.edxml102.golden import attachment, document

GOLDEN = golden.accepted() | {name: package for name, (_, package) in golden.refused().items()}
MIB = 1024 * 1024


def relaxed(max_examples: int) -> settings:
    # Machines are shared; slow means seconds here, not the milliseconds that a package takes.
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=max_examples, deadline=timedelta(seconds=2), suppress_health_check=checks)


def read(*chunks: bytes) -> ReadResult:
    reader = PackageReader()
    for chunk in chunks:
        reader.feed(chunk)
    return reader.close()


def split(package: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(package) + 1) for cut in cuts), len(package)]
    return [package[begin:end] for begin, end in pairwise(edges)]


@pytest.mark.parametrize("name", GOLDEN)
def test_byte_by_byte_is_the_same_as_whole(name: str) -> None:
    package = GOLDEN[name]

    assert read(*(package[at : at + 1] for at in range(len(package)))) == read(package)


@pytest.mark.parametrize("size", [1, 3, 4096, 16 * 1024, 17 * 1024, 65_536])
@pytest.mark.parametrize("padding", [0, 10_900, 15_000, 16_300, 16_384, 33_000])
def test_blocks_may_end_anywhere(size: int, padding: int) -> None:
    # The padding moves the start tags of the contents over the edges of the cutter's blocks.
    for shift in range(0, 120, 13):
        text = base64.b64encode(bytes(40_000)).decode()
        header = golden.HEADER.replace("<edXML:DueDate>", f"<!--{' ' * (padding + shift)}--><edXML:DueDate>")
        package = document(attachment(text), attachment(f"{text[:100]}<![CDATA[{text[100:]}]]>"), header=header)

        result = read(*(package[at : at + max(size, 97)] for at in range(0, len(package), max(size, 97))))

        assert result == read(package)
        assert not result.findings
        assert [len(data) for data in decoded(package, result)] == [40_000, 40_000]


def decoded(package: bytes, result: ReadResult) -> list[bytes]:
    assert result.package is not None
    attachments = getattr(result.package, "attachments", ())
    return [b"".join(decode_attachment(io.BytesIO(package), item.view)) for item in attachments]


def test_memoryviews_and_bytearrays_are_taken() -> None:
    package = document()

    assert read(memoryview(package)[:100], bytearray(package[100:])) == read(package)  # type: ignore[arg-type]


FRAGMENTS = (
    b"<", b">", b"/", b"&", b";", b"&#65;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?x", b"?>", b"=", b"==", b"\n",
    b" ", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\0", b"ContentTransferEncoded", b"<ContentTransferEncoded>", b"'", b'"',
    b"</edXML:ContentTransferEncoded>", b"<!DOCTYPE a>", b"PK\x03\x04", b"QUJD", b"<a>", b"</a>", b"AttachmentEncoded",
)  # fmt: skip

edit = st.tuples(
    st.integers(0, 10_000), st.integers(0, 60), st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=8))
)
copied = st.tuples(st.integers(0, 10_000), st.integers(0, 2000), st.integers(0, 10_000))


def mutate(package: bytes, edits: list[tuple[int, int, bytes]], copies: list[tuple[int, int, int]]) -> bytes:
    for begin, length, to in copies:
        piece = package[begin : begin + length]
        package = package[:to] + piece + package[to:]
    for at, removed, added in edits:
        begin = at % (len(package) + 1)
        package = package[:begin] + added + package[begin + removed :]
    return package


def check(result: ReadResult) -> None:
    assert result.refused or result.package is not None
    for finding in result.findings:
        assert isinstance(finding, Finding)
        assert len(finding.message) < 1000


@relaxed(250)
@given(
    name=st.sampled_from(sorted(GOLDEN)),
    edits=st.lists(edit, min_size=1, max_size=4),
    copies=st.lists(copied, max_size=1),
    cuts=st.lists(st.integers(0, 20_000), max_size=12),
)
def test_a_mutated_package_never_raises_and_chunks_do_not_matter(
    name: str, edits: list[tuple[int, int, bytes]], copies: list[tuple[int, int, int]], cuts: list[int]
) -> None:
    package = mutate(GOLDEN[name], edits, copies)

    result = read(package)

    check(result)
    assert read(*split(package, cuts)) == result


@relaxed(100)
@given(package=st.binary(max_size=200), cuts=st.lists(st.integers(0, 200), max_size=4))
def test_any_bytes_are_refused_and_never_raise(package: bytes, cuts: list[int]) -> None:
    result = read(*split(package, cuts))

    check(result)
    assert result.refused


@relaxed(100)
@given(
    parts=st.lists(
        st.one_of(
            st.binary(max_size=40).map(lambda data: base64.b64encode(data)[: len(data) // 3 * 4].decode()),
            st.sampled_from((" ", "\r\n", "\t", "<!-- x -->", "<?x?>", "<![CDATA[QUJD]]>", "&#65;&#66;&#67;&#68;")),
        ),
        max_size=12,
    ),
    last=st.binary(max_size=5),
    cuts=st.lists(st.integers(0, 6000), max_size=8),
)
def test_content_decodes_to_what_xml_and_base64_say(parts: list[str], last: bytes, cuts: list[int]) -> None:
    text = "".join(parts) + base64.b64encode(last).decode()
    package = document(attachment(text))
    plain = text.replace("<!-- x -->", "").replace("<?x?>", "").replace("<![CDATA[", "").replace("]]>", "")
    expected = base64.b64decode(plain.replace("&#65;&#66;&#67;&#68;", "ABCD"))

    result = read(*split(package, cuts))

    assert not result.findings
    assert decoded(package, result) == [expected]


def feed_stream(reader: PackageReader, *, size: int, block: bytes, opening: bytes, closing: bytes) -> ReadResult:
    reader.feed(opening)
    for _ in range(size // len(block)):
        reader.feed(block)
    reader.feed(closing)
    return reader.close()


@pytest.mark.parametrize(
    ("size", "mark", "line_break"),
    [(100 * MIB, "#", b""), (10 * MIB, "#", b"\r\n"), (5 * MIB, "<![CDATA[#]]>", b"")],
    ids=["plain", "lines", "cdata"],
)
def test_memory_does_not_grow_with_the_package(size: int, mark: str, line_break: bytes) -> None:
    opening, _, closing = document(attachment(mark, kind="")).partition(b"#")
    data = b"PK\x03\x04" + random.Random(1).randbytes(49_148)
    block = base64.b64encode(data) + line_break
    gc.collect()
    tracemalloc.start()
    try:
        result = feed_stream(PackageReader(), size=size, block=block, opening=opening, closing=closing)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert [finding.id for finding in result.findings] == [
        "zip.broken"
    ]  # the ends of the zip are kept, so they count too
    assert result.size > 0.99 * size
    assert peak < 2 * MIB


def test_a_refused_stream_takes_no_memory() -> None:
    tracemalloc.start()
    try:
        reader = PackageReader(Limits(package_bytes=MIB))
        result = feed_stream(reader, size=20 * MIB, block=bytes(65_536), opening=b"<edXML>", closing=b"")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert result.refused
    assert peak < MIB
