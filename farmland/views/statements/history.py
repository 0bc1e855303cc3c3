"""The history of a statement on its page: every change, newest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from farmland.forms.statements import HistoryQuery
from farmland.indicators import INDICATORS
from farmland.models import AnnualStatement, User
from farmland.selectors.chronicle import get_chronicle
from farmland.selectors.statements import get_rows
from farmland.ui import Step
from farmland.views.statements.scope import statement_of

LATEST = 8


@require_safe
def statement_history(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of the history, of the whole or of one row or column."""
    statement, query = statement_of(request, pk), HistoryQuery(request.GET)
    part, chosen = statement.part_shown_to(request.user), query.chosen
    deeds, has_more = get_chronicle(statement, part, **chosen)
    year = Step(_("年度报表"), f"{reverse('statement_list')}?year={statement.year}")
    page = Step(str(statement.division.label), reverse("statement_detail", args=[pk]))
    context = {
        "statement": statement, "deeds": deeds, "chosen": chosen, "has_more": has_more,
        "rows": [division for division in get_rows(statement) if part and part.contains(division)],
        "indicators": list(INDICATORS.values()), "trail": [year, page, Step(_("修改记录"), "")],
    }  # fmt: skip
    return render(request, "farmland/statements/statement_history.html", context)


def history_context(user: User, statement: AnnualStatement) -> dict[str, object]:
    """The latest changes, for the statement's own page."""
    deeds, has_more = get_chronicle(statement, statement.part_shown_to(user), limit=LATEST)
    return {"deeds": deeds, "has_more_deeds": has_more}
