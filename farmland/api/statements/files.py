"""Files of evidence over REST."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.actions import statements as actions
from farmland.api.statements.detail import shape
from farmland.api.statements.shared import answer, file_shape, files_of, statement_of, written
from farmland.indicators import INDICATOR_CHOICES
from farmland.models import AnnualStatement, Attachment
from farmland.ui.downloads import TYPES, evidence_response


class AttachSerializer(serializers.Serializer):
    """A file, and where it belongs: a cell, a row (no indicator) or the whole statement (no division)."""

    file = serializers.FileField(allow_empty_file=True, max_length=1000)  # what is wrong with it the action says
    division = serializers.RegexField(r"^[0-9]{6}\Z", required=False, allow_blank=True, default="")
    indicator = serializers.ChoiceField(INDICATOR_CHOICES, required=False, allow_blank=True, default="")


class FileSerializer(serializers.Serializer):
    """A file of evidence as programs see it."""

    id = serializers.IntegerField()
    division = serializers.CharField(allow_null=True)
    indicator = serializers.CharField(allow_null=True)
    correction = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    kind = serializers.ChoiceField(sorted(TYPES))
    size = serializers.IntegerField()
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    by = serializers.CharField()
    at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField()


class StatementFiles(APIView):
    """The files of a statement, and one more."""

    parser_classes = [MultiPartParser]

    @extend_schema(responses=FileSerializer(many=True))
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The files that the caller sees, withdrawn ones too."""
        return answer([file_shape(file) for file in files_of(statement_of(request, pk), request)])

    @extend_schema(request={"multipart/form-data": AttachSerializer}, responses={201: FileSerializer})
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Hand in a file; 422 says what is wrong with it. The same at the same place is answered as it stands there."""
        statement_of(request, pk)
        sent = AttachSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        data = sent.validated_data

        def attach(statement: AnnualStatement) -> Attachment:
            return actions.attach(
                statement,
                name=data["file"].name or "",
                content=data["file"],
                division=data["division"],
                indicator=data["indicator"],
                by=request.user,
                at=timezone.now(),
            )

        made = written(request, pk, attach, lambda statement: shape(statement, request))
        return answer(file_shape(made), status=201)


class AnyAccept(DefaultContentNegotiation):
    """A file is what it is, whatever the caller would rather have; errors are JSON."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The first, which is JSON's."""
        return renderers[0], renderers[0].media_type


def file_of(request: Request, pk: int, file: int) -> Attachment:
    """The file in the caller's scope; 404 outside it."""
    return get_object_or_404(files_of(statement_of(request, pk), request), pk=file)


class StatementFile(APIView):
    """The content of a file."""

    content_negotiation_class = AnyAccept

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in dict.fromkeys(TYPES.values())})
    def get(self, request: Request, pk: int, file: int) -> FileResponse:
        """The content, withdrawn or not, under its name."""
        return evidence_response(file_of(request, pk, file))


class StatementFileWithdraw(APIView):
    """Taking a file back."""

    @extend_schema(request=None, responses=FileSerializer)
    def post(self, request: Request, pk: int, file: int) -> HttpResponse:
        """Withdraw a file of one's own while the statement is open; it stays listed."""
        found = file_of(request, pk, file)

        def withdraw(statement: AnnualStatement) -> None:
            actions.withdraw_attachment(found, by=request.user, at=timezone.now())

        written(request, pk, withdraw, lambda statement: shape(statement, request))
        return answer(file_shape(file_of(request, pk, file)))
