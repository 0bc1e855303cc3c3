"""Placing targets on their pages: the county's form, and the lists of what is missing above it."""

import pytest
from django.test import Client

from farmland.models import Division
from quotas.actions import Placed, place
from quotas.models import Placement, QuotaVersion
from quotas.selectors.placements import PlaceState, count_states, get_placeable, state_of
from tests import factories
from tests.quotas.handing import AT, CAP, PAPER, WAN_MU, opened, published, stepped, typed

ENOUGH = {"130200": "1800", "130300": "1700", "130400": "1505"}


@pytest.fixture
def city(cast, who) -> QuotaVersion:
    """Tangshan's targets for its two counties; Hebei has two leaf prefectures beside it."""
    typed(version := opened(cast.hebei, who.reporter), ENOUGH, who.reporter)
    published(version, who)
    city = opened(cast.tangshan, who.city)
    typed(city, {"130224": "900", "130225": "905"}, who.city)
    stepped(stepped(city, "submit", who.city), "approve", who.reviewer)
    return stepped(city, "publish", who.city_reviewer, paper=PAPER)


def client_of(user) -> Client:
    return factories.signed_in(user, Client())


def page(user, address: str = "/quotas/placements/") -> str:
    response = client_of(user).get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def said(**more) -> dict[str, object]:
    return {"value": "900", "unit": "wan_mu", "uploaded_on": "2026-11-27", "note": "", "base_version": 0} | more


def test_a_county_records_area_and_entry_with_a_history(cast, who, city) -> None:
    node = city.nodes.get(division="130224")
    address = f"/quotas/placements/{node.pk}/"
    assert f'href="{address}"' in page(who.county)
    assert "登记落图和入库" in page(who.county, address)
    part = client_of(who.county).post(address, said(value="450.5", uploaded_on="", note="分两批"))
    assert (part.status_code, part["Location"]) == (302, address)
    assert client_of(who.county).post(address, said(base_version=1)).status_code == 302
    found = Placement.objects.get()
    assert (found.placed_mu, str(found.uploaded_on), found.by) == (9_000_000, "2026-11-27", who.county)
    shown = page(who.county, address)
    assert ("已入库" in shown, "100.0%" in shown) == (True, True)
    history = shown.split("修改记录")[1]
    assert ("<del>4505000.000000</del>" in history, who.county.username in history) == (True, True)
    assert ("node" in history, "修订" in history) == (False, False)
    assert "登记落图和入库" not in page(who.city, address)


@pytest.mark.parametrize(
    ("more", "status", "word"),
    [
        ({"value": "899.99"}, 422, "落图面积 899.99 小于目标 900.00，差 0.01（万亩），不能入库"),
        ({"value": "九百"}, 422, "“九百”不是数，请填写零或正数。"),
        ({"uploaded_on": "2999-01-01"}, 422, "入库日期不能晚于今天。"),
        ({"base_version": 3}, 409, "他人已修改落图和入库情况"),
        ({"unit": "acre"}, 422, "field-error"),
    ],
)
def test_what_cannot_be_is_refused_with_its_numbers(who, city, more, status, word) -> None:
    node = city.nodes.get(division="130224")
    sent = client_of(who.county).post(f"/quotas/placements/{node.pk}/", said(**more))
    assert (sent.status_code, word in sent.content.decode()) == (status, True)
    assert not Placement.objects.exists()


def test_an_area_is_read_as_in_the_grid(who, city) -> None:
    node = city.nodes.get(division="130224")
    sent = client_of(who.county).post(f"/quotas/placements/{node.pk}/", said(value="１，２３４．５", uploaded_on=""))
    assert (sent.status_code, Placement.objects.get().placed_mu) == (302, 12_345_000)


def test_only_the_own_subtree_is_seen_and_only_the_countys_own_staff_record(cast, who, city) -> None:
    node = city.nodes.get(division="130224")
    address = f"/quotas/placements/{node.pk}/"
    assert client_of(who.stranger).get(address).status_code == 404
    assert client_of(who.stranger).post(address, said()).status_code == 404
    assert client_of(who.stranger).get("/quotas/placements/?division=130200").status_code == 404
    assert client_of(who.stranger).get("/quotas/placements/?division=130000").status_code == 404
    neighbour = factories.user(role="reporter", division=cast.leting)
    assert client_of(neighbour).get(address).status_code == 404
    for user in (
        who.city,
        who.reviewer,
        factories.user(role="reporter", division=cast.luannan, department="agriculture"),
    ):
        assert client_of(user).post(address, said()).status_code == 403
    assert "乐亭县" not in page(who.county)
    assert "没有符合条件的县级目标" in page(who.stranger)


def test_above_it_is_seen_what_is_missing(cast, who, city) -> None:
    found = page(who.reviewer)
    assert [name in found for name in ("滦南县", "乐亭县", "秦皇岛市", "邯郸市")] == [True] * 4
    assert "唐山市</a>" not in found
    place(city.nodes.get(division="130224"), Placed("900", WAN_MU, AT.date()), by=who.county, at=AT)
    other = factories.user(role="reporter", division=cast.leting)
    place(city.nodes.get(division="130225"), Placed("905", WAN_MU), by=other, at=AT)
    rows = {node.division_id: state_of(node) for node in get_placeable(type(city.nodes.first()).objects.all())}
    assert rows == {
        "130224": PlaceState.UPLOADED, "130225": PlaceState.PLACED, "130300": PlaceState.NONE, "130400": PlaceState.NONE,
    }  # fmt: skip
    for state, names in {
        "none": ["秦皇岛市", "邯郸市"], "placed": ["乐亭县"], "part": [], "uploaded": ["滦南县"],
        "missing": ["乐亭县", "秦皇岛市", "邯郸市"],
    }.items():  # fmt: skip
        shown = page(who.reviewer, f"/quotas/placements/?state={state}")
        assert [name for name in ("滦南县", "乐亭县", "秦皇岛市", "邯郸市") if f">{name}</a>" in shown] == names
    counts = count_states(get_placeable(type(city.nodes.first()).objects.all()))
    assert list(counts.values()) == [2, 0, 1, 1]
    inside = page(who.reviewer, "/quotas/placements/?division=130200")
    assert (">滦南县</a>" in inside, ">秦皇岛市</a>" in inside) == (True, False)


def test_a_cap_has_no_place_and_a_demonstration_stands_behind_the_official_target(cast, who, city) -> None:
    county = Division.objects.get(pk="130224")
    factories.target(county, "3", owner=county, indicator=CAP, year=2026)
    factories.target(county, "950", owner=county, is_demo=True)
    shown = page(who.county)
    assert ("900.00" in shown, "950.00" in shown, "建设占用" in shown) == (True, False, False)


def test_the_list_is_a_safe_file_and_costs_the_same_however_long(
    cast, who, city, django_assert_max_num_queries
) -> None:
    place(city.nodes.get(division="130224"), Placed("450", WAN_MU, note="=cmd()"), by=who.county, at=AT)
    client = client_of(who.reviewer)
    client.get("/quotas/placements/")
    with django_assert_max_num_queries(30) as few:
        client.get("/quotas/placements/?division=130224")
    with django_assert_max_num_queries(len(few) - 1):  # no division to be looked up
        client.get("/quotas/placements/")
    text = client.get("/quotas/placements/?state=part&export=csv").content.decode("utf-8-sig")
    assert "# 状态,部分落图" in text
    assert "130224,滦南县,河北省 唐山市,耕地保有量,2035,900.00,450.00,万亩,50.00,部分落图,,'=cmd()" in text
    assert "130225" not in text
