"""Give the application's database role what it needs and no more: history is added to, never changed."""

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg import sql

APPEND_ONLY_BASES = ("pgh_created_at",)


def append_only_tables() -> list[str]:
    """The tables that the application may only add to: every history table and its contexts."""
    models = apps.get_models(include_auto_created=True)
    return sorted(
        model._meta.db_table
        for model in models
        if any(field.name in APPEND_ONLY_BASES for field in model._meta.get_fields()) and not model._meta.proxy
        and model._meta.managed
    )  # fmt: skip


class Command(BaseCommand):
    """`manage.py grant_application_role ROLE`, run by the owner of the tables after each migration."""

    help = "Grant the application's database role its rights; it may not update, delete or truncate the history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The role's name."""
        parser.add_argument("role")

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant everything on the working tables, and reading and adding on the history."""
        role = sql.Identifier(options["role"])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [options["role"]])
            row = cursor.fetchone()
            if row is None:
                raise CommandError(f"there is no database role {options['role']}")
            if row[0]:
                raise CommandError(f"{options['role']} is a superuser: no right can be withheld from it")
            for statement in (
                "GRANT USAGE ON SCHEMA public TO {role}",
                "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
                "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",  # those of the queue
            ):
                cursor.execute(sql.SQL(statement).format(role=role))
            for table in append_only_tables():
                cursor.execute(
                    sql.SQL("REVOKE UPDATE, DELETE ON {table} FROM {role}").format(
                        table=sql.Identifier(table), role=role
                    )
                )
        self.stdout.write(f"{options['role']}: {len(append_only_tables())} history tables may only be added to")
