"""Reads of a statement: what its rules find, and what a reader of it may see."""

from collections.abc import Iterable
from decimal import Decimal

from farmland.indicators import Group, of_group
from farmland.models import SETTLED, AnnualStatement, Division, Figure, Gap, Origin, Reason
from farmland.rules import Finding, FindingKey, Sheet, check, open_findings
from farmland.units import UNITS, half_step

# A draft without these cannot be handed in; the others may stay empty where nothing of the kind exists.
MANDATORY = frozenset(
    indicator.code
    for group in (Group.LAND, Group.BASIC)
    for indicator in of_group(group)
    if indicator.code != "basic_not_cultivated"
)


def get_rows(statement: AnnualStatement) -> list[Division]:
    """The unit and everything below it in the order of codes; the Corps and leaves stand alone. One query."""
    below = Division.objects.shown().valid().within(statement.division).order_by("code")
    if statement.division.level != "special":
        below = below.exclude(level="special")
    return list(below)


def values_of(figures: Iterable[Figure]) -> dict[tuple[str, str], Decimal]:
    """The values of figures by division and indicator, in mu."""
    return {(figure.division_id, figure.indicator): figure.value_mu for figure in figures}


def get_sheet(statement: AnnualStatement) -> Sheet:
    """The statement as the rules read it. Five queries."""
    rows = get_rows(statement)
    inside = {division.code for division in rows}
    figures = list(Figure.objects.filter(statement=statement, origin=Origin.REPORTED))
    gaps = list(Gap.objects.filter(statement=statement))
    previous = Figure.objects.filter(
        statement__division=statement.division,
        statement__year=statement.year - 1,
        statement__status__in=[status for status in SETTLED if status != "superseded"],
    )
    published = Figure.objects.filter(origin=Origin.PUBLISHED, year=statement.year, division__in=inside)
    return Sheet(
        unit=statement.division_id,
        rows=tuple(owing_rows(statement, rows, {figure.division_id for figure in figures})),
        parent={d.code: d.parent_id for d in rows if d.parent_id in inside},
        values=values_of(figures),
        absences={(gap.division_id, gap.indicator): gap.kind for gap in gaps},
        notes={(gap.division_id, gap.indicator): gap.note for gap in gaps},
        half_steps={(f.division_id, f.indicator): half_step(UNITS[f.input_unit], f.input_decimals) for f in figures},
        previous=values_of(previous),
        survey=values_of(published.order_by("edition")),
        mandatory=MANDATORY,
    )


def owing_rows(statement: AnnualStatement, rows: list[Division], typed: set[str]) -> list[str]:
    """The rows that owe figures: counties; a prefecture that typed its own, and then only those of its counties that
    typed as well; the unit itself where it has no parts."""
    children: dict[str, list[str]] = {}
    for division in rows:
        if division.code != statement.division_id:
            children.setdefault(str(division.parent_id), []).append(division.code)
    owing = []
    for code in children.get(statement.division_id, [statement.division_id]):
        below = children.get(code, [])
        if code in typed or not below:
            owing.append(code)
        if code not in typed or typed.intersection(below):
            owing += below
    return owing


def get_findings(statement: AnnualStatement) -> list[Finding]:
    """Everything that the rules find in a statement as it stands."""
    return check(get_sheet(statement))


def get_reasons(statement: AnnualStatement) -> dict[FindingKey, str]:
    """The written reasons, by rule, division and indicator."""
    rows = Reason.objects.filter(statement=statement)
    return {FindingKey(row.rule, row.division_id, row.indicator): row.text for row in rows}


def get_open_findings(statement: AnnualStatement) -> tuple[list[Finding], list[Finding]]:
    """What refuses handing in: HARD findings, and SOFT ones without a written reason."""
    return open_findings(get_findings(statement), get_reasons(statement))
