"""Valid rows for tests."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from types import SimpleNamespace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from farmland.actions.statements import Cell, save_cells
from farmland.indicators import Department
from farmland.middleware import SEEN_COOKIE, seen_now
from farmland.models import AnnualStatement, Division, Figure, PolicyDocument, Role, User
from farmland.units import UNITS, to_base
from quotas.models import QuotaKind, QuotaNode, QuotaVersion

PASSWORD = "farmland-test"
MOMENT = datetime(2024, 6, 1, tzinfo=UTC)
numbers = count(1)

TREE = (
    # code, name, level, parent, more
    ("000000", "全国", "nation", None, {"name_en": "China"}),
    ("130000", "河北省", "province", "000000", {"name_en": "Hebei"}),
    ("130200", "唐山市", "prefecture", "130000", {}),
    ("130224", "滦南县", "county", "130200", {}),
    ("130225", "乐亭县", "county", "130200", {}),
    ("440000", "广东省", "province", "000000", {"name_en": "Guangdong"}),
    ("441900", "东莞市", "prefecture", "440000", {"is_leaf": True}),
    ("500000", "重庆市", "province", "000000", {"name_en": "Chongqing"}),
    ("500100", "市辖区", "prefecture", "500000", {"is_grouping": True, "has_quota": False}),
    ("500101", "万州区", "county", "500000", {}),
    ("650000", "新疆维吾尔自治区", "province", "000000", {"name_en": "Xinjiang"}),
    ("660000", "新疆生产建设兵团", "special", "650000", {"counts_in_national_total": False}),
)
NAMES = {
    "000000": "china", "130000": "hebei", "130200": "tangshan", "130224": "luannan", "130225": "leting",
    "440000": "guangdong", "441900": "dongguan", "500000": "chongqing", "500101": "wanzhou", "650000": "xinjiang",
    "660000": "xpcc",
}  # fmt: skip


def tree() -> SimpleNamespace:
    """The small real tree, by English names."""
    made = {}
    for code, name, level, parent, more in TREE:
        made[code] = Division.objects.create(code=code, name=name, level=level, parent_id=parent, **more)
    rows = {row.code: row for row in Division.objects.all()}
    return SimpleNamespace(**{english: rows[code] for code, english in NAMES.items()})


def user(*, role: str, division: Division, **more: Any) -> User:
    """A user of a division; departments default to natural resources."""
    fields = {"department": "" if role == Role.ADMINISTRATOR else Department.NATURAL_RESOURCES, **more}
    username = fields.pop("username", f"user{next(numbers)}")
    return User.objects.create_user(username, PASSWORD, role=role, division=division, **fields)


def mark_seen(client: Client) -> Client:
    """Give the client the cookie that a page would have set: not idle."""
    key = client.session.session_key or ""
    client.cookies[SEEN_COOKIE] = seen_now(key)
    return client


def signed_in(user: User, client: Client | None = None) -> Client:
    """A client in which the user is signed in and not idle."""
    client = client or Client()
    client.force_login(user, backend="farmland.authentication.DivisionBackend")
    return mark_seen(client)


def document(**more: Any) -> PolicyDocument:
    """A published document."""
    number = next(numbers)
    fields = {"key": f"doc-{number}", "title": f"公报 {number}", "known_on": date(2021, 8, 25)} | more
    return PolicyDocument.objects.create(**fields)


def area(value: str, unit: str) -> dict[str, Any]:
    """The fields of an area as it was printed."""
    exact = Decimal(value)
    decimals = max(0, -int(exact.as_tuple().exponent))
    return {
        "value_mu": to_base(exact, UNITS[unit]),
        "input_value": exact,
        "input_unit": unit,
        "input_decimals": decimals,
    }


def published(division: Division, value: str, *, year: int = 2019, unit: str = "wan_mu", **more: Any) -> Figure:
    """A published figure."""
    fields: dict[str, Any] = {"indicator": "cultivated_land", "basis": "survey3", "document": None} | more
    fields["document"] = fields["document"] or document()
    return Figure.objects.create(division=division, year=year, origin="published", **area(value, unit), **fields)


def statement(division: Division, values: dict[Division, str], *, year: int = 2022, released: str = "", **more: Any):
    """A statement with reported figures of cultivated land (万亩), approved unless told otherwise."""
    status = more.pop("status", "approved")
    indicator = more.pop("indicator", "cultivated_land")
    row = AnnualStatement.objects.create(division=division, year=year, **more)
    for place, value in values.items():
        Figure.objects.create(
            division=place, year=year, origin="reported", statement=row, indicator=indicator, basis="change_survey",
            **area(value, "wan_mu"),
        )  # fmt: skip
    if status != "draft":
        row.status = status
        if status in ("approved", "locked", "superseded"):
            row.approved_at = MOMENT
            row.approved_by = User.objects.filter(username="passer").first() or user(
                role=Role.REVIEWER, division=Division.objects.get(code="000000"), username="passer"
            )
            if released:
                row.released_at, row.released_level = MOMENT, released
        row.save()
    return row


def report(name: str = "审计报告.pdf", content: bytes = b"%PDF-1.7 audit") -> SimpleUploadedFile:
    """A file of evidence."""
    return SimpleUploadedFile(name, content)


def typed(
    statement: AnnualStatement, values: dict[tuple[Division, str], str], *, by: User, unit: str = "wan_mu"
) -> None:
    """Cells typed by somebody, on whatever stands there."""
    standing = {(f.division_id, f.indicator): f.revision for f in statement.figures.filter(origin="reported")}
    cells = [
        Cell(division.code, indicator, value, base_version=standing.get((division.code, indicator), 0))
        for (division, indicator), value in values.items()
    ]
    outcomes = save_cells(statement, cells=cells, unit=UNITS[unit], by=by, at=MOMENT)
    assert {outcome.state for outcome in outcomes} <= {"saved", "unchanged"}, outcomes


def target(division: Division, value: str, *, year: int | None = 2035, owner: Division, **more: Any) -> QuotaNode:
    """A published target (万亩) in a version of its own."""
    fields: dict[str, Any] = {"indicator": "cultivated_land", "kind": QuotaKind.TARGET} | more
    source = fields.pop("document", None) or document()
    version = QuotaVersion.objects.create(owner=owner, target_year=year, document=source, **fields)
    node = QuotaNode.objects.create(version=version, division=division, document=source, **area(value, "wan_mu"))
    version.state, version.published_at = "published", MOMENT
    version.save()
    return node
