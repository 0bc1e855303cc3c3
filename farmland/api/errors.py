"""Errors of the API in the shape of drf-standardized-errors."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from drf_standardized_errors.handler import exception_handler as standard_handler
from rest_framework.exceptions import ParseError
from rest_framework.response import Response


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception; a request that Django finds suspicious is malformed (400), not our failure."""
    if isinstance(exc, SuspiciousOperation | RequestDataTooBig | UnicodeError):
        exc = ParseError()
    return standard_handler(exc, context)
