"""The frame around every page: what is open to this user; and in which unit areas are printed."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farmland.models import AnnualStatement, Level, Notice, Role, User
from farmland.units import AREA_UNITS, DASH, EXACT, WAN_MU, YI_MU, Unit, from_base, number
from farmland.workflow import waiting_for


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation bar."""

    label: str
    url: str
    is_current: bool
    waiting: int = 0  # how many wait for the user behind it


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a breadcrumb; the last one, where the page itself stands, has no address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A status as a word and a tone, which gives it its icon and colour: never colour alone."""

    word: str
    tone: str


def navigation(request: HttpRequest) -> list[NavItem]:
    """The sections that are open to the user, the current one marked. One query, for reviewers alone."""
    user = request.user
    if not user.is_authenticated:
        return []
    entries = [(_("首页"), reverse("home")), (_("全国总览"), reverse("overview"))]
    if user.division.prefix:
        entries.append((user.division.label, reverse("division", args=[user.division_id])))
    if user.has_business_rights:
        entries.append((_("年度报表"), reverse("statement_list")))
        entries.append((_("填报进度"), reverse("board")))
        entries.append((_("目标分解"), reverse("quota_list")))
    if user.has_role([Role.REVIEWER]):
        entries.append((_("审核"), reverse("statement_queue")))
    if user.can_administer:
        entries.append((_("用户管理"), reverse("user_list")))
    longest = max((url for _label, url in entries if request.path.startswith(url)), key=len, default="")
    queue = reverse("statement_queue")
    return [
        NavItem(
            label, url, url == longest and (url != "/" or request.path == "/"), waiting(user) if url == queue else 0
        )
        for label, url in entries
    ]


def waiting(user: User) -> int:
    """How many statements wait for the user's step. One query."""
    return AnnualStatement.objects.visible_to(user).filter(waiting_for(user)).count()


def unread(request: HttpRequest) -> int:
    """How many notices the user has not read. One query for who is signed in."""
    if not request.user.is_authenticated:
        return 0
    return Notice.objects.visible_to(request.user).filter(read_at__isnull=True).count()


def shell(request: HttpRequest) -> dict[str, object]:
    """Context of the base template: navigation and version, the languages to switch to, and the page to come back to.

    Only a page that was read can be come back to; what answers a sent form cannot.
    """
    current = get_language()
    return {
        "navigation": navigation(request) if hasattr(request, "user") else [],
        "unread": unread(request) if hasattr(request, "user") else 0,
        "site_version": settings.VERSION,
        "other_languages": [(code, name) for code, name in settings.LANGUAGES if code != current],
        "this_page": request.get_full_path() if request.method in ("GET", "HEAD") else "",
    }


def unit_for(user: User | AnonymousUser, default: Unit) -> Unit:
    """The unit in which the user wants areas printed; `default`, the page's own, without a choice."""
    return AREA_UNITS.get(getattr(user, "area_unit", ""), default)


def fitted(unit: Unit, level: str) -> Unit:
    """The unit with as many decimals as a level's areas need: a county in 亿亩 with two would read 0.00 (U-3)."""
    if unit.code != YI_MU.code or level == Level.NATION:
        return unit
    return replace(unit, decimals=4 if level == Level.PROVINCE else 6)


def area(value_mu: Decimal | None, unit: Unit = WAN_MU, *, signed: bool = False, decimals: int | None = None) -> str:
    """An area of mu printed in a unit (U-3), without the unit's name."""
    if value_mu is None:
        return DASH
    places = unit.decimals if decimals is None else decimals
    return number(from_base(value_mu, unit, places), decimals=places, signed=signed)


def gap_words(gap_mu: Decimal | None, unit: Unit = WAN_MU, *, signed: bool = True) -> str:
    """A difference as it is printed; one that rounding would hide, with all its decimals."""
    if gap_mu and not from_base(gap_mu, unit):
        exact = EXACT.divide(gap_mu, unit.factor).normalize()
        return number(exact, decimals=max(unit.decimals, -int(exact.as_tuple().exponent)), signed=signed)
    return area(gap_mu, unit, signed=signed)
