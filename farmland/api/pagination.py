"""Pages of a list: `limit` and a cursor, in the order of the rows' own key."""

from base64 import b64decode
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class KeysetPagination(CursorPagination):
    """`?limit=` (50 unless set, at most 1000) and the cursor in `next` and `previous`."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 1000
    ordering = "pk"

    def get_page_size(self, request: Request) -> int:
        """The page's size; raises ValidationError for anything but a whole number from 1 to 1000."""
        text = request.query_params.get(self.page_size_query_param)
        if text is None:
            return self.page_size
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= self.max_page_size and len(text) <= 9):
            raise ValidationError({"limit": _("limit 应为 1 到 %(most)d 的整数。") % {"most": self.max_page_size}})
        return int(text)

    def decode_cursor(self, request: Request) -> Any:
        """The cursor of the request; raises ValidationError for one that is not ours."""
        text = request.query_params.get(self.cursor_query_param)
        try:
            inner = b64decode((text or "").encode("ascii"), validate=True).decode("ascii")
            if text is not None and (not inner or "%00" in inner or not inner.isprintable()):
                raise ValueError(inner)
            return super().decode_cursor(request)
        except (ValueError, NotFound):
            raise ValidationError({"cursor": _("cursor 不是本接口给出的游标。")}) from None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema of a page of rows."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }
