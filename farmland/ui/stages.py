"""Where a statement stands on its way, and how much of it has been filled: the head of its page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farmland.models import AnnualStatement, StatementStatus
from farmland.selectors.statements import Reading

S = StatementStatus
STAGES: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (pgettext_lazy("stage", "填报"), (S.DRAFT, S.RETURNED)),
    (_("本级审核"), (S.HANDED_IN,)),
    (_("部级审核"), (S.SUBMITTED,)),
    (_("公开"), (S.APPROVED,)),
    (_("锁定"), (S.LOCKED, S.SUPERSEDED)),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the way: `done`, `now` or `ahead`."""

    number: int
    label: str
    state: str


def stages(statement: AnnualStatement) -> list[Stage]:
    """The way of a statement, from typing to the lock."""
    here = next(place for place, (_label, statuses) in enumerate(STAGES) if statement.status in statuses)
    found = []
    for place, (label, _statuses) in enumerate(STAGES):
        state = "now" if place == here else "done" if place < here else "ahead"
        found.append(Stage(place + 1, str(label), state))
    return found


@dataclass(frozen=True, slots=True)
class Filling:
    """How many of the rows that owe figures have all that is mandatory."""

    filled: int
    expected: int


def filling(reading: Reading) -> Filling:
    """Of the part that is read. A row whose mandatory cells all say something is filled."""
    owing = [division.code for division in reading.rows if division.code in reading.owing]
    missing = {finding.division for finding in reading.findings if finding.code == "mandatory"}
    return Filling(len([code for code in owing if code not in missing]), len(owing))
