"""Publishing figures: on a document, in editions, never silently changed (F15, U-1)."""

import threading
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from farmland.actions.divisions import refresh_divisions
from farmland.actions.figures import PublishedFigure, publish_figures
from farmland.models import Division, Figure
from farmland.units import HA, WAN_MU
from tests import factories


@pytest.fixture
def printed(cast: SimpleNamespace) -> PublishedFigure:
    """Hebei's 9051.26 万亩 of 2019, printed in December 2021."""
    return PublishedFigure(
        division="130000",
        indicator="cultivated_land",
        year=2019,
        value=Decimal("9051.26"),
        unit=WAN_MU,
        decimals=2,
        basis="survey3",
        document=factories.document(known_on=date(2021, 12, 14)),
        where="survey.csv 第 4 行",
    )


def test_a_figure_is_kept_in_mu_beside_what_was_printed(printed: PublishedFigure) -> None:
    assert publish_figures(figures=[printed]) == 1
    figure = Figure.objects.get()
    assert (figure.value_mu, figure.input_value, figure.input_unit) == (90_512_600, Decimal("9051.26"), "wan_mu")
    assert (figure.edition, figure.origin) == (1, "published")


def test_the_same_figure_again_writes_nothing(printed: PublishedFigure) -> None:
    publish_figures(figures=[printed])
    assert publish_figures(figures=[printed]) == 0
    assert publish_figures(figures=[replace(printed, note="另一种说法")]) == 0
    assert Figure.objects.count() == 1


def test_f15_another_value_of_a_later_document_becomes_the_next_edition(printed: PublishedFigure) -> None:
    later = replace(printed, value=Decimal("9051.30"), document=factories.document(known_on=date(2022, 3, 1)))
    assert publish_figures(figures=[printed]) == 1
    assert publish_figures(figures=[later]) == 1
    assert list(Figure.objects.order_by("edition").values_list("value_mu", flat=True)) == [90_512_600, 90_513_000]
    assert publish_figures(figures=[printed, later]) == 0


@pytest.mark.parametrize("known_on", [date(2021, 12, 14), date(2020, 1, 1)])
def test_f15_another_value_without_a_later_document_is_refused(printed: PublishedFigure, known_on: date) -> None:
    publish_figures(figures=[printed])
    other = replace(printed, value=Decimal("9051.30"), document=factories.document(known_on=known_on))
    with pytest.raises(ValidationError) as caught:
        publish_figures(figures=[other])
    assert caught.value.code == "F15"
    assert "survey.csv 第 4 行" in caught.value.messages[0]
    assert Figure.objects.get().value_mu == 90_512_600


def test_f15_verifying_a_recalled_figure_needs_a_document_of_its_own(printed: PublishedFigure) -> None:
    publish_figures(figures=[replace(printed, confidence="recalled")])
    with pytest.raises(ValidationError):
        publish_figures(figures=[printed])


def test_editions_that_the_source_names_follow_each_other(printed: PublishedFigure) -> None:
    final = replace(printed, value=Decimal("9051"), edition=2)
    with pytest.raises(ValidationError):
        publish_figures(figures=[final])
    assert publish_figures(figures=[replace(printed, edition=1), final]) == 2
    assert publish_figures(figures=[replace(printed, edition=1), final]) == 0
    with pytest.raises(ValidationError):
        publish_figures(figures=[replace(final, value=Decimal("9050"))])


def test_an_error_in_the_last_figure_leaves_none_behind(printed: PublishedFigure) -> None:
    with pytest.raises(ValidationError) as caught:
        publish_figures(figures=[printed, replace(printed, indicator="forest")])
    assert caught.value.code == "unknown"
    assert not Figure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_leave_each_figure_once(printed: PublishedFigure) -> None:
    gate, outcomes = threading.Barrier(2, timeout=10), []

    def publish() -> None:
        gate.wait()
        try:
            outcomes.append(publish_figures(figures=[printed, replace(printed, year=2020)]))
        except IntegrityError:  # lost the race: nothing of it was written
            outcomes.append(0)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [0, 2]
    assert Figure.objects.count() == 2


def test_u1_a_value_that_storing_would_round_is_refused(printed: PublishedFigure) -> None:
    with pytest.raises(ValidationError) as caught:
        publish_figures(figures=[replace(printed, value=Decimal("0.00000001"), unit=HA, decimals=8)])
    assert caught.value.code == "U-1"


def test_refreshing_the_list_writes_only_what_changed_and_deletes_nothing(cast: SimpleNamespace) -> None:
    hebei = Division(code="130000", name="河北省", name_en="Hebei", level="province", parent_id="000000")
    renamed = Division(code="130200", name="唐山", level="prefecture", parent_id="130000")
    added = Division(code="130300", name="秦皇岛市", level="prefecture", parent_id="130000")
    count = Division.objects.count()
    changes = refresh_divisions(divisions=[hebei, renamed, added])
    assert (changes.added, changes.changed) == (1, 1)
    assert Division.objects.count() == count + 1
    assert Division.objects.get(code="130200").name == "唐山"
    again = refresh_divisions(divisions=[hebei, renamed, added])
    assert (again.added, again.changed) == (0, 0)
