"""How a series and the sources of a number are worded and printed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from assessments.selectors.figures import is_demo, is_unverified
from assessments.selectors.scorecard import Scorecard
from assessments.selectors.series import Point
from assessments.ui.lines import area, number, typed
from farmland.indicators import INDICATORS
from farmland.models import Confidence, Figure, Qualifier
from farmland.units import YI_MU, Unit
from quotas.models import QuotaNode


def series_decimals(figure: Figure, unit: Unit) -> int | None:
    """How a year of a series is printed: 亿亩 with two decimals would hide the changes from year to year, with four it
    would claim more than a figure that is itself printed in 亿亩."""
    if unit.code != YI_MU.code:
        return None
    return max(2, figure.input_decimals) if figure.input_unit == YI_MU.code else max(4, unit.decimals)


@dataclass(frozen=True, slots=True)
class PointLine:
    """One year of a series, printed."""

    year: int
    value: str
    change: str
    origin: str
    notes: tuple[str, ...]


def points(series: list[Point], unit: Unit, change_unit: Unit) -> list[PointLine]:
    """The series as lines; a change over different bases is not computed but said so."""
    found = []
    for point in series:
        figure = point.figure
        change = area(point.change_mu, change_unit, signed=True) if point.is_comparable else _("口径不同，不可比")
        value = area(figure.value_mu, unit, decimals=series_decimals(figure, unit))
        found.append(PointLine(point.year, value, change, origin_of(figure), figure_notes(figure)))
    return found


def figure_notes(figure: Figure) -> tuple[str, ...]:
    """The badges of a figure by itself."""
    found = [_("演示数据")] if is_demo(figure) else []
    if is_unverified(figure):
        found.append(_("待核实"))
    elif figure.confidence == Confidence.DERIVED:
        found.append(_("推算"))
    if figure.qualifier != Qualifier.EXACT:
        found.append(str(figure.get_qualifier_display()))
    return tuple(found)


def origin_of(figure: Figure) -> str:
    """Document or statement, in words."""
    return figure.document.title if figure.document else str(figure.get_origin_display())


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A figure or target with all that is known of where it comes from, printed."""

    value: str
    typed: str
    label: str
    document: str
    number: str
    date_text: str
    known_on: date | None
    version: int
    basis: str
    note: str
    badges: tuple[str, ...]
    approved_at: datetime | None
    reviewer: str
    indicator: str = ""
    indicator_code: str = ""


def sources(figures: list[Figure]) -> list[SourceLine]:
    """Figures as lines of the source page."""
    found = []
    for figure in figures:
        document, statement = figure.document, figure.statement
        found.append(
            SourceLine(
                value=number(figure.value_mu),
                typed=typed(figure.input_value, figure.input_unit, figure.input_decimals),
                label=str(figure.get_origin_display()),
                document=document.title if document else _("%(year)d 年度报表") % {"year": figure.year},
                number=document.number if document else "",
                date_text=document.date_text if document else "",
                known_on=document.known_on if document else None,
                version=figure.edition if document else statement.version if statement else 0,
                basis=str(figure.get_basis_display()),
                note=figure.note,
                badges=figure_notes(figure),
                approved_at=statement.approved_at if statement else None,
                reviewer=str(statement.approved_by or "") if statement else "",
                indicator=str(INDICATORS[figure.indicator].label),
                indicator_code=figure.indicator,
            )
        )
    return found


def card_sources(card: Scorecard) -> list[SourceLine]:
    """Where the headline figures of a division come from."""
    return sources([cell.figure for cell in card.cells.values() if cell.figure])


def target_sources(nodes: list[QuotaNode]) -> list[SourceLine]:
    """Targets as lines of the source page; those superseded say so."""
    found = []
    for node in nodes:
        version = node.version
        badges = [str(version.get_state_display())]
        badges += [_("演示数据")] if version.is_demo else []
        badges += [_("待核实")] if node.confidence == Confidence.RECALLED else []
        badges += [str(node.get_qualifier_display())] if node.qualifier != Qualifier.EXACT else []
        label = _("%(year)d 年目标") % {"year": version.target_year} if version.target_year else _("耕地红线")
        found.append(
            SourceLine(
                value=number(node.value_mu),
                typed=typed(node.input_value, node.input_unit, node.input_decimals),
                label=label,
                document=node.paper.title,
                number=node.paper.number,
                date_text=node.paper.date_text,
                known_on=node.paper.known_on,
                version=version.version,
                basis="",
                note=node.note,
                badges=tuple(badges),
                approved_at=None,
                reviewer="",
            )
        )
    return found
