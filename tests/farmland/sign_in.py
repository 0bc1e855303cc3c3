"""Signing in as people do, by the form."""

from django.test import Client
from django.urls import reverse

from tests import factories

LOGIN = "/accounts/login/"


def enter(client: Client, *, username: str = "tangshan", password: str = factories.PASSWORD, **more: str):
    return client.post(LOGIN, {"username": username, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("token_list")).status_code == 200
