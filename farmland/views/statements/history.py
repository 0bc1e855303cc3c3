"""The history of a statement on its page: every change, newest first."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from farmland.forms.statements import HistoryQuery
from farmland.indicators import INDICATORS
from farmland.models import AnnualStatement, Upload, User
from farmland.selectors.chronicle import Deed, get_chronicle
from farmland.selectors.statements import get_rows
from farmland.ui import Step
from farmland.views.downloads import MOST_ROWS, table_response, wanted
from farmland.views.statements.scope import statement_of
from farmland.workbooks.lists import history_table

LATEST = 8


@require_safe
def statement_history(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of the history, of the whole or of one row or column."""
    statement, query = statement_of(request, pk), HistoryQuery(request.GET)
    part, chosen = statement.part_shown_to(request.user), query.chosen
    if wanted(request):
        deeds, has_more = get_chronicle(statement, part, **chosen | {"page": 1}, limit=MOST_ROWS)
        return table_response(request, history_table(statement, deeds, facts=facts_of(chosen, has_more=has_more)))
    deeds, has_more = get_chronicle(statement, part, **chosen)
    year = Step(_("年度报表"), f"{reverse('statement_list')}?year={statement.year}")
    page = Step(str(statement.division.label), reverse("statement_detail", args=[pk]))
    context = {
        "statement": statement, "deeds": deeds, "chosen": chosen, "has_more": has_more,
        "seen_uploads": uploads_of(request.user, statement, deeds),
        "rows": [division for division in get_rows(statement) if part and part.contains(division)],
        "indicators": list(INDICATORS.values()), "trail": [year, page, Step(_("修改记录"), "")],
    }  # fmt: skip
    return render(request, "farmland/statements/statement_history.html", context)


def facts_of(chosen: dict[str, Any], *, has_more: bool) -> list[tuple[str, str]]:
    """Which part of the history a file holds, and whether the oldest of it is cut off."""
    indicator = INDICATORS.get(chosen["indicator"])
    facts = [
        (_("区划代码"), chosen["division"] or _("全部")),
        (_("指标"), str(indicator.label) if indicator else _("全部")),
    ]
    return [*facts, (_("范围"), _("最新的 %d 条") % MOST_ROWS)] if has_more else facts


def history_context(user: User, statement: AnnualStatement) -> dict[str, object]:
    """The latest changes, for the statement's own page."""
    deeds, has_more = get_chronicle(statement, statement.part_shown_to(user), limit=LATEST)
    return {"deeds": deeds, "has_more_deeds": has_more, "seen_uploads": uploads_of(user, statement, deeds)}


def uploads_of(user: User, statement: AnnualStatement, deeds: Iterable[Deed]) -> set[int]:
    """The numbers of the files behind changes whose pages the user may open. One query where there are files."""
    numbers = {deed.upload for deed in deeds if deed.upload}
    rows = Upload.objects.visible_to(user).filter(noun="statement", object_id=statement.pk, pk__in=numbers)
    return set(rows.values_list("pk", flat=True)) if numbers else set()
