"""The frame around every page: what is open to this user; and how numbers are printed."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from farmland.units import WAN_MU, Unit, from_base

MINUS, DASH = "−", "—"


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


def number(value: Decimal | None, *, decimals: int = 2, signed: bool = False) -> str:
    """A number with thousands separators, half up, a true minus; a dash where there is none."""
    if value is None:
        return DASH
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}"
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return sign + text


def area(value_mu: Decimal | None, unit: Unit = WAN_MU, *, signed: bool = False, decimals: int | None = None) -> str:
    """An area of mu printed in a unit (U-3), without the unit's name."""
    if value_mu is None:
        return DASH
    places = unit.decimals if decimals is None else decimals
    return number(from_base(value_mu, unit, places), decimals=places, signed=signed)
