"""Files of evidence: let in by their content, seen in scope, served harmlessly, never lost."""

import io
import os
import threading
import time
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import Error, connection, transaction

from farmland.actions import statements as actions
from farmland.actions.statements.files import clean_name
from farmland.actions.statements.kinds import kind_of
from farmland.models import AnnualStatement, Attachment, User
from farmland.workflow import Refused
from tests import factories
from tests.factories import MOMENT, signed_in
from tests.farmland.hebei import filled, people, walk
from tests.farmland.test_api_statements import Program

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 20
TYPES = "[Content_Types].xml"


def archive(*names: str, types: str = "<Types/>", comment: bytes = b"", **more: str) -> bytes:
    """A ZIP with parts of these names; the content types where they are among them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, types if name == TYPES else "x")
        made.comment = comment
    return out.getvalue()


def bomb() -> bytes:
    """An archive with far more entries than a document has."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("OFD.xml", "x")
        for number in range(9_000):
            made.writestr(f"{number:0100d}", "")
    return out.getvalue()


def sixty_four(content: bytes) -> bytes:
    """The same archive with the end records of ZIP64, as Java's writers make them."""
    entries, size, start = (int.from_bytes(content[a:b], "little") for a, b in ((-12, -10), (-10, -6), (-6, -2)))
    numbers = (44, 8), (45, 2), (45, 2), (0, 4), (0, 4), (entries, 8), (entries, 8), (size, 8), (start, 8)
    record = b"PK\x06\x06" + b"".join(number.to_bytes(width, "little") for number, width in numbers)
    locator = b"PK\x06\x07" + bytes(4) + (len(content) - 22).to_bytes(8, "little") + (1).to_bytes(4, "little")
    return content[:-22] + record + locator + content[-22:]


XLSX, DOCX, OFD = archive(TYPES, "xl/workbook.xml"), archive(TYPES, "word/document.xml"), archive("OFD.xml", "Doc_0/x")
XLSM_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"

GOOD = {
    "pdf": [PDF], "png": [PNG], "jpg": [JPEG], "xlsx": [XLSX, sixty_four(XLSX)], "docx": [DOCX], "ofd": [OFD],
    "txt": [
        "区划,面积\n滦南县,30\n".encode(), "区划,面积\r\n滦南县,30\r\n".encode("gb18030"), "\ufeff面积".encode(), b"a < b, 1",
        ("耕地" * 50_000).encode(), ("耕地x" * 50_000).encode("gb18030"),
    ],
}  # fmt: skip
BAD = {
    "program": b"MZ\x90\0\x03\0\0\0", "linux program": b"\x7fELF\x02\x01\x01\0", "shell": b"#!/bin/sh\nrm -rf /",
    "html": b"<!DOCTYPE html><script>alert(1)</script>", "html below": b"hello\n<ScRiPt src=x></script>",
    "html after a mark": b"\xef\xbb\xbf  <html>", "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>',
    "html across pieces": b"a" * (64 * 1024 - 4) + b"<script>x", "xml": b'<?xml version="1.0"?><a/>',
    "utf-16": "<script>".encode("utf-16"), "nul": b"text\0text", "escape": b"\x1b[31mred", "rtf": b"{\\rtf1 x}",
    "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "gif": b"GIF89a\0\0", "half png": PNG[:10],
    "zip": archive("a.txt"), "jar": archive("META-INF/MANIFEST.MF"),
    "xlsm": archive(TYPES, "xl/workbook.xml", "xl/vbaProject.bin"),
    "docm": archive(TYPES, "word/document.xml", "word/vbaProject.bin"),
    "macro type": archive(TYPES, "xl/workbook.xml", types=f'<Override ContentType="{XLSM_TYPE}"/>'),
    "renamed macro": archive(
        TYPES, "xl/workbook.xml", "xl/a.bin", types='<Override ContentType="application/vnd.ms-office.vbaProject"/>'
    ),
    "macro in entities": archive(TYPES, "xl/workbook.xml", types='<Override ContentType="&#118;baProject"/>'),
    "old macro sheet": archive(TYPES, "xl/workbook.xml", "xl/macrosheets/sheet1.xml"),
    "xlsx and docx": archive(TYPES, "xl/workbook.xml", "word/document.xml"),
    "long types": archive(TYPES, "xl/workbook.xml", types="x" * 1_100_000), "cut off": XLSX[:-5], "bomb": bomb(),
    "program before": b"MZ" + XLSX, "comment": archive(TYPES, "xl/workbook.xml", comment=b"<script>"),
    "pdf and zip": PDF + archive("META-INF/MANIFEST.MF"), "png and zip": PNG + archive("a", comment=b"zz"),
}  # fmt: skip


def put(statement, by: User, content: bytes = PDF, name: str = "a.pdf", **where: object) -> Attachment:
    return actions.attach(
        statement, name=name, content=SimpleUploadedFile(name or "x", content), by=by, at=MOMENT, **where
    )


def stored() -> list[str]:
    root = Path(str(settings.STORAGES["evidence"]["OPTIONS"]["location"]))
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def slow(act):
    """The same a while later, so that two at once do meet."""

    def later(*args: object, **kwargs: object) -> object:
        time.sleep(0.3)
        return act(*args, **kwargs)

    return later


def code_of(act, *args: object, **kwargs: object) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.status, refused.value.code


@pytest.mark.parametrize(("kind", "content"), [(kind, one) for kind, many in GOOD.items() for one in many])
def test_each_kind_is_known_by_its_content(kind: str, content: bytes) -> None:
    assert kind_of(io.BytesIO(content)) == kind


@pytest.mark.parametrize("name", BAD)
def test_everything_else_is_refused_whatever_it_is_called(statement, who, name: str) -> None:
    assert kind_of(io.BytesIO(BAD[name])) == ""
    for lie in ("报告.pdf", "图.png", "表.xlsx"):
        assert code_of(put, statement, who.reporter, BAD[name], lie) == (422, "evidence_kind")
    assert stored() == []


def test_empty_and_too_large_are_refused(statement, who, settings) -> None:
    assert code_of(put, statement, who.reporter, b"") == (422, "evidence_empty")
    settings.EVIDENCE_MAX_BYTES = len(PDF)
    assert put(statement, who.reporter).size == len(PDF)
    assert code_of(put, statement, who.reporter, PDF + b"\n") == (422, "evidence_too_large")
    assert len(stored()) == 1


@pytest.mark.parametrize(
    ("name", "kind", "clean"),
    [
        ("../../etc/passwd.pdf", "pdf", "passwd.pdf"),
        ("C:\\a\\滦南县 更正说明.PDF", "pdf", "滦南县 更正说明.PDF"),
        ("a\r\nSet-Cookie: x=1.pdf", "pdf", "aSet-Cookie: x=1.pdf"),
        ("fdp.\u202eexe", "pdf", "fdp.exe.pdf"),
        ("run.hta", "pdf", "run.hta.pdf"),
        ("photo.jpeg", "jpg", "photo.jpeg"),
        ("表.csv", "txt", "表.csv"),
        ("run.bat", "txt", "run.bat.txt"),
        ("", "png", "佐证材料.png"),
        (".pdf", "pdf", "佐证材料.pdf"),
        ("长" * 300 + ".pdf", "pdf", "长" * 196 + ".pdf"),
    ],
)
def test_names_are_cleaned_and_end_as_their_kind_does(name: str, kind: str, clean: str) -> None:
    assert clean_name(name, kind) == clean


def test_the_same_content_lies_once_and_at_one_place_is_one_row(statement, who, cast) -> None:
    first = put(statement, who.reporter)
    assert put(statement, who.reviewer, name="other.pdf") == first
    cell = put(statement, who.county, division="130224", indicator="paddy")
    assert cell != first
    assert stored() == [f"{first.sha256[:2]}/{first.sha256}"]
    assert storages["evidence"].open(stored()[0]).read() == PDF


def test_what_a_crash_left_half_written_is_written_again(statement, who) -> None:
    first = put(statement, who.reporter)
    path = storages["evidence"].path(stored()[0])
    os.truncate(path, 4)
    assert put(statement, who.reporter) == first
    assert Path(path).read_bytes() == PDF


def test_a_large_file_comes_from_the_disk(statement, who) -> None:
    content = TemporaryUploadedFile("大.pdf", "text/html", len(PDF), None)
    content.write(PDF)
    made = actions.attach(statement, name="大.pdf", content=content, by=who.reporter, at=MOMENT)
    assert (made.kind, made.size) == ("pdf", len(PDF))
    assert Path(storages["evidence"].path(stored()[0])).stat().st_mode & 0o777 == 0o600
    content.close()


def test_no_row_without_its_file(statement, who, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", fail)
    with pytest.raises(OSError, match="disk full"):
        put(statement, who.reporter)
    assert not Attachment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_row_and_one_file_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in ((FileSystemStorage, "_save"), (Attachment.objects, "create")):
        monkeypatch.setattr(owner, name, slow(getattr(owner, name)))
    cast = factories.tree()
    who = people(cast)
    statement = filled(cast, who.reporter)
    gate, made = threading.Barrier(2, timeout=10), []

    def hand_in(by: User) -> None:
        gate.wait()
        try:
            made.append(put(statement, by).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_in, args=[by]) for by in (who.reporter, who.reviewer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert len(set(made)) == len(stored()) == Attachment.objects.count() == 1


def test_who_may_hand_in_where(statement, who, cast) -> None:
    for name in ("viewer", "admin", "stranger", "ministry"):
        assert code_of(put, statement, getattr(who, name)) == (403, "permission_denied"), name
    assert code_of(put, statement, who.county, division="130225") == (403, "permission_denied")
    assert code_of(put, statement, who.county, division="130000") == (403, "permission_denied")
    assert code_of(put, statement, who.reporter, division="441900") == (403, "permission_denied")
    assert code_of(put, statement, who.reporter, indicator="paddy") == (422, "place")
    assert code_of(put, statement, who.reporter, division="130224", indicator="gold") == (422, "place")
    put(statement, who.county, division="130224")
    put(statement, who.farm_reviewer, division="130000")
    walk(statement, who, "hand_in", "confirm", "submit")
    for name in ("ministry", "farm_ministry", "reporter"):
        put(AnnualStatement.objects.get(pk=statement.pk), getattr(who, name), PDF + name.encode())
    above = factories.user(role="reporter", division=cast.china)
    assert code_of(put, AnnualStatement.objects.get(pk=statement.pk), above)[0] == 403


def test_evidence_is_added_to_what_is_locked(statement, who) -> None:
    steps = ("hand_in", "confirm", "submit", "give_opinion", "approve", "lock")
    locked = walk(statement, who, *steps)
    assert put(locked, who.reviewer).pk


def test_only_who_handed_in_takes_back_and_only_while_it_is_open(statement, who) -> None:
    file, second = put(statement, who.reporter), put(statement, who.reporter, PNG, "b.png")
    withdraw = actions.withdraw_attachment
    assert code_of(withdraw, file, by=who.reviewer, at=MOMENT) == (403, "permission_denied")
    withdraw(file, by=who.reporter, at=MOMENT)
    assert code_of(withdraw, file, by=who.reporter, at=MOMENT) == (409, "wrong_state")
    assert put(statement, who.reporter) != file  # handed in anew
    walk(statement, who, "hand_in")
    assert code_of(withdraw, second, by=who.reporter, at=MOMENT) == (409, "wrong_state")
    file.refresh_from_db()
    assert (file.withdrawn_by, file.withdrawn_at) == (who.reporter, MOMENT)


def test_the_database_keeps_every_file_and_its_history(statement, who) -> None:
    file = put(statement, who.reporter)
    for act in (
        lambda rows: rows.delete(),
        lambda rows: rows.update(sha256="0" * 64),
        lambda rows: rows.update(name="x"),
    ):
        with pytest.raises(Error), transaction.atomic():
            act(Attachment.objects.filter(pk=file.pk))
    actions.withdraw_attachment(file, by=who.reporter, at=MOMENT)
    events = Attachment.pgh_event_model.objects.filter(pgh_obj_id=file.pk).order_by("pgh_id")
    said = [(event.withdrawn_at, event.pgh_context.metadata["user"]) for event in events]
    assert said == [(None, who.reporter.pk), (MOMENT, who.reporter.pk)]


def test_files_are_seen_in_scope(statement, who) -> None:
    whole = put(statement, who.reporter)
    leting = put(statement, who.reporter, PNG, "乐亭.png", division="130225")

    def statuses(name: str) -> list[int]:
        client, program = signed_in(getattr(who, name)), Program(getattr(who, name))
        pages = [client.get(f"/statements/{statement.pk}/files/{file.pk}/") for file in (whole, leting)]
        api = [program.get(f"{statement.pk}/files/{file.pk}/") for file in (whole, leting)]
        assert [page.status_code for page in pages] == [answer.status_code for answer in api]
        return [page.status_code for page in pages]

    assert statuses("reviewer") == [200, 200]
    assert statuses("county") == [404, 404]
    for name in ("stranger", "ministry", "viewer", "admin"):
        assert statuses(name) == [404, 404], name
    assert "乐亭.png" not in signed_in(who.county).get(f"/statements/{statement.pk}/").content.decode()
    walk(statement, who, "hand_in", "confirm", "submit")
    assert statuses("ministry") == statuses("viewer") == [200, 200]
    assert statuses("stranger") == [404, 404]
    other = AnnualStatement.objects.create(division=statement.division, year=2025)
    assert signed_in(who.reviewer).get(f"/statements/{other.pk}/files/{whole.pk}/").status_code == 404


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("prefix", ["/statements", "/api/v1/statements"])
def test_a_file_is_saved_and_never_shown(statement, who, method: str, prefix: str) -> None:
    file = put(statement, who.reporter, "面积".encode(), '滦南"县"\r\nX-Bad: 1.csv')
    address = f"{prefix}/{statement.pk}/files/{file.pk}/"
    response = getattr(signed_in(who.reporter), method)(address, headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/octet-stream"
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''%E6%BB%A6%E5%8D%97%22%E5%8E%BF%22X-Bad")
    assert not response.has_header("X-Bad")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"].startswith("private")
    assert response["Content-Length"] == "6"
    assert b"".join(response.streaming_content) == ("面积".encode() if method == "get" else b"")


def test_from_the_page_several_are_handed_in_and_each_refusal_says_what_to_do(statement, who) -> None:
    client, address = signed_in(who.reporter), f"/statements/{statement.pk}/files/"
    page = client.get(f"/statements/{statement.pk}/").content.decode()
    assert "还没有佐证材料" in page
    files = [
        SimpleUploadedFile("合同.pdf", PDF),
        SimpleUploadedFile("坏.pdf", b"MZ\0"),
        SimpleUploadedFile("图.png", PNG),
    ]
    sent = {"file": files, "division": "130224", "indicator": "paddy"}
    page = client.post(address, sent, follow=True).content.decode()
    assert "已提交 2 个文件" in page
    assert "坏.pdf：这种文件不能上传" in page
    assert "合同.pdf" in page
    assert "请先选择要上传的文件" in client.post(address, {}, follow=True).content.decode()
    wrong = {"file": SimpleUploadedFile("a.pdf", PDF), "division": "x"}
    assert "请从列表中选择" in client.post(address, wrong, follow=True).content.decode()
    assert signed_in(who.viewer).post(address, {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 403
    file = Attachment.objects.get(name="图.png")
    assert signed_in(who.reviewer).post(f"{address}{file.pk}/withdraw/").status_code == 403
    page = client.post(f"{address}{file.pk}/withdraw/", follow=True).content.decode()
    assert 'class="withdrawn"' in page
    assert "图.png" in page
    assert f"{file.pk}/withdraw/" not in page
    assert 'name="file"' not in signed_in(who.viewer).get(f"/statements/{statement.pk}/").content.decode()


def test_over_rest_a_file_is_handed_in_listed_read_and_taken_back(statement, who) -> None:
    program, base = Program(who.county), f"/api/v1/statements/{statement.pk}/"

    def send(**data: object):
        return program.client.post(f"{base}files/", data)

    sent = send(file=SimpleUploadedFile("合同.pdf", PDF), division="130224", indicator="paddy")
    made = sent.json()
    assert sent.status_code == 201
    assert (made["name"], made["kind"], made["size"], made["division"]) == ("合同.pdf", "pdf", len(PDF), "130224")
    assert made["by"] == str(who.county)
    assert program.get(f"{statement.pk}/files/").json() == [made] == program.get(f"{statement.pk}/").json()["files"]
    assert b"".join(program.client.get(made["url"]).streaming_content) == PDF
    assert Program(who.ministry).get(f"{statement.pk}/files/").json() == []
    refusals = [
        (send(file=SimpleUploadedFile("a.pdf", b"MZ\0")), 422, "evidence_kind"),
        (send(file=SimpleUploadedFile("a.pdf", b"")), 422, "evidence_empty"),
        (send(file=SimpleUploadedFile("a.pdf", PDF), division="130225"), 403, "permission_denied"),
        (send(file=SimpleUploadedFile("a.pdf", PDF), indicator="gold"), 400, "invalid_choice"),
        (send(file="text"), 400, "invalid"),
        (send(), 400, "required"),
        (program.post(f"{statement.pk}/files/", file="x"), 415, "unsupported_media_type"),
    ]
    for answer, status, code in refusals:
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    taken = program.client.post(f"{made['url']}withdraw/")
    assert taken.json() == made | {"withdrawn_at": taken.json()["withdrawn_at"]}
    assert taken.json()["withdrawn_at"]
    assert program.client.post(f"{made['url']}withdraw/").status_code == 409


def test_over_rest_a_correction_is_asked_for_with_a_form(statement, who) -> None:
    walk(statement, who, "hand_in", "confirm", "submit", "give_opinion", "approve", "lock")
    program, address = Program(who.reviewer), f"{statement.pk}/request_correction/"
    refused = program.post(address, comment="虚报")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "evidence_required")
    assert program.post(address, comment="虚报", file=["x"]).status_code == 400
    files = [SimpleUploadedFile("一.pdf", PDF), SimpleUploadedFile("二.png", PNG)]
    sent = program.client.post(f"/api/v1/statements/{address}", {"comment": "虚报", "file": files})
    assert sent.status_code == 200, sent.content
    seen = Program(who.ministry).get(f"{statement.pk}/").json()
    assert {file["name"] for file in seen["files"]} == {"一.pdf", "二.png"}
    assert all(file["correction"] for file in seen["files"])
    assert "approve_correction" in seen["available_actions"]
