"""How the site looks to each user: the page of the preferences, and the switches in the header."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from farmland.actions.notices import BY_MAIL, choose
from farmland.actions.preferences import set_preferences
from farmland.forms.notices import MailChoiceForm
from farmland.forms.preferences import PreferencesForm, SwitchForm
from farmland.selectors.notices import get_mail_choices
from farmland.views import errors

LONGEST_ADDRESS = 2000


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """The user's own language, theme and unit."""
    form = PreferencesForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        set_preferences(request.user, values=form.cleaned_data, by=request.user, at=timezone.now())
        response = redirect("preferences")
        if not request.user.language:
            # By the browser then, not by what was switched to before signing in.
            response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite=settings.LANGUAGE_COOKIE_SAMESITE)
        with translation.override(request.user.language or translation.get_language()):
            messages.success(request, _("偏好已保存。"))
        return response
    return render_preferences(request, form)


def render_preferences(
    request: HttpRequest, form: PreferencesForm, mail_form: MailChoiceForm | None = None
) -> HttpResponse:
    """The page with both of its forms; 422 where one was refused."""
    chosen = get_mail_choices(request.user.pk)
    context = {"form": form, "mail_form": mail_form or MailChoiceForm(chosen=BY_MAIL | chosen)}
    is_refused = bool(form.errors or (mail_form and mail_form.errors))
    return render(request, "farmland/account/preferences.html", context, status=422 if is_refused else 200)


@require_POST
def preferences_mail(request: HttpRequest) -> HttpResponse:
    """Which notices the user also wants by mail."""
    form = MailChoiceForm(request.POST)
    if not form.is_valid():
        return render_preferences(request, PreferencesForm(None, user=request.user), form)
    choose(request.user, by_mail=form.by_mail, by=request.user, at=timezone.now())
    messages.success(request, _("偏好已保存。"))
    return redirect("preferences")


@login_not_required
@require_POST
def preferences_switch(request: HttpRequest) -> HttpResponse:
    """Switch language or theme and go back to the page; a visitor's language is kept in a cookie. 400 for others."""
    form = SwitchForm(request.POST)
    if not form.is_valid():
        return errors.malformed(request)
    response = HttpResponseRedirect(safe_page(request))
    if request.user.is_authenticated:
        set_preferences(request.user, values=form.cleaned_data, by=request.user, at=timezone.now())
    elif "language" in form.cleaned_data:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            form.cleaned_data["language"],
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    return response


def safe_page(request: HttpRequest) -> str:
    """The page of this site that was left; home for anything that is not one."""
    address = request.POST.get("next", "")
    home = reverse(settings.LOGIN_REDIRECT_URL)
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    if not is_ours or not address.isprintable() or len(address) > LONGEST_ADDRESS:
        return home
    path = urlsplit(address).path
    try:
        resolve(path)
    except Resolver404:
        return home
    return home if path.startswith("/api/") else address
