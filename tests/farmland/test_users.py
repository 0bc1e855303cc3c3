"""User administration: who may make, change and deactivate whom, and what is kept of it."""

import re
import threading
from types import SimpleNamespace

import pghistory
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from farmland.actions import users as actions
from farmland.models import Division, Role, User
from farmland.selectors.history import get_history, get_version
from farmland.selectors.users import get_users
from tests import factories

LIST, CREATE = "/users/", "/users/create/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return factories.mark_seen(client)


@pytest.fixture
def admin(cast: SimpleNamespace) -> User:
    return factories.user(role="administrator", division=cast.hebei, username="hebei_admin", name="赵管")


@pytest.fixture
def person(cast: SimpleNamespace) -> User:
    return factories.user(role="reporter", division=cast.tangshan, username="tangshan", email="t@example.org")


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


def test_the_list_pages_by_fifty_and_takes_four_queries_however_long(admin, cast, django_assert_num_queries) -> None:
    client = signed_in(admin)
    for number, total in ((1, 2), (59, 61)):
        for _ in range(number):
            factories.user(role="viewer", division=cast.luannan)
        with django_assert_num_queries(4):  # session, user, count, page
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
        ({"username": ""}, "username", ""),
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
            response = signed_in(user).post(CREATE, new())
            statuses.append("username" in response.context["form"].errors if "form" in response.context else "made")
        finally:
            connection.close()

    threads = [threading.Thread(target=make, args=[user]) for user in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses, key=str) == [True, "made"]
    assert User.objects.filter(username="newcomer").count() == 1


# Changing users


def test_an_edit_is_saved_and_its_history_says_who_when_where_and_what(admin, person) -> None:
    client = signed_in(admin)
    assert client.post(edit_url(person), as_typed(person, division="滦南县", role="reviewer")).status_code == 302
    person.refresh_from_db()
    assert (person.division_id, person.role) == ("130224", "reviewer")
    latest, first = get_history(person)
    assert (latest.label, latest.who, latest.address) == ("修改", "赵管（hebei_admin）", "127.0.0.1")
    changes = {change.label: (change.before, change.after) for change in latest.changes}
    assert changes == {"所属区划": ("唐山市 130200", "滦南县 130224"), "角色": ("填报", "审核")}
    assert (first.label, first.who) == ("新建", "")
    text = client.get(edit_url(person)).content.decode()
    assert "赵管（hebei_admin）" in text
    assert "系统（非页面操作）" in text


def test_the_username_and_the_superuser_mark_are_not_edited(admin, person) -> None:
    signed_in(admin).post(edit_url(person), as_typed(person, username="other", is_superuser="on", password="x"))
    changed = User.objects.get(pk=person.pk)
    assert (changed.username, changed.is_superuser) == ("tangshan", False)
    assert changed.check_password(factories.PASSWORD)


def test_deactivating_signs_the_user_out(admin, person) -> None:
    client = signed_in(person)
    assert client.get(reverse("token_list")).status_code == 200
    fields = as_typed(person)
    del fields["is_active"]
    signed_in(admin).post(edit_url(person), fields)
    assert client.get(reverse("token_list")).status_code == 302


def test_administrators_neither_change_nor_deactivate_nor_invite_themselves(admin) -> None:
    client = signed_in(admin)
    page = client.get(edit_url(admin))
    assert page.status_code == 200
    assert "您不能修改或停用自己的账号" in page.content.decode()
    assert 'name="role"' not in page.content.decode()
    assert client.post(edit_url(admin), as_typed(admin, name="新名")).status_code == 403
    assert client.post(reverse("user_invite", args=[admin.pk])).status_code == 403
    admin.refresh_from_db()
    assert admin.name == "赵管"


def test_users_of_a_division_that_was_closed_are_still_edited(admin, person, cast) -> None:
    Division.objects.filter(pk="130200").update(abolished_on="2020-01-01")
    assert signed_in(admin).post(edit_url(person), as_typed(person, name="留任")).status_code == 302
    person.refresh_from_db()
    assert person.name == "留任"


def test_a_lost_update_is_refused_with_what_the_other_changed_and_can_be_decided(admin, person, cast) -> None:
    other = factories.user(role="administrator", division=cast.hebei, username="other_admin")
    mine = as_typed(person, name="我的名字", role="viewer")
    signed_in(other).post(edit_url(person), as_typed(person, name="别人的名字"))
    client = signed_in(admin)
    page = client.post(edit_url(person), mine)
    assert page.status_code == 409
    person.refresh_from_db()
    assert (person.name, person.role) == ("别人的名字", "reporter")
    text = page.content.decode()
    assert "other_admin" in text
    shown = {(change.label, change.before, change.after) for change in page.context["differences"]}
    assert shown == {("姓名", "别人的名字", "我的名字"), ("角色", "填报", "查看")}
    decided = mine | {"version": re.search(r'name="version" value="(\d+)"', text).group(1)}
    assert client.post(edit_url(person), decided).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.role) == ("我的名字", "viewer")


def test_signing_in_or_a_new_password_is_no_conflict(admin, person) -> None:
    fields = as_typed(person, name="新名")
    Client().post("/accounts/login/", {"username": "tangshan", "password": factories.PASSWORD})
    person.set_password("another-password-1")
    person.save(update_fields=["password"])
    assert signed_in(admin).post(edit_url(person), fields).status_code == 302


@pytest.mark.parametrize("version", ["", "x", "99999999999999999999"])
def test_an_edit_without_a_version_is_refused(admin, person, version: str) -> None:
    response = signed_in(admin).post(edit_url(person), as_typed(person, name="新名", version=version))
    assert response.status_code in (200, 409)
    person.refresh_from_db()
    assert person.name == ""


@pytest.mark.django_db(transaction=True)
def test_an_edit_waits_for_the_one_before_and_is_then_refused() -> None:
    cast = factories.tree()
    admin, person = (factories.user(role=role, division=cast.hebei) for role in ("administrator", "viewer"))
    values = {name: getattr(person, name) for name in actions.EDITABLE}
    version, outcomes, started = get_version(person), [], threading.Event()

    def edit() -> None:
        started.set()
        try:
            actions.edit(person, values=values | {"name": "乙"}, version=version, by=admin, at=factories.MOMENT)
            outcomes.append("saved")
        except actions.StaleEdit:
            outcomes.append("refused")
        finally:
            connection.close()

    thread = threading.Thread(target=edit)
    with transaction.atomic():
        actions.edit(person, values=values | {"name": "甲"}, version=version, by=admin, at=factories.MOMENT)
        thread.start()
        started.wait(5)
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(10)
    assert outcomes == ["refused"]
    assert User.objects.get(pk=person.pk).name == "甲"


def test_the_actions_themselves_refuse_other_subtrees_and_oneself(admin, person, cast) -> None:
    common = {"by": admin, "at": factories.MOMENT}
    values = {name: getattr(person, name) for name in actions.EDITABLE} | {"division": cast.chongqing}
    with pytest.raises(actions.PermissionDenied):
        actions.edit(person, values=values, version=get_version(person), **common)
    with pytest.raises(actions.PermissionDenied):
        actions.edit(admin, values=values, version=get_version(admin), **common)
    with pytest.raises(actions.PermissionDenied):
        actions.create(values={"username": "x"} | values, site="http://testserver/", **common)
    with pytest.raises(actions.PermissionDenied):
        actions.create(
            values=new() | {"division": cast.tangshan}, site="http://testserver/", by=person, at=factories.MOMENT
        )


def test_a_deactivated_user_is_not_invited(admin, person, mailoutbox) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)
    page = signed_in(admin).post(reverse("user_invite", args=[person.pk]), follow=True)
    assert "请先启用" in page.content.decode()
    assert mailoutbox == []


def test_links_are_made_by_post_alone(admin, person, mailoutbox) -> None:
    client = signed_in(admin)
    assert client.get(reverse("user_invite", args=[person.pk])).status_code == 405
    client.get(edit_url(person))
    assert mailoutbox == []


# History


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


def test_history_is_as_long_as_asked_and_takes_three_queries(person, django_assert_num_queries) -> None:
    for number in range(5):
        with pghistory.context(user=person.pk):
            User.objects.filter(pk=person.pk).update(name=f"名{number}")
    with django_assert_num_queries(3):  # events, people, divisions
        entries = get_history(person, limit=3)
    assert [[change.after for change in entry.changes] for entry in entries] == [["名4"], ["名3"], ["名2"]]
    assert [entry.version for entry in entries] == sorted((entry.version for entry in entries), reverse=True)
    assert entries[0].version == get_version(person)
