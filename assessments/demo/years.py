"""The demonstration's way of things: who took which step, the years that are open, and a year to try out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from assessments.demo.accounts import AGRI_REVIEWER, HEBEI, REVIEWER
from farmland.models import (
    XPCC,
    Action,
    AnnualStatement,
    Division,
    Level,
    ReportingYear,
    StatementStatus,
    Transition,
    User,
)

CHINA = ZoneInfo("Asia/Shanghai")
TRIAL_YEAR = 2026  # open, with nothing typed yet
S = StatementStatus
PEOPLE = {
    HEBEI: ("hebei_reporter", "hebei_agri_reviewer", "hebei_reviewer"),
    "440000": ("guangdong_reporter", "", "guangdong_reviewer"),
    XPCC: ("xpcc_reporter", "", "xpcc_reviewer"),
}
STAMPS = {
    Action.HAND_IN: "handed_in",
    Action.CONFIRM: "confirmed",
    Action.SUBMIT: "submitted",
    Action.GIVE_OPINION: "opinion",
}
BEFORE_APPROVAL = {"hand_in": 62, "confirm": 58, "submit": 50, "give_opinion": 12, "approve": 0}  # days


def open_years(years: Iterable[int], *, at: datetime) -> None:
    """Open the years as the ministry did, and give every unit an empty statement of the trial year."""
    ministry = User.objects.get(username=REVIEWER)
    ReportingYear.objects.bulk_create(
        ReportingYear(
            year=year,
            county_due_on=date(year + 1, 2, 28),
            prefecture_due_on=date(year + 1, 3, 31),
            province_due_on=date(year + 1, 4, 30),
            opened_at=min(at, datetime(year, 12, 1, 9, tzinfo=at.tzinfo)),
            opened_by=ministry,
        )
        for year in [*years, TRIAL_YEAR]
    )
    units = Division.objects.shown().valid().filter(level__in=[Level.PROVINCE, Level.SPECIAL])
    AnnualStatement.objects.bulk_create(
        AnnualStatement(division=unit, year=TRIAL_YEAR, is_demo=True) for unit in units.order_by("code")
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that somebody took."""

    action: Action
    source: StatementStatus
    target: StatementStatus
    username: str
    at: datetime


def steps_of(statement: AnnualStatement) -> list[Taken]:
    """The steps of a settled statement: all of them where the unit has accounts, the last ones elsewhere."""
    if statement.approved_at is None:
        return []
    reporter, farm_reviewer, reviewer = PEOPLE.get(statement.division_id, ("", "", ""))
    steps = (
        (Action.HAND_IN, S.DRAFT, S.HANDED_IN, reporter),
        (Action.CONFIRM, S.HANDED_IN, S.HANDED_IN, farm_reviewer),
        (Action.SUBMIT, S.HANDED_IN, S.SUBMITTED, reviewer),
        (Action.GIVE_OPINION, S.SUBMITTED, S.SUBMITTED, AGRI_REVIEWER),
        (Action.APPROVE, S.SUBMITTED, S.APPROVED, REVIEWER),
    )
    return [
        Taken(action, source, target, username, statement.approved_at - timedelta(days=BEFORE_APPROVAL[action]))
        for action, source, target, username in steps
        if username
    ]


LATE = {"150000", "210000", "450000", "520000", "620000"}  # provinces that came in after the day, one year in three
EARLY_DAYS, LATE_DAYS = 50, 34  # before the approval in June


def was_late(statement: AnnualStatement) -> bool:
    """Whether a province submitted the year after its day."""
    return statement.division_id in LATE and (statement.year + int(statement.division_id[:2])) % 3 == 0


def stamp(statement: AnnualStatement, users: Mapping[str, User]) -> None:
    """Write onto a statement who took its steps, and when; units without accounts have the moments alone."""
    if statement.status not in (S.DRAFT, S.HANDED_IN, S.RETURNED):
        reviewed = datetime(statement.year + 1, 6, 10, 9, tzinfo=CHINA) + timedelta(
            hours=int(statement.division_id[:2])
        )
        days = LATE_DAYS if was_late(statement) else EARLY_DAYS
        statement.submitted_at = reviewed - timedelta(days=days)
        statement.handed_in_at = statement.submitted_at - timedelta(days=12)
    for step in steps_of(statement):
        if name := STAMPS.get(step.action):
            setattr(statement, f"{name}_by", users[step.username])
            setattr(statement, f"{name}_at", step.at)


def write_transitions(users: Mapping[str, User]) -> int:
    """Note the steps of the settled statements; how many it noted."""
    statements = AnnualStatement.objects.filter(is_demo=True, approved_at__isnull=False).order_by("pk")
    found = [
        Transition(
            statement=statement, action=step.action, from_status=step.source, to_status=step.target,
            by=users[step.username], at=step.at,
        )
        for statement in statements
        for step in steps_of(statement)
    ]  # fmt: skip
    Transition.objects.bulk_create(found)
    return len(found)
