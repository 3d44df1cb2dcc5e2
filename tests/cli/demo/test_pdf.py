"""The PDF that is sent: its table of offsets is right, and text cannot break out of its string."""

from __future__ import annotations

import re

from lienthong.cli.demo.pdf import one_page


def test_every_object_begins_where_the_table_says() -> None:
    data = one_page(["VAN BAN MAU", "", "dong 2"])
    start = int(data.split(b"startxref\n")[1].split(b"\n")[0])
    offsets = [int(line[:10]) for line in data[start:].split(b"\n")[3:8]]

    assert data.startswith(b"%PDF-1.4\n")
    assert data.endswith(b"%%EOF\n")
    assert data[start : start + 7] == b"xref\n0 "
    for number, offset in enumerate(offsets, 1):
        assert data[offset:].startswith(b"%d 0 obj\n" % number)


def test_lines_of_the_table_have_twenty_bytes() -> None:
    data = one_page(["MAU"])
    table = data[data.index(b"xref\n0 6\n") + 9 : data.index(b"trailer")]
    assert len(table) == 6 * 20


def test_the_length_of_the_page_is_told() -> None:
    data = one_page(["MAU"])
    found = re.search(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", data, re.DOTALL)
    assert found
    assert int(found[1]) == len(found[2])


def test_brackets_and_backslashes_are_escaped() -> None:
    assert rb"(a \(b\) \\c) '" in one_page(["a (b) \\c"])


def test_the_same_lines_give_the_same_bytes() -> None:
    assert one_page(["MAU"]) == one_page(["MAU"])
