"""A province that hands its targets down, and everybody who has a part in it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from farmland.actions.statements.cells import Cell
from farmland.models import Division, User
from farmland.units import WAN_MU, Unit
from quotas.actions import Paper, Target, Typed, With, open_draft, publish_version, save_nodes, take_step
from quotas.models import QuotaVersion
from tests import factories

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)
PAPER = Paper("冀政〔2026〕8号", "关于下达耕地保护目标的通知", date(2026, 11, 20), "河北省人民政府")
STATE_PAPER = Paper("国函〔2026〕1号", "国务院关于调整目标的批复", date(2026, 11, 20), "国务院")
CULTIVATED, BASIC, CAP = "cultivated_land", "permanent_basic_farmland", "construction_occupation_cap"
TASK = "high_standard_farmland"


def people(cast: SimpleNamespace) -> SimpleNamespace:
    """Staff of the ministry, of Hebei and of Tangshan; two reviewers of the ministry."""

    def one(role: str, division: Division, department: str = "natural_resources") -> User:
        return factories.user(role=role, division=division, department=department)

    return SimpleNamespace(
        ministry=one("reviewer", cast.china), ministry_two=one("reviewer", cast.china),
        ministry_reporter=one("reporter", cast.china), viewer=one("viewer", cast.china),
        reporter=one("reporter", cast.hebei), reviewer=one("reviewer", cast.hebei),
        agri=one("reporter", cast.hebei, "agriculture"), agri_reviewer=one("reviewer", cast.hebei, "agriculture"),
        city=one("reporter", cast.tangshan), city_reviewer=one("reviewer", cast.tangshan),
        county=one("reporter", cast.luannan), stranger=one("reporter", cast.guangdong),
        stranger_reviewer=one("reviewer", cast.guangdong),
    )  # fmt: skip


def prefectures() -> list[Division]:
    """Two more prefectures of Hebei, so that there are three."""
    return [
        Division.objects.create(code=code, name=name, level="prefecture", parent_id="130000", is_leaf=True)
        for code, name in (("130300", "秦皇岛市"), ("130400", "邯郸市"))
    ]


def handed(
    code: str, value: str, *, indicator: str = CULTIVATED, year: int = 2035, owner: str = "000000"
) -> QuotaVersion:
    """What a division was handed by an imported set, which names nobody else."""
    paper = factories.document(number="国函〔2024〕1号")
    targets = [Target(code, Decimal(value), WAN_MU, 2, paper)]
    version, _new = publish_version(
        indicator=indicator, owner=owner, target_year=year, document=paper, targets=targets, at=AT, is_complete=False
    )
    return version


def opened(owner: Division, by: User, *, indicator: str = CULTIVATED, year: int = 2035) -> QuotaVersion:
    """A draft."""
    return open_draft(indicator=indicator, owner=owner, target_year=year, by=by, at=AT)


def typed(
    version: QuotaVersion, values: dict[str, str], by: User, *, column: str = "value", unit: Unit = WAN_MU
) -> Typed:
    """Cells of a version typed on top of what stands there."""
    names = {"value": "revision", "plan": "plan_revision"}
    standing = dict(version.nodes.values_list("division", names[column]))
    cells = [Cell(code, column, value, base_version=standing.get(code, 0)) for code, value in values.items()]
    return save_nodes(version, cells=cells, unit=unit, by=by, at=AT)


def stepped(version: QuotaVersion, action: str, by: User, **bringing: Any) -> QuotaVersion:
    """One step taken."""
    return take_step(version, action, by=by, at=AT, bringing=With(**bringing))


def published(version: QuotaVersion, people: SimpleNamespace) -> QuotaVersion:
    """A province's version all the way to its publication."""
    stepped(version, "submit", people.reporter)
    stepped(version, "approve", people.ministry)
    return stepped(version, "publish", people.reviewer, paper=PAPER)
