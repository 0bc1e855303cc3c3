"""What the database itself refuses and keeps, whoever asks."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from procrastinate.contrib.django import app

from farmland.management.commands.grant_application_role import append_only_tables
from farmland.models import Division, Figure, PolicyDocument, Revision
from farmland.selectors.revisions import get_stamp
from quotas.models import QuotaNode
from tests import factories

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
ROLE = "farmland_app_test"


def refused(statement: str) -> None:
    """The statement, made in SQL, is refused."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_published_figure_is_neither_changed_nor_deleted_even_in_sql(cast):
    factories.published(cast.hebei, "9051.26")
    refused("UPDATE farmland_figure SET value_mu = 1")
    refused("DELETE FROM farmland_figure")


def test_a_settled_statement_gains_and_loses_nothing(cast):
    row = factories.statement(cast.hebei, {cast.luannan: "90"})
    refused("UPDATE farmland_figure SET value_mu = 1")
    refused("DELETE FROM farmland_figure")
    refused("UPDATE farmland_annualstatement SET status = 'draft', approved_at = NULL")
    refused("DELETE FROM farmland_annualstatement")
    with pytest.raises(IntegrityError), transaction.atomic():
        Figure.objects.create(
            division=cast.leting, year=2022, origin="reported", statement=row, indicator="cultivated_land",
            basis="change_survey", **factories.area("1", "wan_mu"),
        )  # fmt: skip


def test_a_draft_can_still_be_edited(cast):
    row = factories.statement(cast.hebei, {cast.luannan: "90"}, status="draft")
    assert row.figures.update(value_mu=1) == 1
    row.figures.all().delete()
    row.delete()


def test_a_published_quota_is_frozen(cast):
    factories.target(cast.hebei, "8801", owner=cast.china)
    refused("UPDATE quotas_quotanode SET value_mu = 1")
    refused("UPDATE quotas_quotaversion SET target_year = 2040")
    refused("DELETE FROM quotas_quotanode")
    assert QuotaNode.objects.get().value_mu == 88_010_000


def test_history_keeps_before_and_after_of_a_write_made_in_sql(cast):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE farmland_division SET region = '华北' WHERE code = '130000'")
    events = Division.pgh_event_model.objects.filter(code="130000").order_by("pgh_id")
    assert [event.pgh_label for event in events] == ["insert", "update"]
    assert [event.region for event in events] == ["", "华北"]


def test_every_change_moves_the_revision_and_reading_does_not(cast):
    before = get_stamp()
    assert get_stamp() == before
    factories.published(cast.hebei, "9051.26")
    after = get_stamp()
    assert after.key != before.key
    assert Revision.objects.filter(topic="figures:13").get().count == 1
    factories.target(cast.hebei, "8801", owner=cast.china)
    assert get_stamp().key != after.key


def test_the_prefix_is_the_code_less_its_pairs_of_zeros(cast):
    found = dict(Division.objects.values_list("code", "prefix"))
    assert found["000000"] == ""
    assert found["130000"] == "13"
    assert found["130200"] == "1302"
    assert found["130224"] == "130224"


def work_the_queue() -> None:
    """Everything that the site and a worker do with the queue, as they do it."""
    job = app.configure_task("farmland.jobs.uploads.check", queue="uploads").defer(upload=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT worker_id FROM procrastinate_register_worker_v1()")
        (worker,) = cursor.fetchone()
        cursor.execute("SELECT procrastinate_update_heartbeat_v1(%s)", [worker])
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", [worker])
        assert cursor.fetchone() == (job,)
        cursor.execute("SELECT procrastinate_retry_job_v2(%s, NULL, NULL, NULL, NULL)", [job])
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", [worker])
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'succeeded', false)", [job])
        cursor.execute("SELECT procrastinate_unregister_worker_v1(%s)", [worker])
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job])


def test_the_application_role_cannot_touch_history(cast):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {ROLE}")
        cursor.execute(f"CREATE ROLE {ROLE}")
    call_command("grant_application_role", ROLE, verbosity=0)
    assert "farmland_figureevent" in append_only_tables()
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROLE}")
    try:
        Division.objects.filter(code="130000").update(region="华北")
        assert PolicyDocument.objects.count() == 0
        work_the_queue()
        for statement in (
            "UPDATE farmland_divisionevent SET region = ''",
            "DELETE FROM farmland_divisionevent",
            "TRUNCATE farmland_divisionevent",
            "TRUNCATE farmland_figure",
            "ALTER TABLE farmland_figure DISABLE TRIGGER ALL",
        ):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute(f"DROP OWNED BY {ROLE}")
            cursor.execute(f"DROP ROLE {ROLE}")
