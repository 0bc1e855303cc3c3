"""Tokens: shown once, kept as a digest, listed and revoked by their owner alone."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from farmland.models import ApiToken
from farmland.models.tokens import digest
from farmland.selectors.history import get_history
from tests import factories


def open_interface(key: str):
    return Client().get(reverse("api_indicator_list"), headers={"Authorization": f"Bearer {key}"})


def made(username: str, **options: str) -> str:
    out, err = StringIO(), StringIO()
    call_command("create_api_token", username, stdout=out, stderr=err, **options)
    assert err.getvalue() == ""
    return out.getvalue()


@pytest.mark.parametrize("role", ["reporter", "administrator"])
def test_a_token_is_shown_once_and_opens_the_interface(cast, sign_in, role: str) -> None:
    client = sign_in(role, cast.hebei)
    page = client.post(reverse("token_create"), {"label": "省平台"})
    key = re.search(r"<code>([\w-]{43})</code>", page.content.decode()).group(1)
    assert page["Cache-Control"] == "no-store"
    token = ApiToken.objects.get()
    assert (token.label, token.prefix, token.key_digest) == ("省平台", key[:8], digest(key))
    assert open_interface(key).status_code == 200
    listed = client.get(reverse("token_list")).content.decode()
    assert key[:8] in listed
    assert key not in listed


def test_a_revoked_token_opens_nothing_and_keeps_its_moment(cast, sign_in) -> None:
    client = sign_in("viewer", cast.hebei)
    user = client.get(reverse("token_list")).wsgi_request.user
    key = made(user.username).strip()
    token = ApiToken.objects.get()
    for _ in range(2):
        assert client.post(reverse("token_revoke", args=[token.pk])).status_code == 302
        revoked_at = token.revoked_at
        token.refresh_from_db()
        assert revoked_at in (None, token.revoked_at)
    assert token.revoked_at is not None
    assert open_interface(key).status_code == 401
    assert "作废" in client.get(reverse("token_list")).content.decode()


def test_the_tokens_of_a_deactivated_user_open_nothing(cast) -> None:
    user = factories.user(role="viewer", division=cast.hebei, username="hebei")
    key = made("hebei").strip()
    user.is_active = False
    user.save()
    assert open_interface(key).status_code == 401


def test_nobody_lists_or_revokes_the_tokens_of_somebody_else(cast, sign_in) -> None:
    factories.user(role="viewer", division=cast.hebei, username="neighbour")
    made("neighbour", label="邻居的令牌")
    token = ApiToken.objects.get()
    for role in ("viewer", "administrator"):
        client = sign_in(role, cast.hebei)
        assert "邻居的令牌" not in client.get(reverse("token_list")).content.decode()
        assert client.post(reverse("token_revoke", args=[token.pk])).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_a_label_that_is_too_long_is_an_error_of_the_form(cast, sign_in) -> None:
    response = sign_in("viewer", cast.hebei).post(reverse("token_create"), {"label": "长" * 81})
    assert "error-summary" in response.content.decode()
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("name", ["token_create", "token_revoke"])
def test_tokens_are_written_by_post(cast, sign_in, name: str) -> None:
    address = reverse(name, args=[1] if name == "token_revoke" else [])
    assert sign_in("viewer", cast.hebei).get(address).status_code == 405


def test_the_list_takes_as_many_queries_for_many_tokens_as_for_one(cast, sign_in, django_assert_num_queries) -> None:
    client = sign_in("viewer", cast.hebei)
    user = client.get(reverse("token_list")).wsgi_request.user
    for number in (1, 5):
        for _ in range(number):
            made(user.username)
        with django_assert_num_queries(4):  # session, user, tokens, unread notices
            client.get(reverse("token_list"))


def test_the_command_prints_the_token_and_nothing_else(cast) -> None:
    factories.user(role="viewer", division=cast.hebei, username="hebei")
    out = made("hebei", label="汇总程序")
    assert re.fullmatch(r"[\w-]{43}\n", out)
    token = ApiToken.objects.get()
    assert (token.label, token.user.username) == ("汇总程序", "hebei")
    assert [entry.who for entry in get_history(token)] == ["hebei"]
    assert open_interface(out.strip()).status_code == 200


def test_the_command_refuses_users_who_could_not_use_a_token(cast) -> None:
    factories.user(role="viewer", division=cast.hebei, username="left", is_active=False)
    factories.user(role="viewer", division=cast.hebei, username="hebei")
    long = ["hebei", "--label", "x" * 81]
    for arguments, reason in ((["nobody"], "no user"), (["left"], "deactivated"), (long, "80")):
        with pytest.raises(CommandError, match=reason):
            call_command("create_api_token", *arguments)
    assert not ApiToken.objects.exists()
