"""The system's reminders: on which days, to whom, once."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from farmland.actions import statements as actions
from farmland.actions.deadlines import remind
from farmland.jobs.reminders import remind as daily
from farmland.models import Notice, Reminder, ReportingYear, StatementStatus
from farmland.selectors.due import milestone
from tests import factories
from tests.factories import MOMENT
from tests.farmland.hebei import walk

CHINA = ZoneInfo("Asia/Shanghai")
DUE = date(2025, 4, 1)


@pytest.fixture
def year(who) -> ReportingYear:
    """2024, which counties owe by 1 February, prefectures by 1 March and provinces by 1 April 2025."""
    days = {"county_due_on": date(2025, 2, 1), "prefecture_due_on": date(2025, 3, 1), "province_due_on": DUE}
    return ReportingYear.objects.create(
        year=2024, **days, opened_by=who.ministry, opened_at=datetime(2025, 1, 2, tzinfo=CHINA)
    )


def on(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)


def told(who, **which: object) -> set[str]:
    names = {user.pk: name for name, user in vars(who).items()}
    return {names.get(n.user_id, n.user.username) for n in Notice.objects.filter(**which).select_related("user")}


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-8, None), (-7, -7), (-6, -7), (-2, -7), (-1, -1), (0, -1), (1, 1), (2, 1), (7, 1), (8, 8), (14, 8), (15, 15)],
)
def test_the_days_of_reminders(days: int, expected: int | None) -> None:
    found = milestone(DUE, DUE + timedelta(days=days))
    assert found == (None if expected is None else DUE + timedelta(days=expected))


def test_each_level_is_reminded_of_its_own_day_and_each_reminder_is_sent_once(year, statement, who, cast) -> None:
    day = date(2025, 1, 25)  # seven days before the counties' day
    for hour in (8, 9, 19):
        remind(at=on(day, hour))
    assert told(who) == {"county"}
    (row,) = Reminder.objects.all()
    assert (row.division, row.kind, row.due_on, row.by, row.recipients) == (cast.luannan, "due_soon", day, None, 1)
    notice = Notice.objects.get()
    assert (notice.kind, notice.statement, notice.words) == (
        "due_soon", statement, {"due_on": "2025-02-01", "on": "2025-01-25"},
    )  # fmt: skip
    for number in (31, 33, 40, 41):  # the day before, the day after, the same week, a week later
        remind(at=on(date(2025, 1, 1) + timedelta(days=number - 1)))
    assert [(n.kind, n.words["on"]) for n in Notice.objects.filter(user=who.county).order_by("pk")] == [
        ("due_soon", "2025-01-25"), ("due_soon", "2025-01-31"), ("overdue", "2025-02-02"), ("overdue", "2025-02-09"),
    ]  # fmt: skip


def test_the_day_is_chinas(year, statement, who) -> None:
    remind(at=datetime.fromisoformat("2025-01-24T15:59:00+00:00"))
    assert not Notice.objects.exists()
    remind(at=datetime.fromisoformat("2025-01-24T16:00:00+00:00"))
    assert told(who) == {"county"}


def test_a_day_on_which_nothing_ran_is_made_up_for(year, statement, who) -> None:
    remind(at=on(date(2025, 1, 27)))
    assert told(who) == {"county"}
    assert Notice.objects.get().words["on"] == "2025-01-27"


def test_nobody_is_reminded_of_days_before_the_year_was_opened(year, statement, who) -> None:
    ReportingYear.objects.update(opened_at=on(date(2025, 1, 28)))
    remind(at=on(date(2025, 1, 28)))
    assert not Notice.objects.exists()
    remind(at=on(date(2025, 1, 31)))
    assert told(who) == {"county"}


def test_who_has_finished_the_row_is_left_alone_and_each_department_for_itself(year, statement, who, cast) -> None:
    factories.user(role="reporter", division=cast.luannan, department="agriculture", username="farm")
    factories.user(role="reporter", division=cast.luannan, department="grain_reserves", username="grain")
    factories.user(role="viewer", division=cast.luannan, username="viewer")
    actions.finish_row(statement, division="130224", by=who.county, at=MOMENT)
    remind(at=on(date(2025, 1, 25)))
    assert told(who) == {"farm"}


def test_a_prefecture_is_done_when_all_its_counties_are(year, statement, who, cast) -> None:
    factories.user(role="reporter", division=cast.tangshan, username="tangshan")
    leting = factories.user(role="reporter", division=cast.leting, username="leting")
    actions.finish_row(statement, division="130224", by=who.county, at=MOMENT)
    remind(at=on(date(2025, 2, 22)))
    assert told(who) == {"tangshan", "leting"}
    actions.finish_row(statement, division="130225", by=leting, at=MOMENT)
    Notice.objects.update(read_at=MOMENT)
    remind(at=on(date(2025, 3, 2)))
    assert told(who, read_at=None) == set()


def test_the_province_is_reminded_by_who_has_the_next_step(year, statement, who) -> None:
    remind(at=on(DUE - timedelta(days=7)))
    assert told(who, statement__isnull=False, words__due_on="2025-04-01") == {"reporter", "farm_reporter"}
    statement = walk(statement, who, "hand_in")
    Notice.objects.update(read_at=MOMENT)
    remind(at=on(DUE - timedelta(days=1)))
    assert told(who, read_at=None) == {"reviewer", "farm_reviewer"}
    statement = walk(statement, who, "confirm")
    Notice.objects.update(read_at=MOMENT)
    remind(at=on(DUE + timedelta(days=1)))
    assert told(who, read_at=None) == {"reviewer"}
    walk(statement, who, "submit")
    Notice.objects.update(read_at=MOMENT)
    remind(at=on(DUE + timedelta(days=8)))
    assert told(who, read_at=None) == set()


def test_a_unit_without_people_is_noted_all_the_same(year, statement, who) -> None:
    type(who.reporter).objects.filter(division=statement.division).update(is_active=False)
    remind(at=on(DUE - timedelta(days=7)))
    assert Reminder.objects.get(division=statement.division, due_on=DUE - timedelta(days=7)).recipients == 0


def test_a_correction_has_no_day(year, statement, who) -> None:
    type(statement).objects.filter(pk=statement.pk).update(version=2)
    remind(at=on(DUE - timedelta(days=7)))
    assert not Notice.objects.exists()


def test_the_queue_runs_it(year, statement, who) -> None:
    daily.func(0)
    assert told(who, kind="overdue") >= {"reporter", "county"}
    assert StatementStatus.DRAFT in {row.status for row in type(statement).objects.all()}
