"""What the dashboards have in common: reading the address, answering one that cannot be read, the state of the data."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from assessments.forms import PageQuery
from assessments.selectors import access
from assessments.selectors.scorecard import Scorecard, ScorecardSet
from assessments.ui.lines import Line
from farmland.indicators import HEADLINE_INDICATORS, INDICATORS, Indicator
from farmland.models import NATION


def bad_query(request: HttpRequest, query: PageQuery) -> HttpResponse:
    """400 with every complaint, and the way back."""
    return render(request, "assessments/bad_query.html", {"form": query}, status=400)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for, and what else could be asked for."""

    year: int
    indicator: Indicator
    years: list[int]
    as_of: date | None
    moment: datetime | None

    @property
    def query(self) -> str:
        """The choice as it stands in an address, but for the indicator."""
        return urlencode({"year": self.year} | ({"as_of": self.as_of.isoformat()} if self.as_of else {}))

    @property
    def query_with_indicator(self) -> str:
        """The whole choice as it stands in an address."""
        return f"{self.query}&{urlencode({'indicator': self.indicator.code})}"


def chosen(query: PageQuery, scope: access.Scope) -> Chosen:
    """The year (the latest that is published where none is given), the indicator, and the years there are."""
    moment = query.moment
    found = access.years(scope.figures, moment=moment)
    year = query.cleaned_data["year"] or access.latest_year(scope.figures, moment=moment) or (found or [2019])[0]
    code = query.cleaned_data["indicator"] or HEADLINE_INDICATORS[0].code
    years = sorted({*found, year}, reverse=True)
    return Chosen(year, INDICATORS[code], years, query.cleaned_data["as_of"], moment)


def paper(rows: list[Line], cards: ScorecardSet) -> dict[str, Any]:
    """What stands on the printed page: the state of its data in words, and when it was drawn."""
    is_demo = any_demo(cards.parent) or any(any_demo(row.card) for row in rows)
    words = _("含演示数据，不代表官方统计结果") if is_demo else _("公布与已通过的数据")
    note = " ".join(filter(None, [str(settings.MAP_SOURCE_NOTE), settings.MAP_APPROVAL_NO]))
    if cards.parent.division.code == NATION:
        note = " ".join([note, _("台湾省、香港、澳门资料暂缺。")])
    return {"state": words, "state_is_demo": is_demo, "now": timezone.now(), "map_note": note}


def any_demo(card: Scorecard) -> bool:
    """Whether a figure or a target of a division is synthetic."""
    return card.is_demo or any(cell.target and cell.target.version.is_demo for cell in card.cells.values())
