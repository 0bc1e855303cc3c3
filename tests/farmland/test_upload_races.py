"""Two at the same file, or two files at the same statement, at once."""

from types import SimpleNamespace

import pytest

from farmland.actions import uploads as actions
from farmland.jobs import uploads as jobs
from farmland.models import Figure, Upload
from tests import factories
from tests.factories import MOMENT
from tests.farmland.filling import checked, filled_file, forget_jobs
from tests.farmland.hebei import filled, people
from tests.farmland.test_statement_races import overlapped

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]
LUANNAN, LETING = "130224", "130225"


@pytest.fixture
def place(transactional_db: None) -> SimpleNamespace:
    forget_jobs()
    cast = factories.tree()
    who = people(cast)
    return SimpleNamespace(cast=cast, who=who, draft=filled(cast, who.reporter))


def ready(place: SimpleNamespace, number: str, **more: str) -> Upload:
    """A checked file that is to be applied: two cells with the same number."""
    by = place.who.reporter
    known = {(f.division_id, f.indicator): f.revision for f in place.draft.figures.all()}
    rows = [(LUANNAN, "dry", number), (LETING, "dry", number)]
    upload = checked(place.draft, filled_file(rows, versions=known), by=by)
    return actions.request_apply(upload, by=by, at=MOMENT)


def stands(place: SimpleNamespace) -> set[int]:
    return {
        int(v) for v in Figure.objects.filter(statement=place.draft, indicator="dry").values_list("value_mu", flat=True)
    }


@pytest.mark.parametrize("after_writes", [0, 1, 2, 3])
def test_of_two_files_applied_at_once_the_second_is_asked_about(place, after_writes):
    first, second = ready(place, "7"), ready(place, "8")
    overlapped(lambda: jobs.apply(upload=first.pk), lambda: jobs.apply(upload=second.pk), after_writes=after_writes)
    states = {u.pk: u.status for u in Upload.objects.all()}
    assert sorted(states.values()) == ["applied", "checked"]
    winner = 70_000 if states[first.pk] == "applied" else 80_000
    assert stands(place) == {winner}
    loser = Upload.objects.get(status="checked")
    assert loser.issues.filter(kind="conflict").count() == 2


@pytest.mark.parametrize("after_writes", [0, 1, 2, 3, 4])
def test_of_cancelling_and_applying_exactly_one_happens(place, after_writes):
    upload = ready(place, "7")
    _applied, cancelled = overlapped(
        lambda: jobs.apply(upload=upload.pk),
        lambda: actions.cancel(upload, by=place.who.reporter, at=MOMENT),
        after_writes=after_writes,
    )
    upload.refresh_from_db()
    if upload.status == "applied":
        assert (cancelled, stands(place)) == (409, {70_000})
    else:
        assert (upload.status, stands(place)) == ("cancelled", {100_000})


def test_two_workers_with_the_same_job_write_once(place):
    upload = ready(place, "7")
    overlapped(lambda: jobs.apply(upload=upload.pk), lambda: jobs.apply(upload=upload.pk), after_writes=2)
    upload.refresh_from_db()
    assert upload.status == "applied"
    events = Figure.pgh_event_model.objects.filter(indicator="dry", value_mu=70_000)
    assert events.count() == 2
    assert sum("已写入" in words for _at, words in upload.log) == 1
