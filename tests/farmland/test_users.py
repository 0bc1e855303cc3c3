"""User administration: who may make, change and deactivate whom, and what is kept of it."""

import re
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from farmland.models import Division, Role, User
from farmland.selectors.history import get_version
from farmland.selectors.users import get_users
from tests import factories
from tests.factories import signed_in

LIST, CREATE = "/users/", "/users/create/"


def new(**more: str) -> dict[str, str]:
    fields = {"username": "newcomer", "division": "唐山市", "department": "agriculture", "role": "reporter"}
    return fields | more


def as_typed(user: User, **more: object) -> dict[str, object]:
    """The form of a user as the page shows it, with changes."""
    names = ("name", "email", "department", "role")
    fields = {name: getattr(user, name) for name in names} | {"division": user.division_id, "is_active": "on"}
    return {"version": get_version(user)} | fields | more


def edit_url(user: User) -> str:
    return reverse("user_edit", args=[user.pk])


def listed(response) -> list[str]:
    return [user.username for user in response.context["page"].object_list]


# Who may


@pytest.mark.parametrize("role", ["reporter", "reviewer", "viewer"])
def test_business_users_are_refused_inside_their_subtree_and_find_nothing_outside(cast, sign_in, person, role) -> None:
    stranger = factories.user(role="viewer", division=cast.chongqing)
    client = sign_in(role, cast.hebei)
    assert client.get(LIST).status_code == 403
    assert client.get(CREATE).status_code == 403
    assert client.post(CREATE, new()).status_code == 403
    for user, status in ((person, 403), (stranger, 404)):
        assert client.get(edit_url(user)).status_code == status
        assert client.post(edit_url(user), as_typed(user)).status_code == status
        assert client.post(reverse("user_invite", args=[user.pk])).status_code == status


def test_an_administrator_finds_users_of_the_own_subtree_alone(cast, admin, person) -> None:
    above = factories.user(role="viewer", division=cast.china)
    sister = factories.user(role="administrator", division=cast.chongqing)
    client = signed_in(admin)
    assert listed(client.get(LIST)) == ["hebei_admin", "tangshan"]
    for user in (above, sister):
        assert client.get(edit_url(user)).status_code == 404
        assert client.post(edit_url(user), as_typed(user)).status_code == 404
        assert client.post(reverse("user_invite", args=[user.pk])).status_code == 404


def test_superusers_are_looked_after_by_superusers(cast, admin) -> None:
    ministry = factories.user(role="administrator", division=cast.china)
    root = User.objects.create_superuser("admin", factories.PASSWORD)
    other = User.objects.create_superuser("admin2", factories.PASSWORD)
    assert signed_in(ministry).get(edit_url(root)).status_code == 404
    assert set(listed(signed_in(root).get(LIST))) == {"admin", "admin2", admin.username, ministry.username}
    client = signed_in(root)
    refused = client.post(edit_url(other), as_typed(other, role="reporter", department="agriculture"))
    assert "role" in refused.context["form"].errors
    assert client.post(edit_url(other), as_typed(other, name="备用")).status_code == 302


def test_pages_lead_anonymous_visitors_to_sign_in(person) -> None:
    for address in (LIST, CREATE, edit_url(person)):
        assert Client().get(address)["Location"] == f"/accounts/login/?next={address}"


# The list


def test_the_list_is_found_by_name_division_role_department_and_state(cast, admin, person) -> None:
    more = {"role": "viewer", "department": "agriculture"}
    factories.user(username="luannan", name="钱丽", division=cast.luannan, is_active=False, **more)
    client = signed_in(admin)
    for condition, found in (
        ({"search": "LUAN"}, ["luannan"]),
        ({"search": "钱"}, ["luannan"]),
        ({"search": "%"}, []),
        ({"division": "滦南县"}, ["luannan"]),
        ({"division": "130200"}, ["tangshan", "luannan"]),
        ({"role": "administrator"}, ["hebei_admin"]),
        ({"department": "agriculture"}, ["luannan"]),
        ({"is_active": "no"}, ["luannan"]),
        ({"is_active": "yes", "division": "130200"}, ["tangshan"]),
        ({"page": "900"}, ["hebei_admin", "tangshan", "luannan"]),
    ):
        assert listed(client.get(LIST, condition)) == found, condition


@pytest.mark.parametrize("condition", [{"division": "重庆市"}, {"role": "emperor"}, {"is_active": "perhaps"}])
def test_a_condition_that_cannot_be_read_is_told_and_finds_nobody(admin, person, condition) -> None:
    response = signed_in(admin).get(LIST, condition)
    assert response.status_code == 200
    assert listed(response) == []
    assert "error-summary" in response.content.decode()


def test_an_empty_list_says_what_to_do(admin) -> None:
    text = signed_in(admin).get(LIST, {"search": "nobody"}).content.decode()
    assert "没有符合条件的用户" in text
    assert "清除条件" in text


def test_the_list_pages_by_fifty_and_takes_five_queries_however_long(admin, cast, django_assert_num_queries) -> None:
    client = signed_in(admin)
    for number, total in ((1, 2), (59, 61)):
        for _ in range(number):
            factories.user(role="viewer", division=cast.luannan)
        with django_assert_num_queries(5):  # session, user, count, page, unread notices
            response = client.get(LIST)
        assert response.context["page"].paginator.count == total
    assert len(listed(response)) == 50
    assert 'href="?page=2"' in response.content.decode()
    assert len(listed(client.get(LIST, {"page": 2}))) == 11


def test_finding_users_never_widens_what_was_given(cast, admin, person) -> None:
    given = User.objects.filter(pk=person.pk)
    assert list(get_users(given, division=cast.china)) == [person]


# Making users


def test_a_new_user_has_no_password_and_the_link_without_an_address_is_shown_once(admin) -> None:
    client = signed_in(admin)
    response = client.post(CREATE, new(name="李新"))
    user = User.objects.get(username="newcomer")
    assert (user.division_id, user.role, user.department, user.name) == ("130200", "reporter", "agriculture", "李新")
    assert not user.has_usable_password()
    assert not user.is_superuser
    link = re.search(r"http://testserver(/accounts/password/reset/[^<]+)", response.content.decode()).group(1)
    assert response["Cache-Control"] == "no-store"
    assert Client().get(link, follow=True).context["validlink"]
    assert link not in client.get(edit_url(user)).content.decode()


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"username": "汉字"}, "username", ""),
        ({"username": ""}, "username", "请填写用户名。"),
        ({"email": "no address"}, "email", ""),
        ({"role": "emperor"}, "role", ""),
        ({"department": ""}, "department", "必须选择部门"),
        ({"department": "army"}, "department", ""),
        ({"division": ""}, "division", ""),
        ({"division": "重庆市"}, "division", "辖区内没有"),
        ({"division": "500000"}, "division", "辖区内没有"),
        ({"division": "000000"}, "division", "辖区内没有"),
        ({"division": "唐山"}, "division", "六位代码或完整名称"),
    ],
)
def test_what_cannot_be_is_an_error_of_its_field(admin, typed, field, says) -> None:
    response = signed_in(admin).post(CREATE, new(**typed))
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert says in response.context["form"].errors[field][0]
    assert f'<a href="#id_{field}">' in response.content.decode()
    assert not User.objects.filter(role="reporter").exists()


def test_administrators_need_no_department_and_nobody_is_made_a_superuser(admin) -> None:
    signed_in(admin).post(CREATE, new(role="administrator", department="", is_superuser="on", division="130224"))
    user = User.objects.get(username="newcomer")
    assert (user.role, user.department, user.is_superuser) == (Role.ADMINISTRATOR, "", False)


def test_a_name_that_several_divisions_bear_lists_their_codes(admin, cast) -> None:
    Division.objects.create(code="130300", name="秦皇岛市", level="prefecture", parent=cast.hebei)
    Division.objects.create(code="130324", name="滦南县", level="county", parent_id="130300")
    client = signed_in(admin)
    error = client.post(CREATE, new(division="滦南县")).context["form"].errors["division"][0]
    assert "130224（唐山市）、130324（秦皇岛市）" in error
    Division.objects.filter(code="130324").update(abolished_on="2020-01-01")
    client.post(CREATE, new(division="滦南县"))
    assert User.objects.get(username="newcomer").division_id == "130224"


def test_closed_and_grouping_divisions_take_no_users_and_the_error_says_what_does(admin, cast) -> None:
    Division.objects.create(code="139000", name="省直辖", level="prefecture", parent=cast.hebei, is_grouping=True)
    Division.objects.create(
        code="130281", name="旧县", level="county", parent=cast.tangshan, abolished_on="2020-01-01",
        successor=cast.luannan,
    )  # fmt: skip
    for text, says in (("省直辖", "只是分组"), ("130281", "现行区划 130224 滦南县")):
        error = signed_in(admin).post(CREATE, new(division=text)).context["form"].errors["division"][0]
        assert says in error


def test_a_taken_name_is_an_error_of_the_form(admin, person) -> None:
    errors = signed_in(admin).post(CREATE, new(username="tangshan")).context["form"].errors
    assert errors["username"] == ["该用户名已被使用。"]


@pytest.mark.django_db(transaction=True)
def test_two_administrators_making_one_name_at_once_get_one_user_and_one_error(monkeypatch) -> None:
    cast = factories.tree()
    admins = [factories.user(role="administrator", division=cast.hebei) for _ in range(2)]
    gate, statuses, create = threading.Barrier(2, timeout=10), [], User.objects.create_user

    def wait_then_create(*args: object, **fields: object) -> User:
        gate.wait()  # both forms have found the name free
        return create(*args, **fields)

    monkeypatch.setattr(User.objects, "create_user", wait_then_create)

    def make(user: User) -> None:
        try:
            # By what was answered: the client's record of contexts is shared between threads.
            page = signed_in(user).post(CREATE, new()).content.decode()
            statuses.append("taken" if "该用户名已被使用。" in page else "made")
        finally:
            connection.close()

    threads = [threading.Thread(target=make, args=[user]) for user in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == ["made", "taken"]
    assert User.objects.filter(username="newcomer").count() == 1


def test_user_names_differ_in_more_than_case(admin: User, person: User) -> None:
    page = signed_in(admin).post(CREATE, new(username="TangShan")).content.decode()
    assert "该用户名已被使用。" in page
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.user(role="viewer", division=person.division, username="TANGSHAN")
