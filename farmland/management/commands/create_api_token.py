"""Make an API token for a user."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from farmland.actions import tokens
from farmland.forms.tokens import TokenForm
from farmland.models import User


class Command(BaseCommand):
    """`create_api_token USERNAME [--label …]` prints the token, and nothing else, on standard output."""

    help = "Make an API token for a user and print it. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The user, and what the token is for."""
        parser.add_argument("username")
        parser.add_argument("--label", default="", help="what the token is for")

    def handle(self, *args: Any, username: str, label: str, **options: Any) -> None:
        """Make the token. Raises CommandError for a user who could not use it."""
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"no user is called {username!r}")
        if not user.is_active:
            raise CommandError(f"user {username!r} is deactivated")
        form = TokenForm({"label": label})
        if not form.is_valid():
            raise CommandError(form.errors["label"].as_text())
        self.stdout.write(tokens.create(label=label, by=user, at=timezone.now()))
