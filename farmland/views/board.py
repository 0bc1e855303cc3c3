"""The board: who owes what of a year, over the years, and reminders sent from it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farmland.actions.reminders import levels_reminded_by, remind
from farmland.forms.board import YEARS, BoardQuery, RemindForm, levels_of
from farmland.models import AnnualStatement, Division, Level, User
from farmland.models.divisions import DivisionQuerySet
from farmland.models.statements import AnnualStatementQuerySet
from farmland.selectors.board import UNITS, Board, get_board, get_changed_at, get_matrix, get_years, totals
from farmland.ui import board as ui
from farmland.views.downloads import table_response, wanted
from farmland.views.errors import forbid
from farmland.workbooks.board import board_table, matrix_table
from farmland.workflow import Refused

PAGE_SIZE = 100
MOST_YEARS = 10


def must_see(user: User) -> None:
    """Refuse (403) who has no business rights."""
    if not user.has_business_rights:
        raise PermissionDenied


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The board of a year at a level, or of the years; `export` answers the same rows as a file."""
    must_see(request.user)
    query, user, today = BoardQuery(request.GET), request.user, timezone.localdate()
    level = query.chosen_level(user)
    divisions, statements = scope(user, query.value("division"))
    years = get_years(statements)
    year = int(query.value("year") or (years[0] if years else today.year - 1))
    shared = {
        "query": query,
        "levels": levels_of(user),
        "level": level,
        "year": year,
        "years": years,
        "today": today,
        "now": timezone.now(),
    }
    if level == YEARS:
        return over_the_years(request, divisions, statements, years[:MOST_YEARS], shared)
    found = get_board(divisions, statements, year=year, level=level, today=today)
    may_remind = bool(set(levels_reminded_by(user)) & ({*UNITS} if level == Level.PROVINCE else {level}))
    rows = query.rows(found.rows)
    if wanted(request):
        views = [ui.view(row, may_remind=False) for row in rows]
        table = board_table(found, views, place=user.division.label, chosen=choices(query, found), today=today)
        return table_response(request, table)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    summed = totals(found.rows)
    context = {
        **shared, "board": found, "changed_at": found.changed_at, "due": ui.due_words(found), "page": page,
        "rows": [ui.view(row, may_remind=may_remind) for row in page.object_list],
        "tiles": ui.tiles(summed, level), "counts": ui.counts(summed), "overdue": summed.overdue,
        "may_remind": may_remind, "is_unit": level == Level.PROVINCE, "places": places_of(user, level),
    }  # fmt: skip
    return render(request, "farmland/board.html", context)


def over_the_years(
    request: HttpRequest,
    divisions: DivisionQuerySet,
    statements: AnnualStatementQuerySet,
    years: Sequence[int],
    shared: dict[str, object],
) -> HttpResponse:
    """The units in scope over the latest years, the earliest first."""
    years, today, changed_at = sorted(years), timezone.localdate(), get_changed_at()
    found = ui.matrix(get_matrix(divisions, statements, years=years, today=today))
    if wanted(request):
        place = request.user.division.label
        return table_response(request, matrix_table(found, years, place=place, today=today, changed_at=changed_at))
    context = {**shared, "matrix": found, "matrix_years": years, "changed_at": changed_at}
    return render(request, "farmland/board.html", context)


def scope(user: User, code: str) -> tuple[DivisionQuerySet, AnnualStatementQuerySet]:
    """The divisions and statements in the user's scope, of one division alone where it is named; 404 outside the scope."""
    divisions, statements = Division.objects.visible_to(user), AnnualStatement.objects.visible_to(user)
    if code:
        place = get_object_or_404(divisions, pk=code)
        divisions = divisions.within(place)
        if place.prefix:
            statements = statements.filter(division__prefix=place.prefix[:2])
    return divisions, statements


def places_of(user: User, level: str) -> list[Division]:
    """What the list of a level can be narrowed to: the nation's provinces, a province's prefectures."""
    if level == Level.PROVINCE:
        return []
    inside = Division.objects.visible_to(user).shown().valid()
    if user.division.level == Level.NATION:
        return list(inside.filter(level=Level.PROVINCE).order_by("code"))
    is_wide = level == Level.COUNTY and user.division.level == Level.PROVINCE
    return list(inside.filter(level=Level.PREFECTURE, is_leaf=False).order_by("code")) if is_wide else []


def choices(query: BoardQuery, found: Board) -> list[tuple[str, str]]:
    """What was chosen, in words, for the file."""
    state = dict(query.fields["state"].choices)[query.value("state")]
    sort = dict(query.fields["sort"].choices)[query.value("sort") or "code"]
    return [
        (_("年度"), str(found.year)),
        (_("级别"), str(Level(found.level).label)),
        (_("状态"), str(state)),
        (_("排序"), str(sort)),
    ]


@require_POST
def board_remind(request: HttpRequest) -> HttpResponse:
    """Remind the ticked units, or all that are overdue in what was shown; the page says what became of each."""
    must_see(request.user)
    if not levels_reminded_by(request.user):
        raise PermissionDenied
    form = RemindForm(request.POST)
    if not form.is_valid():
        for error in [error for errors in form.errors.values() for error in errors]:
            messages.error(request, error)
        return redirect(f"{reverse('board')}?{urlencode(form.place)}")
    said, today = form.cleaned_data, timezone.localdate()
    codes = form.ticked
    if said["scope"] == "overdue":
        codes = overdue_units(request.user, said["year"], said["level"], said["division"], today)
        if not codes:
            messages.error(request, _("没有逾期的单位。"))
            return redirect("board")
    known = Division.objects.visible_to(request.user).filter(pk__in=codes)
    if len(codes) > 1 and not request.POST.get("confirmed"):
        return confirm_page(request, said, [place.label for place in known.order_by("code")], codes)
    try:
        results = remind(codes, known, year=said["year"], text=said["text"], by=request.user, at=timezone.now())
    except Refused as refused:
        forbid(refused)
        messages.error(request, refused.detail)
        return redirect("board")
    context = {
        "results": ui.reminded(results), "sent": sum(not result.code for result in results), "text": said["text"],
        "told": sum(result.recipients for result in results), "year": said["year"],
        "back": back_to(said),
    }  # fmt: skip
    return render(request, "farmland/board_remind.html", context)


def confirm_page(
    request: HttpRequest, said: dict[str, Any], names: Sequence[object], codes: Sequence[str]
) -> HttpResponse:
    """Ask before several are reminded: who, and with which words; nothing is sent yet."""
    context = {"said": said, "names": names, "codes": codes, "back": back_to(said)}
    return render(request, "farmland/board_confirm.html", context)


def back_to(said: dict[str, Any]) -> str:
    """The board that it was sent from."""
    return f"{reverse('board')}?year={said['year']}&level={said['level']}&division={said['division']}"


def overdue_units(user: User, year: int, level: str, code: str, today: date) -> list[str]:
    """The units of a level in scope that are overdue now; 404 for a level that is not in the user's scope."""
    if level not in dict(levels_of(user)):
        raise Http404
    divisions, statements = scope(user, code)
    found = get_board(divisions, statements, year=year, level=level, today=today)
    return [row.division.code for row in found.rows if row.is_overdue]
