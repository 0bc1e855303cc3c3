"""JSON by orjson. Decimals must arrive as strings: an API never lets an exact area turn into a float."""

from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


def plain(value: object) -> object:
    """What orjson does not know: lazy translations are text; anything else is a mistake."""
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON: shape it in the serializer")


def dumps(data: object) -> bytes:
    """The data as JSON in UTF-8."""
    return orjson.dumps(data, default=plain)


class JSONRenderer(BaseRenderer):
    """JSON in UTF-8."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """The data as JSON; nothing for an empty answer."""
        return b"" if data is None else dumps(data)
