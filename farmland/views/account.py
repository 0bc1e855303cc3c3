"""Signing in and out, and everybody's own password."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash, views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import FormView

from farmland.actions import passwords as actions
from farmland.forms.users import LoginForm, OwnPasswordForm, ResetForm
from farmland.models import User
from farmland.selectors.users import get_last_failed_sign_in
from farmland.views import errors


class Login(views.LoginView):
    """Sign in, and go on to where the visitor wanted to be, if that is on this site."""

    authentication_form = LoginForm
    template_name = "farmland/account/login.html"
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:
        """The page that was asked for; never this one again, which would lead round in a circle."""
        url = super().get_redirect_url()
        return "" if url.startswith(self.request.path) else url


@method_decorator(login_not_required, name="dispatch")
class Logout(views.LogoutView):
    """Sign out. The `last_seen` cookie goes with the session (IdleTimeoutMiddleware)."""


class PasswordChange(views.PasswordChangeView):
    """Change the own password: this session goes on, all others of the user end."""

    form_class = OwnPasswordForm
    template_name = "farmland/account/password_change.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """With the request, by which wrong guesses are counted."""
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:
        """Set the password and tell so."""
        user = self.request.user
        actions.set_password(user, password=form.cleaned_data["new_password1"], by=user, at=timezone.now())
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("密码已修改。您在其他设备上的登录已经退出。"))
        return redirect(settings.LOGIN_REDIRECT_URL)


@method_decorator(login_not_required, name="dispatch")
class PasswordReset(FormView):
    """Ask for a link by mail. The answer is the same whether or not the address is known."""

    form_class = ResetForm
    template_name = "farmland/account/password_reset.html"

    def form_valid(self, form: ResetForm) -> HttpResponse:
        """Have the links mailed, if there is anyone to mail them to."""
        site = self.request.build_absolute_uri("/")
        address = self.request.META.get("REMOTE_ADDR", "")
        actions.ask_for_reset_links(email=form.cleaned_data["email"], site=site, address=address, at=timezone.now())
        return redirect("password_reset_sent")


@login_not_required
@require_safe
def password_reset_sent(request: HttpRequest) -> HttpResponse:
    """What to do until the mail comes, and if it does not."""
    return render(request, "farmland/account/password_reset_sent.html")


class PasswordResetConfirm(views.PasswordResetConfirmView):
    """Set a password by the link that was mailed or handed over. The link works once, for active users only."""

    token_generator = actions.tokens
    template_name = "farmland/account/password_reset_confirm.html"
    success_url = reverse_lazy("login")

    def get_user(self, uidb64: str) -> User | None:
        """The user of the link."""
        user = super().get_user(uidb64)
        return user if user and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Set the password, forget the link."""
        actions.set_password(self.user, password=form.cleaned_data["new_password1"], by=self.user, at=timezone.now())
        del self.request.session[views.INTERNAL_RESET_SESSION_TOKEN]
        messages.success(self.request, _("密码已设置，请登录。"))
        return redirect(self.get_success_url())


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """429 after too many failures of one user from one address: until when, and what to do."""
    username = (credentials or {}).get("username") or ""
    last_failure = get_last_failed_sign_in(username, request.axes_ip_address) or timezone.now()
    until = last_failure + settings.AXES_COOLOFF_TIME
    # Rounded up to the full minute, so that whoever waits as long as the page says does get in.
    shown = timezone.localtime(until + timedelta(seconds=59)).strftime("%H:%M")
    advice = _(
        "该用户名在您的网络地址上已锁定到 %(time)s。请在此之后再登录；提前尝试会重新计时。"
        "忘记密码请在登录页点“忘记密码”，用邮件中的链接设置新密码后即可登录。"
    ) % {"time": shown}
    response = errors.answer(request, 429, _("登录失败次数过多。"), advice)
    response["Retry-After"] = str(max(1, int((until - timezone.now()).total_seconds()) + 1))
    return response
