"""Pages where administrators look after the users of their subtree."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farmland.actions import passwords
from farmland.actions import users as actions
from farmland.forms.users import UserEditForm, UserFilter, UserForm
from farmland.models import Division, User
from farmland.models.divisions import DivisionQuerySet
from farmland.models.users import UserQuerySet
from farmland.selectors.history import get_history
from farmland.selectors.users import get_link_mail, get_users
from farmland.views.downloads import MOST_ROWS, table_response, wanted
from farmland.workbooks.lists import users_table

PAGE_SIZE = 50


@require_safe
def user_list(request: HttpRequest) -> HttpResponse:
    """The users of the administrator's subtree, found by name, division, role, department and state."""
    users = administered_users(request)
    form = UserFilter(request.GET, divisions=own_divisions(request))
    found = get_users(users, **form.cleaned_data) if form.is_valid() else users.none()
    if wanted(request):
        return table_response(request, users_table(found[:MOST_ROWS], facts=form.facts))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "is_filtered": any(form.data.values())}
    return render(request, "farmland/users/user_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def user_create(request: HttpRequest) -> HttpResponse:
    """Make a user, who gets a link to set a password."""
    administered_users(request)
    form = UserForm(request.POST or None, divisions=own_divisions(request))
    if request.method == "POST" and form.is_valid():
        try:
            link = actions.create(values=form.cleaned_data, site=site(request), by=request.user, at=timezone.now())
        except actions.UsernameTaken:
            form.add_error("username", _("该用户名已被使用。"))
        else:
            messages.success(request, _("已创建用户 %(user)s。") % {"user": link.user.username})
            return answer_link(request, link)
    return render(request, "farmland/users/user_create.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A user's details and history; an edit based on an old version is refused (409) and shown beside the current one."""
    user = administered_user(request, pk)
    form = UserEditForm(request.POST or None, user=user, divisions=own_divisions(request))
    if request.method == "POST" and user == request.user:
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        values, version = form.cleaned_data, form.cleaned_data["version"]
        try:
            actions.edit(user, values=values, version=version, by=request.user, at=timezone.now())
        except actions.StaleEdit:
            return render_conflict(request, administered_user(request, pk), form)
        messages.success(request, _("已保存用户 %(user)s。") % {"user": user.username})
        return redirect("user_edit", pk=user.pk)
    return render_user(request, user, form)


@require_POST
def user_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a user the link to set a password, for the first time or again."""
    user = administered_user(request, pk)
    if user == request.user:
        raise PermissionDenied
    if not user.is_active:
        messages.error(request, _("该用户已停用。请先启用，再发送设置密码的链接。"))
        return redirect("user_edit", pk=user.pk)
    link = passwords.send_password_link(user, site=site(request), by=request.user, at=timezone.now())
    return answer_link(request, link)


def administered_users(request: HttpRequest) -> UserQuerySet:
    """The users that the signed-in administrator looks after; 403 for everybody else."""
    if not request.user.can_administer:
        raise PermissionDenied
    return User.objects.administered_by(request.user)


def administered_user(request: HttpRequest, pk: int) -> User:
    """One of those users; 404 outside the own subtree, 403 inside it without the role."""
    is_administrator = request.user.can_administer
    users = User.objects.administered_by(request.user) if is_administrator else User.objects.visible_to(request.user)
    user = get_object_or_404(users.select_related("division"), pk=pk)
    if not is_administrator:
        raise PermissionDenied
    return user


def own_divisions(request: HttpRequest) -> DivisionQuerySet:
    """The divisions of the administrator's subtree."""
    return Division.objects.readable_by(request.user).within(request.user.division)


def site(request: HttpRequest) -> str:
    """The site's address, for links in mails."""
    return request.build_absolute_uri("/")


def answer_link(request: HttpRequest, link: passwords.PasswordLink) -> HttpResponse:
    """Say where the link went; without an address, show it this once, to be handed over."""
    if link.url:
        response = render(request, "farmland/users/user_link.html", {"link": link})
        response["Cache-Control"] = "no-store"
        return response
    text = _("设置密码的链接将发送到 %(email)s。对方若在一刻钟内没有收到，请核对邮箱，再在本页发送一次。")
    messages.success(request, text % {"email": link.user.email})
    return redirect("user_edit", pk=link.user.pk)


def render_conflict(request: HttpRequest, user: User, form: UserEditForm) -> HttpResponse:
    """409: what somebody else changed meanwhile, beside what was typed; sent again, it counts."""
    version = form.cleaned_data["version"]
    differences = form.differences(user)
    form.rebase(user)
    return render_user(request, user, form, differences=differences, based_on=version, status=409)


def render_user(
    request: HttpRequest,
    user: User,
    form: UserEditForm,
    *,
    differences: list | None = None,
    based_on: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of one user."""
    history = get_history(user)
    newer = [entry for entry in history if based_on is not None and entry.version > based_on]
    context = {
        "person": user,
        "form": form,
        "is_self": user == request.user,
        "link_mail": get_link_mail(user.pk),
        "history": history,
        "newer": newer,
        "differences": differences,
    }
    return render(request, "farmland/users/user_edit.html", context, status=status)
