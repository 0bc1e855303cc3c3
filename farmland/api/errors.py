"""Errors of the API in the shape of drf-standardized-errors."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from drf_standardized_errors import handler
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.response import Response


class ExceptionHandler(handler.ExceptionHandler):
    """A request that Django finds suspicious is malformed (400), not our failure."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """The REST framework's exception for one of Django's."""
        if isinstance(exc, SuspiciousOperation | RequestDataTooBig | UnicodeError | RecursionError):
            return ParseError()
        return super().convert_known_exceptions(exc)

    def get_response(self, exc: APIException, data: dict[str, Any]) -> Response:
        """The answer, in JSON also where a table was asked for."""
        response = super().get_response(exc, data)
        response.content_type = "application/json"
        return response


class ErrorSerializer(serializers.Serializer):
    """One error: its code, a sentence, and the parameter or field it belongs to."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class ErrorsSerializer(serializers.Serializer):
    """The answer to a request that is refused."""

    type = serializers.ChoiceField(choices=["validation_error", "client_error", "server_error"])
    errors = ErrorSerializer(many=True)
