"""Printed forms and signed copies of a statement over REST."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.actions.prints import file_signed_copy, make_print
from farmland.api.prints import print_shape
from farmland.api.statements.shared import answer, file_shape, refusals, statement_of
from farmland.forms.scans import clean_code, code_from
from farmland.models import PrintedForm
from farmland.units import UNITS
from farmland.workflow import Refused


class PrintSerializer(serializers.Serializer):
    """The unit of area that the form is printed in."""

    unit = serializers.ChoiceField(choices=["mu", "wan_mu", "ha", "m2"], default="wan_mu")


class SignedSerializer(serializers.Serializer):
    """A signed copy, and its code where it cannot be read from the file."""

    file = serializers.FileField(allow_empty_file=True, max_length=1000)
    code = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")

    def validate_code(self, text: str) -> str:
        """The code as it is kept."""
        if text.strip() and not clean_code(text):
            raise serializers.ValidationError(_("校验码为 16 位字母和数字，请对照打印件重新输入。"))
        return clean_code(text)


class StatementPrints(APIView):
    """Printing what the caller sees of a statement."""

    parser_classes = [JSONParser]

    @extend_schema(request=PrintSerializer, responses={201: dict})
    def post(self, request: Request, pk: int) -> HttpResponse:
        """The form's code and digest; the same content keeps its code. Its page is /statements/{id}/prints/{print}/."""
        statement = statement_of(request, pk)
        said = PrintSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        with refusals():
            unit = UNITS[said.validated_data["unit"]]
            printed = make_print(statement, unit=unit, by=request.user, at=timezone.now())
        return answer(print_shape(printed), 201)


class SignedCopies(APIView):
    """What came back signed."""

    parser_classes = [MultiPartParser]

    @extend_schema(request={"multipart/form-data": SignedSerializer}, responses={201: dict})
    def post(self, request: Request, pk: int) -> HttpResponse:
        """File a signed copy; 422 says what is wrong with it."""
        statement = statement_of(request, pk)
        sent = SignedSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        file = sent.validated_data["file"]
        with refusals():
            code, is_read = code_from(file, sent.validated_data["code"])
            rows = PrintedForm.objects.visible_to(request.user).select_related("statement__division", "by")
            printed = rows.filter(code=code).first()
            if printed is None:
                raise Refused(422, "not_found", _("没有这个校验码的打印件，或不在您的范围内。"))
            copy = file_signed_copy(
                statement,
                printed,
                name=file.name or "",
                content=file,
                is_read=is_read,
                by=request.user,
                at=timezone.now(),
            )
        return answer({"print": print_shape(printed), "read": copy.is_read, "file": file_shape(copy.attachment)}, 201)
