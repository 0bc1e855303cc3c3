"""The official form: its code, what it says after a change, and signed copies that come back.

What changed since a print is told by the database's own times: these tests commit as the site does.
"""

import io
import re
import zlib
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from farmland.actions.prints import file_signed_copy, make_print
from farmland.forms.scans import clean_code, read_code
from farmland.models import AnnualStatement, Attachment, PrintedForm, SignedCopy
from farmland.selectors.prints import ALPHABET, code_of, recognise
from farmland.ui.prints import grouped
from farmland.units import MU, WAN_MU
from farmland.workflow import Refused
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import filled, people, walk
from tests.farmland.scans import sheet, upload
from tests.farmland.test_api_statements import Program

pytestmark = pytest.mark.django_db(transaction=True)
FIND = "/prints/"


@pytest.fixture
def cast(transactional_db) -> SimpleNamespace:
    return factories.tree()


@pytest.fixture
def who(cast) -> SimpleNamespace:
    return people(cast)


@pytest.fixture
def statement(cast, who) -> AnnualStatement:
    return walk(filled(cast, who.reporter), who, "hand_in")


def printed_by(user, statement: AnnualStatement, unit=WAN_MU) -> PrintedForm:
    made = make_print(AnnualStatement.objects.get(pk=statement.pk), unit=unit, by=user, at=MOMENT)
    return PrintedForm.objects.select_related("statement__division", "division").get(pk=made.pk)


def find(user, **data: object):
    return signed_in(user, Client()).post(FIND, data)


def test_the_code_is_the_beginning_of_the_digest_in_letters_that_cannot_be_mistaken() -> None:
    sha256 = "ffffffffffffffffffff" + "0" * 44
    assert code_of(sha256) == "Z" * 16
    assert code_of("0" * 19 + "1" + "0" * 44) == "0" * 15 + "1"
    assert not set("ILOU") & set(ALPHABET)
    assert grouped("0123456789ABCDEF") == "0123-4567-89AB-CDEF"
    assert clean_code(" o123-4567—89ab　cdEF ") == "0123456789ABCDEF"
    assert clean_code("FP1:0123456789ABCDEF") == "0123456789ABCDEF"
    assert [clean_code(text) for text in ("", "0123", "0123456789ABCDE!", "0" * 17)] == [""] * 4


def test_the_same_content_keeps_its_code_and_any_other_has_its_own(cast, who, statement) -> None:
    first = printed_by(who.reporter, statement)
    assert printed_by(who.reviewer, statement).pk == first.pk
    assert printed_by(who.reporter, statement, MU).code != first.code
    part = printed_by(who.county, statement)
    assert (part.division_id, part.code != first.code) == ("130224", True)
    walk(statement, who, "confirm", "submit")
    assert printed_by(who.reporter, statement).code != first.code  # its state is printed too
    assert first.code == code_of(first.sha256)


def test_the_ministry_prints_nothing_before_it_is_submitted(cast, who, statement) -> None:
    with pytest.raises(Refused) as refused:
        printed_by(who.ministry, statement)
    assert refused.value.status == 403
    assert signed_in(who.ministry, Client()).post(f"/statements/{statement.pk}/prints/").status_code == 403
    printed_by(who.reporter, statement)
    assert PrintedForm.objects.visible_to(who.ministry).count() == 0
    walk(statement, who, "confirm", "submit")
    assert PrintedForm.objects.visible_to(who.ministry).count() == 1


def test_the_form_carries_all_parts_totals_gaps_and_its_code_on_each(cast, who) -> None:
    statement = filled(cast, who.reporter)
    factories.typed(statement, {(cast.luannan, "cultivated_land"): "30.12345"}, by=who.reporter)
    client = signed_in(who.reporter, Client())
    answer = client.post(f"/statements/{statement.pk}/prints/", {"unit": "wan_mu"}, follow=True)
    text = answer.content.decode()
    code = grouped(PrintedForm.objects.get().code)
    assert len(re.findall(r"表号：年报-\d", text)) == 9
    assert text.count(f"<b>{code}</b>") == 10  # nine parts and the sheet to sign
    assert "30.1235" in text
    assert "60.1235" in text  # the total
    assert "草稿，不能签字盖章" in text
    assert "单位负责人" not in text
    walk(AnnualStatement.objects.get(pk=statement.pk), who)
    numbers = [int(number) for number in re.findall(r"<td>(\d+)</td>", text)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_one_digit_changed_after_printing_is_told_with_its_cell(cast, who) -> None:
    statement = filled(cast, who.reporter)
    form = printed_by(who.reporter, statement)
    assert recognise(form).is_same
    assert "内容一致" in find(who.reporter, code=grouped(form.code).lower()).content.decode()
    factories.typed(statement, {(cast.luannan, "cultivated_land"): "30.000001"}, by=who.reporter)
    found = recognise(form)
    assert found.is_same is False
    assert [(change.division, change.indicator) for change in found.changes] == [("130224", "cultivated_land")]
    text = find(who.reporter, code=form.code).content.decode()
    assert "内容已改动" in text
    assert "滦南县" in text
    assert "30.000001" in text
    page = signed_in(who.reporter, Client()).get(f"/statements/{statement.pk}/prints/{form.pk}/").content.decode()
    assert "内容在打印以后已改动" in page
    assert 'class="official"' not in page  # a code stands for one content
    factories.typed(statement, {(cast.luannan, "cultivated_land"): "30"}, by=who.reporter)
    assert recognise(form).is_same  # what came back to what it was says the same


def test_an_emptied_cell_is_told_too(cast, who) -> None:
    statement = filled(cast, who.reporter)
    form = printed_by(who.reporter, statement)
    factories.typed(statement, {(cast.leting, "dry"): ""}, by=who.reporter)
    (change,) = recognise(form).changes
    assert (change.division, change.indicator, change.after) == ("130225", "dry", None)


def test_a_code_outside_the_scope_is_not_found(cast, who, statement) -> None:
    form = printed_by(who.reporter, statement)
    for user in (who.stranger, who.ministry, who.county):
        answer = find(user, code=form.code)
        assert answer.status_code == 404
        assert "不在您的范围内" in answer.content.decode()
        assert Program(user).client.get(f"/api/v1/prints/?code={form.code}").status_code == 404
    assert find(who.stranger, file=upload(sheet(form.code))).status_code == 404
    address = f"/statements/{statement.pk}/prints/{form.pk}/"
    assert signed_in(who.stranger, Client()).get(address).status_code == 404
    assert find(who.admin, code=form.code).status_code == 403
    data = Program(who.reporter).client.get(f"/api/v1/prints/?code={grouped(form.code)}").json()
    assert (data["statement"], data["same"], data["changes"]) == (statement.pk, True, [])


@pytest.mark.parametrize(
    ("kind", "dpi", "turned"), [("png", 150, 0), ("jpg", 150, 90), ("jpg", 300, 7), ("pdf", 150, 180), ("png", 100, 0)]
)
def test_a_scan_is_read_however_it_lies(kind, dpi, turned) -> None:
    assert read_code(upload(sheet("0123456789ABCDEF", dpi=dpi, turned=turned), kind)) == "0123456789ABCDEF"


def picture_bomb() -> bytes:
    """A PNG of some kilobytes that says it is 30,000 × 30,000."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    size = (30_000).to_bytes(4, "big")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size + size + b"\x08\0\0\0\0") + chunk(b"IDAT", zlib.compress(b"\0" * 9))
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_scan"),
        (b"just some words", "not_a_scan"),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff", "not_a_scan"),
        (b"%PDF-1.7 nothing of the kind", "scan_unreadable"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\xff" * 60, "scan_unreadable"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 500, "scan_unreadable"),
        (picture_bomb(), "scan_unreadable"),
        (b"%PDF-" + b"x" * 20_000_000, "evidence_too_large"),
    ],
)
def test_a_hostile_file_is_refused_in_words(content, code) -> None:
    with pytest.raises(Refused) as refused:
        read_code(SimpleUploadedFile("x.pdf", content))
    assert (refused.value.status, refused.value.code) == (422, code)
    assert refused.value.detail


def test_a_photograph_without_a_code_and_one_with_two_say_so(cast, who, statement) -> None:
    answer = find(who.reporter, file=upload(sheet()))
    assert answer.status_code == 422
    assert "没有在文件中读到校验码" in answer.content.decode()
    answer = find(who.reporter, file=upload(sheet("0123456789ABCDEF", "ABCDEFGH01234567")))
    assert answer.status_code == 422
    assert "2 份不同打印件" in answer.content.decode()
    assert find(who.reporter).status_code == 422
    assert find(who.reporter, code="12").status_code == 422


def signed(user, statement: AnnualStatement, page: Image.Image, kind: str = "pdf", **more: str):
    address = f"/statements/{statement.pk}/signed-copies/"
    answer = signed_in(user, Client()).post(address, {"file": upload(page, kind), **more}, follow=True)
    return answer.status_code, answer.content.decode()


def test_a_signed_copy_is_filed_with_the_statement(cast, who, statement) -> None:
    form = printed_by(who.reporter, statement)
    status, text = signed(who.reviewer, statement, sheet(form.code))
    assert (status, "已存入签字盖章件" in text, "与现在的内容一致" in text) == (200, True, True)
    copy = SignedCopy.objects.get()
    assert (copy.printed_id, copy.is_read, copy.by) == (form.pk, True, who.reviewer)
    assert (copy.attachment.kind, copy.attachment.statement_id) == ("pdf", statement.pk)
    signed(who.reviewer, statement, sheet(form.code))
    assert SignedCopy.objects.count() == Attachment.objects.count() == 1
    status, text = signed(who.reviewer, statement, sheet(), "jpg", code=grouped(form.code))
    assert "（人工输入）" in text
    assert SignedCopy.objects.filter(is_read=False).count() == 1


def test_a_signed_copy_whose_statement_was_changed_afterwards_says_so(cast, who, statement) -> None:
    form = printed_by(who.reporter, statement)
    signed(who.reviewer, statement, sheet(form.code))
    from farmland.actions import statements as actions

    actions.take_step(statement, "return", by=who.reviewer, at=MOMENT, comment="请核实")
    factories.typed(statement, {(cast.luannan, "dry"): "10.5"}, by=who.reporter)
    text = signed_in(who.reviewer, Client()).get(f"/statements/{statement.pk}/").content.decode()
    assert "打印后内容已改动" in text


def test_what_is_no_signed_copy_of_this_statement_is_refused_with_words(cast, who, statement) -> None:
    draft = filled(cast, who.reporter, year=2023)
    draft_form = printed_by(who.reporter, draft)
    form = printed_by(who.reporter, statement)
    for page, more, words in (
        (sheet(draft_form.code), {}, "不属于本报表"),
        (sheet("0123456789ABCDEF"), {}, "没有这个校验码的打印件"),
        (sheet(), {}, "没有在文件中读到校验码"),
        (sheet(form.code), {"code": draft_form.code}, "与输入的不同"),
    ):
        assert words in signed(who.reviewer, statement, page, **more)[1]
    assert "草稿的打印件" in signed(who.reviewer, draft, sheet(draft_form.code))[1]
    assert Attachment.objects.count() == SignedCopy.objects.count() == 0
    assert signed(who.viewer, statement, sheet(form.code))[0] == 200  # not in the viewer's scope yet: words
    with pytest.raises(Refused) as refused:
        file_signed_copy(statement, form, name="a.pdf", content=upload(sheet()), is_read=True, by=who.viewer, at=MOMENT)
    assert refused.value.status == 403


def test_programs_print_and_file_as_the_page_does(cast, who, statement) -> None:
    program = Program(who.reporter)
    made = program.post(f"{statement.pk}/prints/", unit="mu")
    assert made.status_code == 201
    code = made.json()["code"]
    address = f"/api/v1/statements/{statement.pk}/signed-copies/"
    filed = program.client.post(address, {"file": upload(sheet(code), "jpg")})
    assert filed.status_code == 201, filed.content
    assert (filed.json()["read"], filed.json()["print"]["code"]) == (True, code)
    refused = program.client.post(address, {"file": SimpleUploadedFile("a.exe", b"MZ\0\0")})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "not_a_scan"
    assert Program(who.stranger).client.post(address, {"file": io.BytesIO(b"x")}).status_code == 404
