"""Handing down to 2,900 counties by a file: a synthetic province of forty prefectures, read and written as one set."""

import io
from collections.abc import Callable
from decimal import Decimal
from statistics import median

import xlsxwriter
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from farmland.actions import uploads as actions
from farmland.jobs import uploads as job
from farmland.models import Confidence, Division, PolicyDocument, Qualifier, Upload, User
from farmland.units import MU, WAN_MU
from quotas.actions import Target, open_draft, publish_version
from quotas.actions.copying import COLUMNS, text_of
from quotas.models import QuotaNode, QuotaVersion
from tests.benchmarks.uploads import calamine, seconds, undone

CITIES, COUNTIES, ROUNDS = 40, 2_900, 5
CODE = "980000"


def province() -> tuple[QuotaVersion, User, list[str], list[str]]:
    """A province that was handed 29 million mu, its draft, who draws it up, its prefectures and its counties."""
    root = Division.objects.create(code=CODE, name="测试省二", level="province", parent_id="000000")
    cities = [
        Division(code=f"98{n:02d}00", name=f"二市{n}", level="prefecture", parent=root) for n in range(1, CITIES + 1)
    ]
    Division.objects.bulk_create(cities)
    counties = [
        Division(code=f"{cities[n % CITIES].code[:4]}{n // CITIES + 1:02d}", name=f"二县{n}", level="county",
                 parent=cities[n % CITIES])
        for n in range(COUNTIES)
    ]  # fmt: skip
    Division.objects.bulk_create(counties)
    who = User.objects.create_user(
        "bench_quota", "bench", role="reporter", department="natural_resources", division=root,
    )  # fmt: skip
    paper = PolicyDocument.objects.create(key="bench-quota", title="测试", known_on="2024-01-01")
    publish_version(
        indicator="cultivated_land", owner="000000", target_year=2034, document=paper, at=timezone.now(),
        targets=[Target(CODE, Decimal(2_900), WAN_MU, 2, paper)], is_complete=False,
    )  # fmt: skip
    version = open_draft(indicator="cultivated_land", owner=root, target_year=2034, by=who, at=timezone.now())
    return version, who, [city.code for city in cities], sorted(county.code for county in counties)


def workbook(cities: list[str], counties: list[str]) -> bytes:
    """A plain table: a line for each division."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("目标")
    sheet.write_row(0, 0, ["division", "value"])
    for number, code in enumerate([*cities, *counties], start=1):
        sheet.write_string(number, 0, code)
        sheet.write_number(number, 1, 10_000 if code in counties else 725_000)
    book.close()
    return buffer.getvalue()


def measure(report: Callable[..., None]) -> None:
    """One line: reading and writing, hints left out, against calamine and COPY of the same rows with triggers."""
    version, who, cities, counties = province()
    content = workbook(cities, counties)
    upload = actions.receive(
        version, name="省.xlsx", content=ContentFile(content), unit="mu", by=who, at=timezone.now(), noun="quota"
    )
    begun = actions.begin(upload.pk, at=timezone.now())
    assert begun
    is_in_order, _hints = job.dry_run(begun)
    assert is_in_order, upload.issues.first()
    Upload.objects.filter(pk=upload.pk).update(status="applying")
    versions = {CODE: version} | {
        code: QuotaVersion(indicator="cultivated_land", owner_id=code, target_year=2034) for code in cities
    }

    def copy() -> None:
        below = [versions[code] for code in cities]
        for one in below:
            one.pk = None
        QuotaVersion.objects.bulk_create(below)
        nodes = [
            QuotaNode(
                version=versions[CODE if code in cities else f"{code[:4]}00"], division_id=code, value_mu=Decimal(10_000),
                input_value=Decimal(10_000), input_unit=MU.code, input_decimals=0, typed_by=who, typed_at=timezone.now(),
                confidence=Confidence.QUOTED, qualifier=Qualifier.EXACT,
            )
            for code in [*cities, *counties]
        ]  # fmt: skip
        text = text_of(nodes)
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY quotas_quotanode ({', '.join(COLUMNS)}) FROM STDIN") as to,
        ):
            to.write(text)

    def apply() -> None:
        with job.collector_paused():
            _version, filled = job.read(Upload.objects.get(pk=upload.pk))
            actions.apply_upload(
                upload.pk, cells=filled.cells, faults=filled.faults, unit=MU, rows=filled.rows, at=timezone.now()
            )
        assert Upload.objects.get(pk=upload.pk).status == "applied"

    pairs = [(seconds(lambda: calamine(content)) + undone(copy), undone(apply)) for _round in range(ROUNDS)]
    ratio = median(ours / bare for bare, ours in pairs)
    report("handing down to 2,900 counties : calamine reading and COPY with triggers", ratio, "<= 3.00", met=ratio <= 3)
    print(
        f"  {median(ours for _bare, ours in pairs) * 1000:.0f} ms : {median(bare for bare, _ours in pairs) * 1000:.0f} ms"
    )
