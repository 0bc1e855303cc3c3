"""Pages where users look after the tokens of their own programs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farmland.actions import tokens as actions
from farmland.forms.tokens import TokenForm
from farmland.models import ApiToken


@require_safe
def token_list(request: HttpRequest) -> HttpResponse:
    """The user's own tokens, newest first, and the form for another."""
    return render_list(request, TokenForm())


@require_POST
def token_create(request: HttpRequest) -> HttpResponse:
    """Make a token and show it, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return render_list(request, form)
    key = actions.create(label=form.cleaned_data["label"], by=request.user, at=timezone.now())
    context = {"key": key, "label": form.cleaned_data["label"]}
    response = render(request, "farmland/tokens/token_created.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of the user's own tokens."""
    token = get_object_or_404(ApiToken.objects.of_user(request.user), pk=pk)
    actions.revoke(token, by=request.user, at=timezone.now())
    messages.success(request, _("令牌 %(prefix)s… 已作废。") % {"prefix": token.prefix})
    return redirect("token_list")


def render_list(request: HttpRequest, form: TokenForm) -> HttpResponse:
    """The page of the user's tokens."""
    tokens = ApiToken.objects.of_user(request.user).order_by("-created_at", "-pk")
    return render(request, "farmland/tokens/token_list.html", {"form": form, "tokens": tokens})
