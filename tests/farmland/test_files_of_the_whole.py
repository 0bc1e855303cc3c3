"""Files of a whole statement are as narrow as the statement's print: who sees one county reads no other's figures."""

import pytest
from django.urls import reverse

from farmland.actions import prints
from farmland.actions import statements as actions
from farmland.models import AnnualStatement, Attachment
from farmland.units import WAN_MU
from tests import factories
from tests.factories import MOMENT
from tests.farmland.hebei import walk
from tests.farmland.test_faults import UP


@pytest.fixture
def copy(statement: AnnualStatement, who) -> Attachment:
    """The signed copy of Hebei's whole form, filed when it was approved."""
    walk(statement, who, *UP[:5])
    printed = prints.make_print(AnnualStatement.objects.get(pk=statement.pk), unit=WAN_MU, by=who.reporter, at=MOMENT)
    filed = prints.file_signed_copy(
        statement, printed, name="盖章.pdf", content=factories.report(), is_read=False, by=who.reporter, at=MOMENT
    )
    return filed.attachment


def test_a_signed_copy_is_read_by_the_unit_and_above_alone(statement, who, copy) -> None:
    for name, status in (("reporter", 200), ("reviewer", 200), ("ministry", 200), ("county", 404), ("stranger", 404)):
        client = factories.signed_in(getattr(who, name))
        page = reverse("statement_file", args=[statement.pk, copy.pk])
        for address in (page, f"/api/v1/statements/{statement.pk}/files/{copy.pk}/"):
            assert client.get(address).status_code == status, (name, address)
        if name == "stranger":
            continue
        listed = client.get(f"/api/v1/statements/{statement.pk}/files/").content.decode()
        assert (copy.name in listed) == (status == 200), name
        assert (copy.name in client.get(f"/statements/{statement.pk}/").content.decode()) == (status == 200), name


def test_a_signed_copy_stays_out_of_reach_of_who_filed_it_and_went_to_a_division_below(
    statement, who, cast, copy
) -> None:
    moved = who.reporter
    moved.division = cast.tangshan
    moved.save()
    prefecture = factories.user(role="viewer", division=cast.tangshan)
    for user in (moved, prefecture):
        client = factories.signed_in(user)
        for root in ("/statements", "/api/v1/statements"):
            assert client.get(f"{root}/{statement.pk}/files/{copy.pk}/").status_code == 404, root
        for address in (f"/statements/{statement.pk}/", f"/statements/{statement.pk}/history/"):
            assert copy.name not in client.get(address).text, address
        for name in ("files", "history"):
            assert copy.name not in client.get(f"/api/v1/statements/{statement.pk}/{name}/").content.decode(), name
    assert copy.name in factories.signed_in(who.reviewer).get(f"/statements/{statement.pk}/history/").text


def test_a_county_reads_what_it_handed_in_itself(statement, who) -> None:
    for by, division in ((who.county, "130224"), (who.reporter, "130225"), (who.reporter, "")):
        file = factories.report(f"{by.pk}{division}.pdf", f"%PDF-1.7 {by.pk}{division}".encode())
        actions.attach(statement, name=file.name, content=file, division=division, by=by, at=MOMENT)
    seen = set(Attachment.objects.visible_to(who.county).values_list("division", flat=True))
    assert seen == {"130224"}
    assert Attachment.objects.visible_to(who.reporter).count() == 3
