"""Scope: whose rows a user sees, and what the database refuses about users and divisions."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError

from farmland.models import AnnualStatement, Division, Figure, User
from tests import factories


def codes(divisions) -> set[str]:
    return {division.pk for division in divisions}


@pytest.mark.parametrize("role", ["reporter", "reviewer", "viewer"])
@pytest.mark.parametrize(
    ("place", "seen"),
    [
        ("hebei", {"130000", "130200", "130224", "130225"}),
        ("tangshan", {"130200", "130224", "130225"}),
        ("luannan", {"130224"}),
        ("dongguan", {"441900"}),
        ("xinjiang", {"650000"}),
        ("xpcc", {"660000"}),
    ],
)
def test_working_data_are_those_of_the_own_subtree(cast, role: str, place: str, seen: set[str]) -> None:
    user = factories.user(role=role, division=getattr(cast, place))
    assert codes(Division.objects.visible_to(user)) == seen
    for division in Division.objects.all():
        AnnualStatement.objects.create(division=division, year=2022)
    # The statement of the unit in which the own rows stand is visible too; of its cells only the own ones are.
    prefix = user.division.prefix
    units = {code for code in ("130000", "130200", "440000") if prefix.startswith(code.rstrip("0")) and place != "xpcc"}
    assert {row.division_id for row in AnnualStatement.objects.visible_to(user)} == seen | units


def test_the_nation_sees_everything(cast) -> None:
    user = factories.user(role="viewer", division=cast.china)
    assert Division.objects.visible_to(user).count() == Division.objects.count()


def test_a_prefix_matches_from_the_left_alone(cast) -> None:
    """南阳 (4113) has Hebei's 13 inside its code, 1301 begins like 130 but is no part of 1302."""
    henan = Division.objects.create(code="410000", name="河南省", level="province", parent=cast.china)
    Division.objects.create(code="411300", name="南阳市", level="prefecture", parent=henan)
    Division.objects.create(code="130100", name="石家庄市", level="prefecture", parent=cast.hebei)
    assert "411300" not in codes(Division.objects.within(cast.hebei))
    assert codes(Division.objects.within(cast.tangshan)) == {"130200", "130224", "130225"}
    assert "130000" not in codes(Division.objects.within(cast.tangshan))


@pytest.mark.parametrize(
    ("code", "prefix"), [("000000", ""), ("130000", "13"), ("130200", "1302"), ("130224", "130224"), ("100000", "10")]
)
def test_the_prefix_is_the_code_less_its_trailing_pairs_of_zeros(cast, code: str, prefix: str) -> None:
    if code == "100000":
        Division.objects.create(code=code, name="某省", level="province", parent=cast.china)
    assert Division.objects.get(pk=code).prefix == prefix


def test_administrators_and_visitors_have_no_working_data(cast) -> None:
    factories.statement(cast.hebei, {cast.hebei: "9000"})
    admin = factories.user(role="administrator", division=cast.hebei)
    for user in (admin, User.objects.create_superuser("admin"), AnonymousUser()):
        assert not Division.objects.visible_to(user).exists()
        assert not AnnualStatement.objects.visible_to(user).exists()
        assert not User.objects.visible_to(user).exists()
        assert not Figure.objects.visible_to(user).exists()
        assert not Figure.objects.readable_by(user).exists()


def test_everybody_signed_in_reads_the_own_subtree_the_provinces_and_what_is_released(cast) -> None:
    factories.published(cast.wanzhou, "100")
    factories.statement(cast.guangdong, {cast.guangdong: "2800", cast.dongguan: "20"})
    open_to_all = {"000000", "130000", "440000", "500000", "650000", "660000", "500101"}
    for role in ("viewer", "administrator"):
        user = factories.user(role=role, division=cast.tangshan)
        assert codes(Division.objects.readable_by(user)) == open_to_all | {"130200", "130224", "130225"}
    assert not Division.objects.readable_by(AnonymousUser()).exists()


@pytest.mark.parametrize(
    ("released", "read"),
    [
        ("", set()),
        ("nation", set()),
        ("province", {"440000"}),
        ("prefecture", {"440000", "441900"}),
        ("county", {"440000", "441900"}),
    ],
)
def test_a_released_figure_is_read_by_strangers_down_to_its_level(cast, released: str, read: set[str]) -> None:
    factories.statement(cast.guangdong, {cast.guangdong: "2800", cast.dongguan: "20"}, released=released)
    for role in ("viewer", "administrator"):
        stranger = factories.user(role=role, division=cast.hebei)
        assert {figure.division_id for figure in Figure.objects.readable_by(stranger)} == read
    owner = factories.user(role="viewer", division=cast.guangdong)
    assert {figure.division_id for figure in Figure.objects.readable_by(owner)} == {"440000", "441900"}
    assert not Figure.objects.readable_by(AnonymousUser()).exists()


def test_administrators_look_after_their_subtree_and_nobody_else_looks_after_anyone(cast) -> None:
    admin = factories.user(role="administrator", division=cast.hebei)
    inside = factories.user(role="viewer", division=cast.luannan)
    outside = factories.user(role="viewer", division=cast.chongqing)
    root = User.objects.create_superuser("admin")
    ministry = factories.user(role="administrator", division=cast.china)
    assert set(User.objects.administered_by(admin)) == {admin, inside}
    assert set(User.objects.administered_by(ministry)) == {admin, inside, outside, ministry}
    assert set(User.objects.administered_by(root)) == {admin, inside, outside, ministry, root}
    for user in (inside, AnonymousUser()):
        assert not User.objects.administered_by(user).exists()


def test_a_closed_division_keeps_its_rows_and_its_place(cast) -> None:
    Division.objects.filter(pk="130224").update(abolished_on="2020-01-01", successor="130225")
    user = factories.user(role="viewer", division=cast.tangshan)
    assert "130224" in codes(Division.objects.visible_to(user))
    assert "130224" not in codes(Division.objects.visible_to(user).valid())


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"successor": "130225"}, "successor_only_of_a_closed_division"),
        ({"abolished_on": "2020-01-01", "successor": "130224"}, "division_is_not_its_own_successor"),
        ({"parent": None}, "only_the_nation_has_no_parent"),
    ],
)
def test_the_database_refuses_divisions_that_cannot_be(cast, change: dict, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        Division.objects.filter(pk="130224").update(**change)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"role": "emperor"}, "user_role_is_known"),
        ({"role": "viewer", "department": ""}, "business_roles_name_a_department"),
        ({"role": "reporter", "department": "army"}, "business_roles_name_a_department"),
        ({"role": "reviewer", "is_superuser": True}, "superusers_have_no_business_role"),
        ({"role": "viewer", "username": "taken"}, "username"),
    ],
)
def test_the_database_refuses_users_that_cannot_be(cast, fields: dict, constraint: str) -> None:
    factories.user(role="viewer", division=cast.hebei, username="taken")
    with pytest.raises(IntegrityError, match=constraint):
        factories.user(division=cast.hebei, **fields)
