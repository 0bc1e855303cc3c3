"""Programs that speak with the API of promises by a user's token."""

from typing import Any

from django.test import Client

from farmland.actions import tokens
from farmland.models import User
from tests.factories import MOMENT


class Program:
    """A client with a user's token; addresses are below /api/v1/quotas/."""

    def __init__(self, user: User) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {tokens.create(label='x', by=user, at=MOMENT)}"})

    def get(self, address: str = "", **headers: str):
        return self.client.get(f"/api/v1/quotas/{address}", headers=headers)

    def put(self, address: str, data: Any, **headers: str):
        return self.client.put(
            f"/api/v1/quotas/{address}", data, content_type="application/json", headers=headers or None
        )

    def post(self, address: str, data: Any = None, **headers: str):
        return self.client.post(
            f"/api/v1/quotas/{address}", data or {}, content_type="application/json", headers=headers or None
        )

    def send(self, address: str, **data: Any):
        return self.client.post(f"/api/v1/quotas/{address}", data)


def refusal(response) -> tuple[int, str]:
    """The status and the code of the first error."""
    return response.status_code, response.json()["errors"][0]["code"]
