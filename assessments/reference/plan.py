"""high_standard_plan.csv: what the provinces had built and what they plan to have built."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from assessments.reference.documents import Library, segments
from assessments.reference.rows import Area, Row
from assessments.reference.targets import TargetSet
from farmland.actions.figures import PublishedFigure
from farmland.models import NATION, Basis, PolicyDocument
from quotas.actions import Target

COLUMNS = (
    "code", "scope", "built_2020", "built_2022", "built_latest", "latest_date", "target_2025_cum", "target_2030_cum",
    "unit", "note", "source", "confidence",
)  # fmt: skip
INDICATOR = "high_standard_farmland"
BUILT = {2020: "built_2020", 2022: "built_2022"}
PLANNED = {2025: "target_2025_cum", 2030: "target_2030_cum"}
YEAR_END = re.compile(r"([0-9]{4})-12-31")  # exactly: neither another day nor 预计 (expected) nor 超过 (over)
NOT_BUILT = "非实绩"  # the note says that the value was planned, not built
OWN_PLAN = "省级规划目标"


def get_plan(
    rows: Sequence[Row], names: Mapping[str, str], library: Library
) -> tuple[list[PublishedFigure], list[TargetSet], int]:
    """The provinces' built areas at the end of a year, their planned ones, and how many values were left out.

    The nation's are in national_series.csv. A province's plan is a set of its own (owner and root are the province),
    so that it stays in force when the national figure it was made under is superseded.
    """
    figures: list[PublishedFigure] = []
    sets: list[TargetSet] = []
    left_out = 0
    for row in rows:
        code = row.check_name("scope", names)
        areas = {column: row.area(column, row.unit("unit")) for column in (*BUILT.values(), *PLANNED.values())}
        latest = row.area("built_latest", row.unit("unit"))
        row.confidence()
        stated = sum(area is not None for area in (*areas.values(), latest))
        if code == NATION:
            left_out += stated
            continue
        built = get_built(row, areas, latest)
        figures += [as_figure(row, year, area, library) for year, area in built.items()]
        planned = [(year, areas[column]) for year, column in PLANNED.items()]
        sets += [as_set(row, year, area, library) for year, area in planned if area]
        left_out += stated - len(built) - sum(area is not None for _year, area in planned)
    return figures, sets, left_out


def get_built(row: Row, areas: Mapping[str, Area | None], latest: Area | None) -> dict[int, Area]:
    """The areas that were built by the end of a year; a target or an expectation is none."""
    if NOT_BUILT in row["note"]:
        return {}
    built = {year: area for year, column in BUILT.items() if (area := areas[column])}
    if latest and (match := YEAR_END.fullmatch(row["latest_date"])):
        year = int(match[1])
        if year in built and built[year].mu != latest.mu:
            raise row.refuse(_("built_latest 与 built_%d 不符") % year)
        built[year] = latest
    return built


def cite(row: Row, library: Library, *, after: date | None = None) -> PolicyDocument:
    """The first source named; for a built area the first one that appeared after its year had ended."""
    sources = segments(row["source"])
    if not sources[0]:
        raise row.refuse(_("缺少出处"))
    if after:
        # Asked of a library of its own, so that sources which are not used leave no document behind.
        sources = [text for text in sources if Library().cite(text).known_on > after]
        if not sources:
            raise row.refuse(_("没有一处出处晚于 %s") % after)
    return library.cite(sources[0])


def as_figure(row: Row, year: int, area: Area, library: Library) -> PublishedFigure:
    """A built area as a published figure."""
    return PublishedFigure(
        division=row["code"],
        indicator=INDICATOR,
        year=year,
        value=area.value,
        unit=area.unit,
        decimals=area.decimals,
        basis=Basis.AGRI_STATISTICS,
        document=cite(row, library, after=date(year, 12, 31)),
        confidence=row.confidence(),
        note=row["note"],
        where=row.where,
    )


def as_set(row: Row, year: int, area: Area, library: Library) -> TargetSet:
    """A planned area as the province's own set of targets."""
    document = cite(row, library)
    note = "; ".join(filter(None, [OWN_PLAN, row["note"]]))
    target = Target(row["code"], area.value, area.unit, area.decimals, document, confidence=row.confidence(), note=note)
    return TargetSet(INDICATOR, row["code"], year, document, (target,))
