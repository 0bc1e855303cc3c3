"""Responsibility letters: the list up and down, and each with its targets, its signatures and its signed copy."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from farmland.selectors.history import get_history
from farmland.ui import fitted, unit_for
from farmland.ui.downloads import evidence_response
from farmland.units import WAN_MU
from farmland.views.board import must_see
from farmland.views.downloads import MOST_ROWS, table_response, wanted
from farmland.views.errors import forbid
from farmland.workflow import Refused
from quotas.actions import record_signatures
from quotas.actions.letters import may_record
from quotas.forms.letters import WHOLE, LetterForm, LetterQuery
from quotas.models import Letter
from quotas.selectors.letters import (
    CONDITIONS,
    LetterState,
    count_states,
    get_items,
    get_letter_years,
    get_letters,
    state_of,
)
from quotas.ui import letters as ui
from quotas.workbooks.letters import letters_table

PAGE_SIZE = 100
# Of the history what a person wrote.
SIGNED_FIELDS = frozenset({
    "party_signatory", "party_signed_on", "government_signatory", "government_signed_on", "note", "name", "sha256",
})  # fmt: skip


@require_safe
def quota_letters(request: HttpRequest) -> HttpResponse:
    """The letters of the user's division with those above and below, or of the whole subtree; `export` answers a file."""
    must_see(request.user)
    query, user = LetterQuery(request.GET), request.user
    place, visible = user.division, Letter.objects.visible_to(user)
    years, is_whole = get_letter_years(visible), query.value("side") == WHOLE
    year = query.value("year") or (years[0] if years else None)
    listed = get_letters(visible, place=place, year=year, is_whole=is_whole)
    counts, state = count_states(listed), query.value("state")
    rows = listed.filter(CONDITIONS[LetterState(state)]) if state else listed
    if wanted(request):
        found = list(rows[:MOST_ROWS])
        items = get_items(found)
        facts = [
            (_("目标年"), str(year or "")), (_("状态"), str(LetterState(state).label if state else _("全部"))),
            (_("范围"), _("辖区内全部") if is_whole else _("本级与上下级")),
        ]  # fmt: skip
        views = [ui.view(letter, items[letter.pk], place) for letter in found]
        return table_response(request, letters_table(views, place=place.label, facts=facts))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    items = get_items(list(page.object_list))
    total = sum(counts.values())
    context = {
        "query": query, "years": years, "year": year, "state": state or "", "is_whole": is_whole, "page": page,
        "rows": [ui.view(letter, items[letter.pk], place) for letter in page.object_list], "total": total,
        "signed": counts[LetterState.SIGNED], "percent": counts[LetterState.SIGNED] * 100 // total if total else None,
        "counts": [(ui.tag_of(one), number) for one, number in counts.items() if number], "now": timezone.now(),
        "one_sided": counts[LetterState.PARTY] + counts[LetterState.GOVERNMENT],
        "unsigned": counts[LetterState.UNSIGNED],
    }  # fmt: skip
    return render(request, "quotas/letters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def quota_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter, ready for paper; its signatures are recorded below it by staff of the two divisions."""
    letter = letter_of(request, pk)
    if request.method != "POST":
        return answer(request, letter, LetterForm(initial=LetterForm.of(letter)), 200)
    form = LetterForm(request.POST, request.FILES)
    if not form.is_valid():
        return answer(request, letter, form, 422)
    try:
        copy = form.cleaned_data["copy"]
        record_signatures(letter, form.signed(), by=request.user, at=timezone.now(), copy=copy)
    except Refused as refused:
        forbid(refused)
        form.refuse(refused)
        return answer(request, letter, form, refused.status)
    messages.success(request, _("签订情况已登记。"))
    return redirect("quota_letter", pk=pk)


def letter_of(request: HttpRequest, pk: int) -> Letter:
    """The letter in the user's scope; 404 outside it."""
    rows = Letter.objects.visible_to(request.user).select_related("upper", "lower", "by")
    return get_object_or_404(rows, pk=pk)


def answer(request: HttpRequest, letter: Letter, form: LetterForm, status: int) -> HttpResponse:
    """The page of a letter."""
    unit = fitted(unit_for(request.user, WAN_MU), letter.lower.level)
    items = get_items([letter])[letter.pk]
    context: dict[str, Any] = {
        "letter": letter, "tag": ui.tag_of(state_of(letter)), "items": ui.item_views(items, unit), "form": form,
        "is_outdated": any(item.is_later for item in items), "may_record": may_record(letter, request.user),
        "history": get_history(letter, names=SIGNED_FIELDS), "unit": unit, "now": timezone.now(),
    }  # fmt: skip
    return render(request, "quotas/letter.html", context, status=status)


@require_safe
def quota_letter_file(request: HttpRequest, pk: int) -> FileResponse:
    """The signed copy, to be saved and never to be shown; 404 where there is none."""
    letter = letter_of(request, pk)
    if not letter.sha256:
        raise Http404
    return evidence_response(letter)
