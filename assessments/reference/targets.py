"""What the files say about targets: the nation's and the provinces' for 2035, high-standard farmland, the red line."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.reference.documents import Library
from assessments.reference.figures import CitedRow
from assessments.reference.rows import UNIT_NAMES, Area, Row
from farmland.models import NATION, Division, PolicyDocument, Qualifier
from farmland.units import HA, WAN_MU, YI_MU, Unit, half_step
from quotas.actions import Target
from quotas.models import QuotaKind

QUOTA_COLUMNS = (
    "code", "province", "target_year", "cultivated_wanmu", "permanent_basic_wanmu", "cultivated_ha",
    "permanent_basic_ha", "unit_in_original", "document_no", "document_date", "source", "confidence", "note",
)  # fmt: skip
PRINTED = {"cultivated": "cultivated_land", "permanent_basic": "permanent_basic_farmland"}
EXAMPLE_TARGETS = {"target_cultivated": "cultivated_land", "target_permanent_basic": "permanent_basic_farmland"}
# The series' own names: indicator and version; the 2025 plan supersedes the figure of 2021 (T-2).
SERIES_TARGETS = {
    "target_high_standard_cumulative": ("high_standard_farmland", 1),
    "target_high_standard_cumulative_2025plan": ("high_standard_farmland", 2),
}
SAME_AS_QUOTAS = {
    "target_cultivated_land": "cultivated_land",
    "target_permanent_basic_farmland": "permanent_basic_farmland",
}
RED_LINE_ROW = "red_line_cultivated_land"
TRUNCATED = "截断"  # the printed value is cut off in the excerpt: the true one is at least this


@dataclass(frozen=True, slots=True)
class TargetSet:
    """One version to be published: what `owner` handed down, with its targets; `supersedes` is a version's number."""

    indicator: str
    owner: str
    target_year: int | None
    document: PolicyDocument
    targets: tuple[Target, ...]
    kind: str = QuotaKind.TARGET
    version: int = 1
    supersedes: int | None = None
    is_complete: bool = False


def get_quotas(rows: Sequence[Row], names: Mapping[str, str], library: Library) -> list[TargetSet]:
    """quotas_2035.csv: for each indicator the nation's target and those of its provinces, as far as they are known."""
    sets = []
    for row in rows:
        row.check_name("province", names)
        row.year("target_year")
    if len({row["target_year"] for row in rows}) > 1:
        raise rows[0].refuse(_("目标年不一致"))
    nation = next((row for row in rows if row["code"] == NATION), None)
    if nation is None:
        raise rows[0].refuse(_("缺少全国目标"))
    for column, indicator in PRINTED.items():
        found = [(row, quota_area(row, column)) for row in rows]
        targets = tuple(quota(row, area, indicator, library) for row, area in found if area)
        sets.append(TargetSet(indicator, NATION, nation.year("target_year"), cite(nation, library), targets))
    return sets


def quota_area(row: Row, column: str) -> Area | None:
    """The area of a target, in 亿亩 where the original says so; its hectares must agree within their rounding."""
    area, hectares = row.area(f"{column}_wanmu", WAN_MU), row.area(f"{column}_ha", HA)
    row.confidence(may_be_blank=area is None)
    if area is None:
        return None
    if hectares and abs(hectares.mu - area.mu) > half_step(HA, hectares.decimals):
        raise row.refuse(_("%s 的公顷数与万亩数不符") % column)
    return in_unit(area, YI_MU) if UNIT_NAMES.get(row["unit_in_original"]) is YI_MU else area


def in_unit(area: Area, unit: Unit) -> Area:
    """The same area in a larger unit, without trailing zeros but with two decimals at least."""
    value = (area.value * area.unit.factor / unit.factor).normalize()
    decimals = max(2, -int(value.as_tuple().exponent))
    return Area(value, unit, decimals)


def quota(row: Row, area: Area, indicator: str, library: Library) -> Target:
    """One division's target for 2035; an excerpt that is cut off gives a lower bound."""
    is_cut = indicator == "permanent_basic_farmland" and TRUNCATED in row["note"]
    return Target(
        division=row["code"],
        value=area.value,
        unit=area.unit,
        decimals=area.decimals,
        document=cite(row, library),
        confidence=row.confidence(),
        qualifier=Qualifier.AT_LEAST if is_cut else Qualifier.EXACT,
        note=row["note"],
    )


def cite(row: Row, library: Library) -> PolicyDocument:
    """The document of a row of quotas_2035.csv, which gives number and date in columns of their own."""
    if not row["source"]:
        raise row.refuse(_("缺少出处"))
    return library.cite(row["source"], number=row["document_no"], date_text=row["document_date"])


def get_series_targets(
    rows: Sequence[Row], quotas: Sequence[TargetSet], library: Library
) -> tuple[list[TargetSet], list[Row]]:
    """Targets among the rows of national_series.csv, and the rows that are something else."""
    sets, left_out = [], []
    for row in rows:
        name = row["indicator"]
        if name in SERIES_TARGETS:
            indicator, version = SERIES_TARGETS[name]
            year = row.year("year")
            sets.append(national(row, indicator, library, target_year=year, version=version))
        elif name == RED_LINE_ROW:
            sets.append(national(row, "cultivated_land", library, target_year=None, kind=QuotaKind.RED_LINE))
        else:
            if name in SAME_AS_QUOTAS:
                check_same(row, SAME_AS_QUOTAS[name], quotas)
            left_out.append(row)
    return sorted(sets, key=lambda one: one.version), left_out


def national(
    row: Row, indicator: str, library: Library, *, target_year: int | None, version: int = 1, kind: str = "target"
) -> TargetSet:
    """A set of the nation alone; only a red line is complete without children, because it is not handed down."""
    area = row.area("value", row.unit("unit"))
    if area is None or not row["source"]:
        raise row.refuse(_("缺少数值或出处"))
    document = library.cite(row["source"])
    target = Target(
        NATION, area.value, area.unit, area.decimals, document, confidence=row.confidence(), note=row["note"]
    )
    is_red_line = kind == QuotaKind.RED_LINE
    return TargetSet(
        indicator, NATION, target_year, document, (target,), kind, version,
        supersedes=version - 1 or None, is_complete=is_red_line,
    )  # fmt: skip


def check_same(row: Row, indicator: str, quotas: Sequence[TargetSet]) -> None:
    """The series repeats the nation's 2035 targets: both files must say the same."""
    area = row.area("value", row.unit("unit"))
    known = {
        target.value * target.unit.factor
        for one in quotas
        if one.indicator == indicator and one.target_year == row.year("year")
        for target in one.targets
        if target.division == NATION
    }
    if area is None or area.mu not in known:
        raise row.refuse(_("与 quotas_2035.csv 的全国目标不符"))


def get_example_targets(
    rows: Sequence[CitedRow], divisions: Mapping[str, Division], library: Library
) -> list[TargetSet]:
    """Targets among the examples below the province: one incomplete set for each division that handed them down."""
    grouped: dict[tuple[str, str, int], list[Target]] = defaultdict(list)
    for cited in rows:
        row = cited.row
        indicator = row.choice("indicator", EXAMPLE_TARGETS)
        area = row.area("value", row.unit("unit"))
        owner = divisions[row["code"]].parent_id
        if area is None or owner is None:
            raise row.refuse(_("缺少数值或上级"))
        target = Target(
            row["code"], area.value, area.unit, area.decimals, library.cite(cited.source),
            confidence=row.confidence(), note=cited.note,
        )  # fmt: skip
        grouped[indicator, owner, row.year("year")].append(target)
    return [
        TargetSet(indicator, owner, year, targets[0].document, tuple(targets))
        for (indicator, owner, year), targets in sorted(grouped.items())
    ]
