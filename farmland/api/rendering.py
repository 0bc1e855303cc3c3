"""JSON by orjson. Decimals must arrive as strings: an API never lets an exact area turn into a float."""

from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from farmland.ui.downloads import XLSX


def plain(value: object) -> object:
    """What orjson does not know: lazy translations are text; anything else is a mistake."""
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON: shape it in the serializer")


def dumps(data: object) -> bytes:
    """The data as JSON in UTF-8."""
    return orjson.dumps(data, default=plain)


class FormatFirst(DefaultContentNegotiation):
    """`?format=` decides, whatever the Accept header says; without it the header does."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        """The renderer and its media type; raises NotAcceptable."""
        asked = request.query_params.get("format")
        for renderer in renderers:
            if renderer.format == asked:
                return renderer, renderer.media_type
        return super().select_renderer(request, renderers, format_suffix)


class CSVRenderer(BaseRenderer):
    """Names the media type of tables; the view writes the bytes itself."""

    media_type = "text/csv"
    format = "csv"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """An error of such an answer, as JSON all the same."""
        return dumps(data)


class XLSXRenderer(CSVRenderer):
    """The same for workbooks."""

    media_type = XLSX
    format = "xlsx"


class JSONRenderer(BaseRenderer):
    """JSON in UTF-8."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """The data as JSON; nothing for an empty answer."""
        return b"" if data is None else dumps(data)
