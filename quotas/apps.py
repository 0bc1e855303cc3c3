"""The application's place in Django."""

from importlib import import_module

from django.apps import AppConfig


class QuotasConfig(AppConfig):
    name = "quotas"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let files of targets be received, checked and applied."""
        import_module("quotas.jobs.uploads")
