"""Parts of addresses."""

from django.urls import register_converter


class DivisionCode:
    """A six-digit division code."""

    regex = "[0-9]{6}"

    def to_python(self, value: str) -> str:
        """The code itself."""
        return value

    def to_url(self, value: str) -> str:
        """The code itself."""
        return value


register_converter(DivisionCode, "division")
