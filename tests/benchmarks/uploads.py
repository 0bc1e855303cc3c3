"""Filled-in files of a synthetic province of 3,000 counties and 20 columns: the dry run and the writing."""

import io
import time
from collections.abc import Callable
from statistics import median

import openpyxl
import python_calamine
import xlsxwriter
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone

from farmland.actions import uploads as actions
from farmland.actions.statements.bulk import ground
from farmland.actions.statements.copying import Batch, text_of
from farmland.actions.statements.written import lines_of
from farmland.indicators import INDICATORS
from farmland.jobs import uploads as job
from farmland.jobs.uploads import read
from farmland.models import AnnualStatement, Division, Upload, User
from farmland.selectors.statements import read as read_statement
from farmland.units import WAN_MU
from farmland.workbooks.statements import write_statement_form

ROWS, ROUNDS = 3_000, 5
COLUMNS = [code for code, one in INDICATORS.items() if one.department == "natural_resources" and one.is_area][:20]
COPY = """
    COPY farmland_figure (division_id, indicator, input_unit, basis, value_mu, measure, input_value, input_decimals, note,
        revision, typed_by_id, typed_at, statement_id, year, origin, edition, confidence, qualifier) FROM STDIN
"""


class Undone(Exception):
    """What a round wrote is taken back."""


def province() -> tuple[AnnualStatement, User, list[str]]:
    """A province that no map knows, with 3,000 counties, its draft and who types it."""
    root = Division.objects.create(code="990000", name="测试省", level="province", parent_id="000000")
    codes = []
    cities = [
        Division(code=f"99{city:02d}00", name=f"测试市{city}", level="prefecture", parent=root) for city in range(1, 41)
    ]
    Division.objects.bulk_create(cities)
    counties = []
    for city in cities:
        for number in range(1, 76):
            code = f"{city.code[:4]}{number:02d}"
            codes.append(code)
            counties.append(Division(code=code, name=f"测试县{code}", level="county", parent=city))
    Division.objects.bulk_create(counties)
    who = User.objects.create_user(
        "bench_reporter", "bench", role="reporter", department="natural_resources",
        division=Division.objects.get(code="990000"),
    )  # fmt: skip
    return AnnualStatement.objects.create(division=root, year=2024), who, codes


def workbook(codes: list[str]) -> bytes:
    """A plain table: a line for each county, a column for each indicator."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("数据")
    sheet.write_row(0, 0, ["division", *COLUMNS])
    for number, code in enumerate(codes, start=1):
        sheet.write_string(number, 0, code)
        for column in range(len(COLUMNS)):
            sheet.write_number(number, column + 1, round(1 + number / 100 + column / 10_000, 4))
    book.close()
    return buffer.getvalue()


def our_form(statement: AnnualStatement, who: User, codes: list[str]) -> bytes:
    """Our own form of the statement, the same cells filled in by another program."""
    content = write_statement_form(read_statement(statement), who, unit=WAN_MU)
    book = openpyxl.load_workbook(io.BytesIO(content))
    line_of = {code: number for number, code in enumerate(codes, start=1)}
    for sheet in book:
        places = {cell.column: COLUMNS.index(cell.value) for cell in sheet[1] if cell.value in COLUMNS}
        for row in sheet.iter_rows(max_col=1):
            if (line := line_of.get(row[0].value)) is not None:
                for at, column in places.items():
                    sheet.cell(row[0].row, at).value = round(1 + line / 100 + column / 10_000, 4)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def seconds(action: Callable[[], object]) -> float:
    """How long one call lasts."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def undone(action: Callable[[], object]) -> float:
    """How long one call lasts whose writes, checks of foreign keys included, are taken back."""
    spent = 0.0
    try:
        with transaction.atomic():
            start = time.perf_counter()
            action()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            spent = time.perf_counter() - start
            raise Undone
    except Undone:
        return spent


def dry_run_of(content: bytes, statement: AnnualStatement, who: User, report: Callable[..., None], kind: str) -> Upload:
    """The line of a dry run against calamine's reading of the same file; its rules' hints come after the verdict."""
    upload = actions.receive(
        statement, name="省.xlsx", content=ContentFile(content), unit="wan_mu", by=who, at=timezone.now()
    )

    def dry_run() -> None:
        begun = actions.begin(upload.pk, at=timezone.now())
        assert begun
        is_in_order, _hints = job.dry_run(begun)
        assert is_in_order, upload.issues.first()
        assert Upload.objects.get(pk=upload.pk).counts["new"] == ROWS * len(COLUMNS)

    pairs = [(seconds(lambda: calamine(content)), undone(dry_run)) for _round in range(ROUNDS)]
    ratio = median(dry / plain for plain, dry in pairs)
    report(
        f"dry run of {kind}, 3,000 × 20, without the rules' hints : calamine reading", ratio, "<= 10", met=ratio <= 10
    )
    print(
        f"  {median(dry for _plain, dry in pairs) * 1000:.0f} ms : {median(plain for plain, _dry in pairs) * 1000:.0f} ms"
    )
    return upload


def calamine(content: bytes) -> None:
    """Every sheet read, and nothing more."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def measure(report: Callable[..., None]) -> None:
    """The lines of reading a plain table and our own form, and of writing."""
    statement, who, codes = province()
    content = workbook(codes)
    dry_run_of(our_form(statement, who, codes), statement, who, report, "our form")
    upload = dry_run_of(content, statement, who, report, "a plain table")
    plain = median(seconds(lambda: calamine(content)) for _round in range(ROUNDS))
    on = ground(statement, unit=WAN_MU, by=who)
    Upload.objects.filter(pk=upload.pk).update(status="applying")
    cells = read(upload)[1].cells
    text = text_of(lines_of(cells, on, {}), Batch(statement, 1, who, timezone.now()))

    def copy() -> None:
        with connection.cursor() as cursor, cursor.copy(COPY) as stream:
            stream.write(text)

    def apply() -> None:
        with job.collector_paused():
            _statement, filled = read(Upload.objects.get(pk=upload.pk))
            actions.apply_upload(
                upload.pk, cells=filled.cells, faults=filled.faults, unit=WAN_MU, rows=filled.rows, at=timezone.now()
            )
        assert Upload.objects.get(pk=upload.pk).status == "applied"

    ratios, ours, bare = [], 0.0, 0.0
    for _round in range(ROUNDS):
        bare = plain + undone(copy)
        ours = undone(apply)
        ratios.append(ours / bare)
    ratio = median(ratios)
    report("apply, 3,000 × 20 : calamine reading and COPY with triggers", ratio, "<= 3.00", met=ratio <= 3)
    print(f"  {ours * 1000:.0f} ms : {bare * 1000:.0f} ms")
