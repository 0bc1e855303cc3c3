"""Home: what each user has to do, by when, and what happened. It reads facts and promises: so it stands here."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.selectors import home as selectors
from assessments.selectors import promises
from assessments.ui import home as shown
from assessments.ui.promises import matters
from farmland.models import AnnualStatement, Comment, Correction, Notice, Role, Transition, User
from farmland.ui import notices
from farmland.workflow import waiting_for
from quotas.models import Letter, QuotaNode, QuotaTransition, QuotaVersion, Redo
from quotas.workflow import waiting_for as quotas_waiting_for


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is due and came back, what came in, what was said, and the latest notices; for administrators their users."""
    user = request.user
    latest = selectors.get_notices(Notice.objects.visible_to(user))
    context: dict[str, Any] = {
        "today": timezone.localdate(),
        "notices": [notices.view(notice) for notice in latest],
        "is_reporter": user.has_role([Role.REPORTER]),
        "is_reviewer": user.has_role([Role.REVIEWER]),
    }
    if user.has_role([Role.REPORTER, Role.REVIEWER]):
        context |= work(user)
    if user.can_administer:
        context["accounts"] = selectors.get_accounts(User.objects.administered_by(user))
    if user.has_business_rights and not context.get("dues"):
        context["latest"] = selectors.get_latest(AnnualStatement.objects.visible_to(user))
    return render(request, "assessments/home.html", context)


def work(user: User) -> dict[str, Any]:
    """What waits for who fills in or reviews."""
    today, place = timezone.localdate(), user.division
    statements = AnnualStatement.objects.visible_to(user)
    dues = selectors.get_dues(
        statements,
        Transition.objects.visible_to(user),
        place=place,
        department=user.department,
        is_typing=user.has_role([Role.REPORTER]),
    )
    reviews = selectors.get_reviews(statements, waiting_for(user)) if user.has_role([Role.REVIEWER]) else []
    return {
        "dues": shown.dues(dues, user, today),
        "reviews": shown.reviews(reviews, user, today),
        "sent": shown.sent(selectors.get_sent(statements, place=place, is_typing=user.has_role([Role.REPORTER]))),
        "comments": shown.comments(selectors.get_comments(Comment.objects.visible_to(user), place=place, but=user.pk)),
        "corrections": selectors.get_corrections(Correction.objects.visible_to(user), place=place),
        "promises": matters(promises_of(user), user, today),
    }


def promises_of(user: User) -> promises.Promises:
    """What waits of the targets that the user's division was handed or hands down."""
    scoped = promises.Scoped(
        versions=QuotaVersion.objects.visible_to(user),
        transitions=QuotaTransition.objects.visible_to(user),
        redos=Redo.objects.visible_to(user),
        nodes=QuotaNode.objects.visible_to(user),
        letters=Letter.objects.visible_to(user),
    )
    waiting = quotas_waiting_for(user)
    return promises.get_promises(scoped, waiting, place=user.division, department=user.department)
