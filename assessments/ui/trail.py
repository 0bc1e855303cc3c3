"""Steps of a breadcrumb."""

from django.urls import reverse
from django.utils.translation import gettext as _

from farmland.models import Division
from farmland.ui import Step


def overview_step(query: str) -> Step:
    """The way back to the overview."""
    return Step(_("全国总览"), f"{reverse('overview')}?{query}")


def step_to(place: Division, query: str) -> Step:
    """The way to a division's page."""
    return Step(place.label, f"{reverse('division', args=[place.code])}?{query}")


def ancestors(place: Division) -> list[Division]:
    """The divisions above, the nearest first, without groups that have no government."""
    found, above = [], place.parent
    while above is not None:
        if above.prefix and not above.is_grouping:
            found.append(above)
        above = above.parent
    return found


def trail(place: Division, readable: set[str], query: str) -> list[Step]:
    """The divisions above, from the nation down, each a link where the reader may go, and the place itself."""
    steps = [step_to(above, query) if above.code in readable else Step(above.label, "") for above in ancestors(place)]
    return [overview_step(query), *steps[::-1], Step(place.label, "")]
