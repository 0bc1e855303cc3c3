"""The user's own notices. Reading the list changes nothing; opening one marks it, and so is sent by a button."""

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.db.models.lookups import IsNull
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from farmland.actions import notices as actions
from farmland.forms.notices import NoticeQuery, SeenForm
from farmland.models import Notice, NoticeKind, User
from farmland.ui import notices as shown
from farmland.views import errors
from farmland.views.preferences import safe_page

PAGE_SIZE = 25


def notices_of(user: User) -> QuerySet[Notice]:
    """The user's notices with what their sentences name."""
    return Notice.objects.visible_to(user).select_related("statement__division", "by", "upload")


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """The user's notices, the unread first, then the latest; all or of one kind."""
    query = NoticeQuery(request.GET)
    found = notices_of(request.user)
    if query.chosen_kind:
        found = found.filter(kind=query.chosen_kind)
    ordered = found.order_by(IsNull(F("read_at"), True).desc(), "-at", "-pk")
    page = Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "kind": query.chosen_kind,
        "kinds": NoticeKind.choices,
        "page": page,
        "notices": [shown.view(notice) for notice in page.object_list],
        "latest": max((notice.pk for notice in page.object_list), default=0),
    }
    return render(request, "farmland/notices/notice_list.html", context)


@require_POST
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read; with `open` go to what it is about, else back to the page (`next`)."""
    notice = get_object_or_404(notices_of(request.user), pk=pk)
    actions.mark_read([notice.pk], by=request.user, at=timezone.now())
    return HttpResponseRedirect(shown.address_of(notice) if "open" in request.POST else safe_page(request))


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read up to the latest that the page showed (`until`); 400 without it."""
    form = SeenForm(request.POST)
    if not form.is_valid():
        return errors.malformed(request)
    actions.mark_all_read(until=form.cleaned_data["until"], by=request.user, at=timezone.now())
    return HttpResponseRedirect(safe_page(request))
