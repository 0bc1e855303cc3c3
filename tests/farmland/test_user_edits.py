"""Changing and deactivating users: by whom, on which version, and what is kept of it."""

import re
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from farmland.actions import tokens
from farmland.actions import users as actions
from farmland.models import ApiToken, Division, User
from farmland.selectors.history import get_history, get_version
from tests import factories
from tests.factories import signed_in


def as_typed(user: User, **more: object) -> dict[str, object]:
    """The form of a user as the page shows it, with changes."""
    names = ("name", "email", "department", "role")
    fields = {name: getattr(user, name) for name in names} | {"division": user.division_id, "is_active": "on"}
    return {"version": get_version(user)} | fields | more


def edit_url(user: User) -> str:
    return reverse("user_edit", args=[user.pk])


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
        actions.edit(admin, values=values | {"division": cast.hebei}, version=get_version(admin), **common)
    with pytest.raises(actions.PermissionDenied):
        actions.create(values={"username": "x"} | values, site="http://testserver/", **common)
    with pytest.raises(actions.PermissionDenied):
        actions.create(
            values=values | {"division": cast.tangshan}, site="http://testserver/", by=person, at=factories.MOMENT
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


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other_at_once() -> None:
    cast = factories.tree()
    pair = [factories.user(role="administrator", division=cast.hebei) for _ in range(2)]
    gate, statuses = threading.Barrier(2, timeout=10), []

    def demote(by: User, other: User) -> None:
        try:
            values = {name: getattr(other, name) for name in actions.EDITABLE}
            version = get_version(other)
            gate.wait()
            actions.edit(
                other,
                values=values | {"role": "viewer", "department": "agriculture"},
                version=version,
                by=by,
                at=factories.MOMENT,
            )
            statuses.append("done")
        except PermissionDenied:
            statuses.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=[pair[i], pair[1 - i]]) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == ["done", "refused"]
    assert User.objects.filter(role="administrator").count() == 1


def test_tokens_of_a_deactivated_user_stay_revoked_when_the_user_comes_back(admin: User, person: User) -> None:
    tokens.create(label="x", by=person, at=factories.MOMENT)
    values = {name: getattr(person, name) for name in actions.EDITABLE}
    for is_active in (False, True):
        actions.edit(
            person, values=values | {"is_active": is_active}, version=get_version(person), by=admin, at=factories.MOMENT
        )
    assert not ApiToken.objects.usable().exists()
