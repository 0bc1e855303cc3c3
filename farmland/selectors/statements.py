"""Reads of a statement: its rows and cells, what the rules find in them, and what a reader of a part of it gets."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.conf import settings
from django.utils.module_loading import import_string

from farmland.indicators import Group, of_group
from farmland.models import AnnualStatement, Division, Figure, Gap, Origin, Reason, ReportingYear, StatementStatus
from farmland.rules import Finding, FindingKey, Sheet, add_up, check, open_findings
from farmland.rules.sums import Sum, weigh
from farmland.units import UNITS, WAN_MU, Unit, half_step

# A draft without these cannot be handed in; the others may stay empty where nothing of the kind exists.
MANDATORY = frozenset(
    indicator.code
    for group in (Group.LAND, Group.BASIC)
    for indicator in of_group(group)
    if indicator.code != "basic_not_cultivated"
)
Areas = Mapping[tuple[str, str], Decimal]


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement as it stands, read once: its divisions, typed figures, gaps, findings and written reasons."""

    statement: AnnualStatement
    root: str  # the division whose part this is: the unit, or what a reader inside it sees
    rows: list[Division]
    figures: dict[tuple[str, str], Figure]
    gaps: dict[tuple[str, str], Gap]
    findings: list[Finding]
    reasons: dict[FindingKey, str]

    def within(self, part: Division | None) -> "Reading":
        """The same of one part alone; nothing where there is none."""
        rows = [division for division in self.rows if part and part.contains(division)]
        codes = {division.code for division in rows}
        return replace(
            self,
            root=part.code if part and codes else "",
            rows=rows,
            figures={key: figure for key, figure in self.figures.items() if key[0] in codes},
            gaps={key: gap for key, gap in self.gaps.items() if key[0] in codes},
            findings=[finding for finding in self.findings if finding.division in codes],
            reasons={key: text for key, text in self.reasons.items() if key.division in codes},
        )

    def means(self, indicator: str, weights: str) -> dict[str, Decimal]:
        """The averages of a measure, weighted by an area, of every division in the part that has something below it."""
        found = {code: figure.measure for (code, name), figure in self.figures.items() if name == indicator}
        areas = {code: figure.value_mu for (code, name), figure in self.figures.items() if name == weights}
        return weigh(children_of(self.rows, self.root), self.root, measures=found, weights=areas)

    def sums(self, indicators: Iterable[str]) -> dict[tuple[str, str], Sum]:
        """The sums of the part and of every division in it that has something below it."""
        return add_up(
            children_of(self.rows, self.root),
            self.root,
            indicators,
            typed=values_of(self.figures.values()),
            not_applicable={key for key, gap in self.gaps.items() if gap.kind == "not_applicable"},
        )


def get_rows(statement: AnnualStatement) -> list[Division]:
    """The unit and everything below it in the order of codes; the Corps and leaves stand alone. One query."""
    below = Division.objects.shown().valid().within(statement.division).order_by("code")
    if statement.division.level != "special":
        below = below.exclude(level="special")
    return list(below)


def children_of(rows: Iterable[Division], root: str) -> dict[str, list[str]]:
    """From each division to those directly below it, of the rows under `root`."""
    children: dict[str, list[str]] = {}
    for division in rows:
        if division.code != root:
            children.setdefault(str(division.parent_id), []).append(division.code)
    return children


def values_of(figures: Iterable[Figure]) -> dict[tuple[str, str], Decimal]:
    """The areas of figures by division and indicator, in mu."""
    return {(f.division_id, f.indicator): f.value_mu for f in figures if f.value_mu is not None}


def get_previous(statement: AnnualStatement) -> AnnualStatement | None:
    """Last year's statement of the same unit that is current now. One query."""
    settled = [StatementStatus.APPROVED, StatementStatus.LOCKED]
    return AnnualStatement.objects.filter(
        division=statement.division_id, year=statement.year - 1, status__in=settled
    ).first()


def get_floors(divisions: Iterable[str], year: int) -> Areas:
    """The floors that divisions are held to in a year, in mu: promises, which stand above facts, so the site names
    who knows them (STATEMENT_FLOORS); nothing where nobody does. One query."""
    source: Callable[..., Areas] | None = (
        import_string(settings.STATEMENT_FLOORS) if settings.STATEMENT_FLOORS else None
    )
    return source(divisions, year=year) if source else {}


def read(statement: AnnualStatement, *, unit: Unit = WAN_MU) -> Reading:
    """The whole statement; findings print areas in `unit`. Eight queries."""
    rows = get_rows(statement)
    codes = {division.code for division in rows}
    figures = list(Figure.objects.filter(statement=statement, origin=Origin.REPORTED))
    gaps = list(Gap.objects.filter(statement=statement))
    before = get_previous(statement)
    previous = Figure.objects.filter(statement=before) if before else Figure.objects.none()
    published = Figure.objects.filter(origin=Origin.PUBLISHED, year=statement.year, division__in=codes)
    sheet = Sheet(
        unit=statement.division_id,
        rows=tuple(owing_rows(statement, rows, {figure.division_id for figure in figures})),
        parent={d.code: d.parent_id for d in rows if d.parent_id in codes},
        values=values_of(figures),
        absences={(gap.division_id, gap.indicator): gap.kind for gap in gaps},
        notes={(gap.division_id, gap.indicator): gap.note for gap in gaps},
        half_steps={(f.division_id, f.indicator): half_step(UNITS[f.input_unit], f.input_decimals) for f in figures},
        previous=values_of(previous),
        survey=values_of(published.order_by("edition")),
        targets=get_floors(codes, statement.year),
        mandatory=MANDATORY,
    )
    reasons = Reason.objects.filter(statement=statement)
    return Reading(
        statement=statement,
        root=statement.division_id,
        rows=rows,
        figures={(figure.division_id, figure.indicator): figure for figure in figures},
        gaps={(gap.division_id, gap.indicator): gap for gap in gaps},
        findings=check(sheet, unit=unit),
        reasons={FindingKey(row.rule, row.division_id, row.indicator): row.text for row in reasons},
    )


def owing_rows(statement: AnnualStatement, rows: list[Division], typed: set[str]) -> list[str]:
    """The rows that owe figures: counties; a prefecture that typed its own, and then only those of its counties that
    typed as well; the unit itself where it has no parts."""
    children = children_of(rows, statement.division_id)
    owing = []
    for code in children.get(statement.division_id, [statement.division_id]):
        below = children.get(code, [])
        if code in typed or not below:
            owing.append(code)
        if code not in typed or typed.intersection(below):
            owing += below
    return owing


def get_open_findings(statement: AnnualStatement) -> tuple[list[Finding], list[Finding]]:
    """What refuses handing in: HARD findings, and SOFT ones without a written reason."""
    reading = read(statement)
    return open_findings(reading.findings, reading.reasons)


def get_years() -> list[ReportingYear]:
    """The reporting years that are open, the latest first. One query."""
    return list(ReportingYear.objects.order_by("-year"))
