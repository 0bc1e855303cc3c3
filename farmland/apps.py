"""The application's place in Django."""

from django.apps import AppConfig


class FarmlandConfig(AppConfig):
    name = "farmland"
    default_auto_field = "django.db.models.BigAutoField"
