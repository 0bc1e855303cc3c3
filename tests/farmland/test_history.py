"""The history of a record, as its page tells it."""

import pghistory

from farmland.models import User
from farmland.selectors.history import get_history, get_version
from tests import factories


def test_history_reads_values_of_any_tracked_model_as_a_page_shows_them(cast) -> None:
    cast.luannan.name = "滦南区"
    cast.luannan.grain_zone = "main_producing"
    cast.luannan.has_black_soil = True
    cast.luannan.parent = cast.hebei
    cast.luannan.save()
    latest = get_history(cast.luannan)[0]
    assert {(change.label, change.before, change.after) for change in latest.changes} == {
        ("名称", "滦南县", "滦南区"),
        ("粮食功能区", "—", "主产区"),
        ("黑土地", "否", "是"),
        ("上级", "唐山市 130200", "河北省 130000"),
    }


def test_history_is_as_long_as_asked_and_takes_three_queries(cast, django_assert_num_queries) -> None:
    person = factories.user(role="viewer", division=cast.tangshan)
    for number in range(5):
        with pghistory.context(user=person.pk):
            User.objects.filter(pk=person.pk).update(name=f"名{number}")
    with django_assert_num_queries(3):  # events, people, divisions
        entries = get_history(person, limit=3)
    assert [[change.after for change in entry.changes] for entry in entries] == [["名4"], ["名3"], ["名2"]]
    assert [entry.version for entry in entries] == sorted((entry.version for entry in entries), reverse=True)
    assert entries[0].version == get_version(person)


def test_a_write_from_outside_the_site_has_no_name_and_an_empty_history_no_version(cast) -> None:
    (entry,) = get_history(cast.luannan)
    assert (entry.label, entry.who, entry.address, entry.version) == ("新建", "", "", get_version(cast.luannan))
    assert ("名称", "", "滦南县") in [(change.label, change.before, change.after) for change in entry.changes]
    unsaved = User(username="nobody")
    assert (get_history(unsaved), get_version(unsaved)) == ([], 0)
