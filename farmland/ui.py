"""The frame around every page: what is open to this user."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation bar."""

    label: str
    url: str
    is_current: bool


def navigation(request: HttpRequest) -> list[NavItem]:
    """The sections that are open to the user, the current one marked."""
    user = request.user
    if not user.is_authenticated:
        return []
    entries = [(_("全国总览"), reverse("overview"))]
    if user.division.prefix:
        entries.append((user.division.label, reverse("division", args=[user.division_id])))
    if user.can_administer:
        entries.append((_("用户管理"), reverse("user_list")))
    longest = max((url for _label, url in entries if request.path.startswith(url)), key=len, default="")
    return [NavItem(label, url, url == longest and (url != "/" or request.path == "/")) for label, url in entries]


def shell(request: HttpRequest) -> dict[str, object]:
    """Context of the base template: navigation and version."""
    return {"navigation": navigation(request) if hasattr(request, "user") else [], "version": settings.VERSION}
