"""The one place where a reader's scope is turned into querysets for the scorecard."""

from assessments.selectors.access import Scope
from farmland.models import AnnualStatement, Division, Figure, User
from farmland.selectors.revisions import Stamp


def scope_of(user: User, stamp: Stamp) -> Scope:
    """What the user may read: own working data, and what is released or published."""
    figures = Figure.objects.readable_by(user)
    return Scope(
        divisions=Division.objects.readable_by(user),
        figures=figures,
        national_parts=Figure.objects.summable_by(user),
        statements=AnnualStatement.objects.visible_to(user),
        stamp=stamp,
    )
