"""Reads of a statement: its rows and cells, what the rules find in them, and what a reader of a part of it gets."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
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
CURRENT = (StatementStatus.APPROVED, StatementStatus.LOCKED)
Key = tuple[str, str]  # of a cell: division and indicator
Areas = Mapping[Key, Decimal]


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement as it stands, read once: its divisions, typed figures, gaps, findings and written reasons."""

    statement: AnnualStatement
    root: str  # the division whose part this is: the unit, or what a reader inside it sees
    rows: list[Division]
    owing: frozenset[str]  # the rows that owe figures
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
            owing=self.owing & codes,
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
    return AnnualStatement.objects.filter(
        division=statement.division_id, year=statement.year - 1, status__in=CURRENT
    ).first()


def get_floors(divisions: Iterable[str], year: int) -> Areas:
    """The floors that divisions are held to in a year, in mu: promises, which stand above facts, so the site names
    who knows them (STATEMENT_FLOORS); nothing where nobody does. One query."""
    source: Callable[..., Areas] | None = (
        import_string(settings.STATEMENT_FLOORS) if settings.STATEMENT_FLOORS else None
    )
    return source(divisions, year=year) if source else {}


@dataclass(frozen=True, slots=True)
class Contents:
    """What a statement holds and what it is held against, as the database has it: what a reading is made of."""

    statement: AnnualStatement
    rows: list[Division]
    figures: dict[Key, Figure]
    gaps: dict[Key, Gap]
    previous: Areas
    survey: Areas
    reasons: dict[FindingKey, str]

    def holding(self, cells: Mapping[Key, Figure | Gap | None]) -> "Contents":
        """The same after a save: what stands in some cells now, None in an emptied one."""
        figures = {key: figure for key, figure in self.figures.items() if key not in cells}
        gaps = {key: gap for key, gap in self.gaps.items() if key not in cells}
        figures |= {key: row for key, row in cells.items() if isinstance(row, Figure)}
        gaps |= {key: row for key, row in cells.items() if isinstance(row, Gap)}
        return replace(self, figures=figures, gaps=gaps)

    def read(self, *, unit: Unit = WAN_MU) -> Reading:
        """The reading; findings print areas in `unit`. One query, for the floors."""
        codes = {division.code for division in self.rows}
        figures = self.figures.values()
        sheet = Sheet(
            unit=self.statement.division_id,
            rows=tuple(owing_rows(self.statement, self.rows, {figure.division_id for figure in figures})),
            parent={d.code: d.parent_id for d in self.rows if d.parent_id in codes},
            values=values_of(figures),
            absences={key: gap.kind for key, gap in self.gaps.items()},
            notes={key: gap.note for key, gap in self.gaps.items()},
            half_steps={key: half_step(UNITS[f.input_unit], f.input_decimals) for key, f in self.figures.items()},
            previous=self.previous,
            survey=self.survey,
            targets=get_floors(codes, self.statement.year),
            mandatory=MANDATORY,
        )
        return Reading(
            statement=self.statement,
            root=self.statement.division_id,
            rows=self.rows,
            owing=frozenset(sheet.rows),
            figures=self.figures,
            gaps=self.gaps,
            findings=check(sheet, unit=unit),
            reasons=self.reasons,
        )


def with_context(statements: QuerySet[AnnualStatement]) -> QuerySet[AnnualStatement]:
    """Statements with their written reasons and last year's statement in the same query: saving a cell waits for it."""
    reasons = Reason.objects.filter(statement=OuterRef("pk")).order_by("pk")
    as_object = JSONObject(rule="rule", division="division_id", indicator="indicator", text="text")
    before = AnnualStatement.objects.filter(
        division=OuterRef("division"), year=OuterRef("year") - 1, status__in=CURRENT
    )
    return statements.annotate(
        written_reasons=ArraySubquery(reasons.values_list(as_object)),
        previous_id=Subquery(before.values("pk")[:1]),
    )


def get_contents(statement: AnnualStatement) -> Contents:
    """What a statement of `with_context` holds. Three queries."""
    written: list[dict[str, str]] = statement.written_reasons  # type: ignore[attr-defined]  # annotated by with_context
    previous_id: int | None = statement.previous_id  # type: ignore[attr-defined]  # annotated by with_context
    rows = get_rows(statement)
    published = Q(origin=Origin.PUBLISHED, year=statement.year, division__in=[division.code for division in rows])
    known = [pk for pk in (statement.pk, previous_id) if pk]
    figures = list(Figure.objects.filter(Q(statement__in=known) | published).order_by("edition"))
    typed = [f for f in figures if f.statement_id == statement.pk and f.origin == Origin.REPORTED]
    return Contents(
        statement=statement,
        rows=rows,
        figures={(figure.division_id, figure.indicator): figure for figure in typed},
        gaps={(gap.division_id, gap.indicator): gap for gap in Gap.objects.filter(statement=statement)},
        previous=values_of(f for f in figures if previous_id and f.statement_id == previous_id),
        survey=values_of(f for f in figures if f.origin == Origin.PUBLISHED),
        reasons={FindingKey(row["rule"], row["division"], row["indicator"]): row["text"] for row in written},
    )


def read(statement: AnnualStatement, *, unit: Unit = WAN_MU) -> Reading:
    """The whole statement; findings print areas in `unit`. Five queries."""
    known = with_context(AnnualStatement.objects.select_related("division")).get(pk=statement.pk)
    return replace(get_contents(known).read(unit=unit), statement=statement)


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


def get_year(year: int) -> ReportingYear | None:
    """The ministry's call for a year; None where it was not opened. One query."""
    return ReportingYear.objects.filter(year=year).first()
