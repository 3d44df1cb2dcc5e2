"""Drafts: two editors, files in parts, recipients pasted, the paper list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from pytest_django import Settings

from lienthong.accounts.policies import NotAllowedError
from lienthong.common import clock
from lienthong.exchange.signatures.results import Result
from lienthong.records.outgoing import access
from lienthong.records.outgoing.errors import (
    ChangedMeanwhileError,
    FileRefusedError,
    NotPossibleError,
    UnknownDocumentError,
    UploadOffsetError,
)
from lienthong.records.outgoing.models import OutgoingFile
from lienthong.records.outgoing.recipients import Match, Reach, choices, resolve_pasted
from lienthong.records.outgoing.selectors import OutgoingFilter, list_outgoing
from lienthong.records.outgoing.services import drafting, file_store, files, recipients, sending
from lienthong.registry import services as registry
from tests.factories import make_agency
from tests.records.outgoing.cast import City, Part, add_file, filled, fresh, ready
from tests.signatures.ca import BODY_NAME, PERSON_NAME, cast
from tests.signatures.documents import plain_pdf, sign

# --- Typing -----------------------------------------------------------------------------------------------------------


def test_what_is_typed_is_kept_however_wrong_it_is(city: City) -> None:
    document = drafting.create_draft(actor=city.hanh)
    saved = drafting.save_draft(
        actor=city.hanh, document=document.pk, version=1, changes={"subject": "x" * 900, "signer_name": ""}
    )
    assert (saved.version, len(fresh(document.pk).subject)) == (2, 900)


def test_two_people_who_edit_one_draft_are_told_of_each_other(city: City) -> None:
    document = filled(city)
    drafting.save_draft(actor=city.hanh, document=document.pk, version=document.version, changes={"unit": "TH"})
    colleague = replace(city.hanh, name="Đỗ Thị Lan")
    with pytest.raises(ChangedMeanwhileError) as refused:
        drafting.save_draft(actor=colleague, document=document.pk, version=document.version, changes={"unit": "KT"})
    assert (refused.value.by, refused.value.version) == ("Trần Thị Hạnh", document.version + 1)
    assert fresh(document.pk).unit == "TH"


def test_ones_own_lost_answers_and_uploads_are_no_conflict(city: City) -> None:
    document = filled(city)
    for text in ("a", "ab"):  # the second was typed before the answer to the first came back
        drafting.save_draft(actor=city.hanh, document=document.pk, version=document.version, changes={"subject": text})
    add_file(city, document)
    assert fresh(document.pk).subject == "ab"


def test_an_upload_does_not_hide_what_somebody_else_typed(city: City) -> None:
    document = filled(city)
    colleague = replace(city.hanh, name="Đỗ Thị Lan")
    drafting.save_draft(actor=colleague, document=document.pk, version=document.version, changes={"subject": "Lan"})
    add_file(city, document)
    with pytest.raises(ChangedMeanwhileError, match="Đỗ Thị Lan"):
        drafting.save_draft(actor=city.hanh, document=document.pk, version=document.version, changes={"subject": "Tôi"})


def test_saving_what_is_there_already_is_no_new_version(city: City) -> None:
    document = filled(city)
    again = drafting.save_draft(
        actor=city.hanh, document=document.pk, version=document.version, changes={"unit": document.unit}
    )
    assert again.version == document.version


def test_the_next_draft_knows_the_habits_of_the_last(city: City) -> None:
    filled(city, type_code="2.7")
    second = drafting.create_draft(actor=city.hanh)
    assert (second.type_code, second.signer_name, second.subject) == ("2.7", "Nguyễn Văn Mẫu", "")


def test_typing_for_a_while_is_one_line_of_history(city: City) -> None:
    document = filled(city)
    for text in ("a", "ab", "abc"):
        document = drafting.save_draft(
            actor=city.hanh, document=document.pk, version=document.version, changes={"subject": text}
        )
    assert [entry.act for entry in document.history.order_by("id")] == ["create"]


# --- Who may ----------------------------------------------------------------------------------------------------------


def test_another_agency_sees_no_trace(city: City) -> None:
    document = filled(city)
    for attempt in (
        lambda: access.find(city.cuong, document.pk),
        lambda: drafting.save_draft(actor=city.cuong, document=document.pk, version=1, changes={"unit": "X"}),
        lambda: drafting.discard_draft(actor=city.cuong, document=document.pk),
        lambda: sending.give_number(actor=city.cuong, document=document.pk),
        lambda: access.find(city.cuong, uuid4()),
    ):
        with pytest.raises(UnknownDocumentError):
            attempt()
    assert list_outgoing(city.cuong, OutgoingFilter()) == []


def test_an_officer_composes_but_cannot_send(city: City) -> None:
    mine = drafting.create_draft(actor=city.binh)
    drafting.save_draft(actor=city.binh, document=mine.pk, version=1, changes={"subject": "Của tôi"})
    with pytest.raises(NotAllowedError):
        sending.give_number(actor=city.binh, document=mine.pk)
    with pytest.raises(NotAllowedError):
        sending.send(actor=city.binh, document=mine.pk, version=None, not_secret=True)


def test_an_officer_sees_only_what_they_drafted(city: City) -> None:
    theirs, mine = filled(city), drafting.create_draft(actor=city.binh)
    drafting.save_draft(actor=city.binh, document=mine.pk, version=1, changes={"subject": "Của tôi"})
    assert [line.document.pk for line in list_outgoing(city.binh, OutgoingFilter())] == [mine.pk]
    with pytest.raises(UnknownDocumentError):
        access.find(city.binh, theirs.pk)


def test_a_leader_reads_but_does_not_write(city: City) -> None:
    document = filled(city)
    assert access.find(city.mai, document.pk).pk == document.pk
    with pytest.raises(NotAllowedError):
        drafting.save_draft(actor=city.mai, document=document.pk, version=document.version, changes={"unit": "X"})


# --- Files ------------------------------------------------------------------------------------------------------------


def test_a_broken_line_costs_only_what_was_under_way(city: City) -> None:
    document, data = filled(city), plain_pdf(padding=600_000)
    row = files.open_upload(actor=city.hanh, document=document.pk, name="lon.pdf", size=len(data))
    broken = Part(data, breaks_after=300_000)
    with pytest.raises(ConnectionResetError):
        files.append(actor=city.hanh, document=document.pk, file=row.pk, offset=0, part=broken)
    here = files.offset_of(row)
    assert 0 < here <= 300_000
    with pytest.raises(UploadOffsetError) as wrong:
        files.append(actor=city.hanh, document=document.pk, file=row.pk, offset=0, part=Part(data))
    assert wrong.value.offset == here
    done = files.append(actor=city.hanh, document=document.pk, file=row.pk, offset=here, part=Part(data[here:]))
    assert done.is_complete
    assert file_store.path_of(row.pk).read_bytes() == data


def test_what_is_not_what_its_name_says_is_thrown_away(city: City) -> None:
    document = filled(city)
    with pytest.raises(FileRefusedError, match="không phải tệp PDF"):
        add_file(city, document, "virus.pdf", b"MZ\x90\x00" + bytes(100))
    assert not document.files.exists()
    assert not list(file_store.path_of(document.pk).parent.glob("*.bin"))


@pytest.mark.parametrize(("name", "size"), [("a.exe", 10), ("a.pdf", 0), ("a.pdf", 10**12)])
def test_files_that_cannot_be_sent_are_refused_before_they_travel(city: City, name: str, size: int) -> None:
    with pytest.raises(FileRefusedError):
        files.open_upload(actor=city.hanh, document=filled(city).pk, name=name, size=size)


def test_two_files_of_one_name_can_be_told_apart(city: City) -> None:
    document = filled(city)
    assert [add_file(city, document).name for _ in range(3)] == [
        "cong-van.pdf", "cong-van (2).pdf", "cong-van (3).pdf"
    ]  # fmt: skip


def test_the_first_pdf_is_the_main_file(city: City) -> None:
    document = filled(city)
    annex = add_file(city, document, "phu-luc.docx", b"PK\x03\x04" + bytes(50))
    main, second = add_file(city, document), add_file(city, document, "b.pdf")
    assert files.main_file(list(document.files.all())) == main
    files.order_files(actor=city.hanh, document=document.pk, order=[second.pk, annex.pk])
    assert [one.pk for one in document.files.order_by("place")] == [second.pk, annex.pk, main.pk]
    assert files.main_file(list(document.files.all())) == second


def test_signatures_are_judged_as_soon_as_a_file_is_here(city: City, settings: Settings) -> None:
    settings.TRUST_DIR = cast().authority.write_trust(settings.DATA_DIR / "trust")
    document = filled(city, signer_name=PERSON_NAME)
    signed = sign(sign(plain_pdf(), cast().hoa, field="Ky1"), cast().body, field="Ky2")
    judged = add_file(city, document, "ky.pdf", signed)
    assert Result(judged.verdict) in (Result.VALID, Result.VALID_WITH_WARNINGS, Result.INDETERMINATE)
    assert [one["name"] for one in judged.signatures] == [PERSON_NAME, BODY_NAME]
    forged = signed.replace(b"Cong van mau", b"Cong van gia")
    assert add_file(city, document, "khong.pdf").verdict == Result.UNSIGNED.value
    assert add_file(city, document, "sua.pdf", forged).verdict == Result.INVALID.value


def test_a_file_can_be_checked_again_for_another_signer(city: City, settings: Settings) -> None:
    settings.TRUST_DIR = cast().authority.write_trust(settings.DATA_DIR / "trust")
    document = filled(city, signer_name="Một Người Khác")
    judged = add_file(city, document, "ky.pdf", sign(plain_pdf(), cast().hoa))
    assert "signer.person_differs" in [one["id"] for one in judged.findings]
    drafting.save_draft(
        actor=city.hanh, document=document.pk, version=fresh(document.pk).version, changes={"signer_name": PERSON_NAME}
    )
    again = files.check_again(actor=city.hanh, document=document.pk, file=judged.pk)
    assert "signer.person_differs" not in [one["id"] for one in again.findings]


def test_uploads_left_unfinished_give_their_space_back(city: City) -> None:
    document = filled(city)
    row = files.open_upload(actor=city.hanh, document=document.pk, name="do.pdf", size=100)
    files.append(actor=city.hanh, document=document.pk, file=row.pk, offset=0, part=Part(b"%PDF-"))
    OutgoingFile.objects.filter(pk=row.pk).update(created_at=clock.now() - timedelta(days=3))
    done = add_file(city, document)
    assert [one.pk for one in document.files.all()] == [done.pk]
    assert not file_store.path_of(row.pk).exists()


def test_a_discarded_draft_leaves_no_file_behind(city: City) -> None:
    document = filled(city)
    row = add_file(city, document)
    drafting.discard_draft(actor=city.hanh, document=document.pk)
    assert not file_store.path_of(row.pk).exists()
    assert list_outgoing(city.hanh, OutgoingFilter()) == []


# --- Recipients -------------------------------------------------------------------------------------------------------


def test_the_tree_tells_who_is_reached(city: City) -> None:
    offered = choices(city.hanh)
    reach = {one.code: one.reach for branch in offered.branches for one in branch.agencies}
    assert reach[city.communes[0].code] is Reach.CONNECTED
    assert reach["H99.90"] is Reach.NOT_CONNECTED
    assert "H99.04" not in reach
    communes = next(branch for branch in offered.branches if branch.level == "commune")
    assert (len(communes.agencies), communes.connected) == (4, 3)


def test_pasted_codes_and_names_are_told_one_by_one(city: City) -> None:
    make_agency("H99.7001", "Xã Hòa Bình (mẫu)", level="commune", parent=city.root)
    make_agency("H99.7002", "Xã Hoà Bình (mẫu)", level="commune", parent=city.root)
    closed = make_agency("H99.7003", "Xã Cũ (mẫu)", level="commune", parent=city.root)
    heir = make_agency("H99.7004", "Xã Mới (mẫu)", level="commune", parent=city.root)
    registry.close_agency(agency=closed, on_date=clock.today(), successor=heir)
    text = "H99.5001\nxa mau 2; Xã Mẫu 3\nSXD\nXa hoa binh (mau)\nH99.7003\nKhông Có Thật XYZ\nH99.5001"
    lines = resolve_pasted(city.hanh, text)
    assert [line.match for line in lines] == [
        Match.FOUND, Match.FOUND, Match.FOUND, Match.FOUND, Match.AMBIGUOUS, Match.CLOSED, Match.UNKNOWN
    ]  # fmt: skip
    assert lines[3].name == "Sở Xây dựng (mẫu)"
    assert {code for _, code, _ in lines[4].choices} == {"H99.7001", "H99.7002"}
    assert [code for _, code, _ in lines[5].choices] == ["H99.7004"]
    assert "kế thừa: Xã Mới (mẫu)" in lines[5].message


def test_codes_in_one_line_are_several(city: City) -> None:
    assert [line.text for line in resolve_pasted(city.hanh, "H99.5001, H99.5002,H99.5003")] == [
        "H99.5001", "H99.5002", "H99.5003"
    ]  # fmt: skip


def test_who_is_not_connected_gets_paper(city: City) -> None:
    document = filled(city)
    recipients.change_recipients(
        actor=city.hanh, document=document.pk, add=[city.communes[0].agency.pk, city.paper.pk, city.sender.pk]
    )
    assert sorted(document.recipients.values_list("code", "by_axis", "on_paper")) == [
        ("H99.5001", True, False), ("H99.90", False, True)
    ]  # fmt: skip


def test_paper_goes_along_only_where_the_list_says_so(city: City) -> None:
    commune, document = city.communes[0].agency, filled(city)
    recipients.change_recipients(actor=city.hanh, document=document.pk, add=[commune.pk])
    both = {"agency_id": commune.pk, "by_axis": True, "on_paper": True}
    with pytest.raises(NotPossibleError, match="không gửi kèm bản giấy"):
        recipients.choose_channel(actor=city.hanh, document=document.pk, **both)
    recipients.add_paper_rule(actor=city.hanh, basis="Quyết định 1/QĐ-SGD (mẫu)", to_agency=commune.pk)
    recipients.choose_channel(actor=city.hanh, document=document.pk, **both)
    second = filled(city)
    recipients.change_recipients(actor=city.hanh, document=second.pk, add=[commune.pk])
    assert second.recipients.get().on_paper


def test_a_rule_may_name_all_legal_normative_documents(city: City) -> None:
    rule = recipients.add_paper_rule(actor=city.hanh, basis="Quyết định 1/QĐ-SGD (mẫu)", type_code="1.*")
    law, letter = filled(city, type_code="1.8"), filled(city, type_code="2.18")
    assert recipients.rule_holds(rule, law, city.paper.pk)
    assert not recipients.rule_holds(rule, letter, city.paper.pk)
    recipients.end_paper_rule(actor=city.hanh, rule=rule.pk)
    assert recipients.open_rules(city.sender.pk) == []


def test_groups_favourites_and_the_latest(city: City) -> None:
    three = [office.agency.pk for office in city.communes]
    group = recipients.save_group(actor=city.hanh, name="Các xã ven biển", agencies=three[:2])
    recipients.save_group(actor=city.hanh, name="Các xã ven biển", agencies=three)
    recipients.star(actor=city.hanh, agency_id=three[0], on=True)
    sending.give_number(actor=city.hanh, document=ready(city).pk)
    offered = choices(city.hanh)
    assert [(one.name, set(one.agency_ids)) for one in offered.groups] == [("Các xã ven biển", set(three))]
    assert offered.favourites == (three[0],)
    assert set(offered.recent) == set(three)
    assert choices(city.cuong).groups == ()
    recipients.delete_group(actor=city.cuong, group=group.pk)
    assert len(choices(city.hanh).groups) == 1
