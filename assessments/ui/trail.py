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
