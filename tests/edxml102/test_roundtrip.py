"""What is written is read back as it was, by our reader and by a strict parser."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edxml102.errors import has_errors
from edxml102.model import DocumentPackage, Package
from edxml102.reader import decode_attachment, read_package
from edxml102.rules import Mode, check
from edxml102.writer import Written, write_package
from tests.edxml102 import strategies
from tests.edxml102.examples import TODAY

SLOW = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def contents_of(package: Package, data: st.DataObject) -> dict[str, bytes]:
    attachments = package.attachments if isinstance(package, DocumentPackage) else ()
    return {attachment.content_id: data.draw(st.binary(max_size=64)) for attachment in attachments}


def written(package: Package, contents: dict[str, bytes], *, check: bool) -> tuple[io.BytesIO, Written]:
    out = io.BytesIO()
    report = write_package(package, out, contents, check=check, today=TODAY)
    out.seek(0)
    return out, report


@SLOW
@given(strategies.document_packages | strategies.status_packages, st.data())
def test_whatever_the_model_holds_comes_back(package: Package, data: st.DataObject) -> None:
    out, report = written(package, contents_of(package, data), check=False)

    result = read_package(out)

    assert result.package == report.package
    assert (result.size, result.sha256) == (report.size, report.sha256)


@SLOW
@given(strategies.sound_documents | strategies.sound_statuses, st.data())
def test_what_may_be_sent_is_accepted(package: Package, data: st.DataObject) -> None:
    contents = contents_of(package, data)

    out, report = written(package, contents, check=True)
    result = read_package(out)

    assert not result.refused
    assert result.package == report.package
    assert not has_errors(check(result.package, mode=Mode.ACCEPT, today=TODAY))
    for attachment in getattr(result.package, "attachments", ()):
        assert b"".join(decode_attachment(out, attachment.view)) == contents[attachment.content_id]


@SLOW
@given(strategies.document_packages | strategies.status_packages, st.data())
def test_a_strict_parser_reads_it(package: Package, data: st.DataObject) -> None:
    out, report = written(package, contents_of(package, data), check=False)

    root = ET.fromstring(out.getvalue())

    subject = root.findtext(".//{*}MessageHeader/{*}Subject", default="")
    assert subject == getattr(getattr(report.package, "header", None), "subject", "")
