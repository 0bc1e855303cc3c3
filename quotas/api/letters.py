"""Responsibility letters over REST: who signed and when, and the signed copy."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.api.conditional import conditional, conditional_content
from farmland.api.errors import ErrorsSerializer
from farmland.api.rendering import dumps
from farmland.api.statements.files import AnyAccept
from farmland.api.statements.shared import answer
from farmland.selectors.revisions import get_stamp
from farmland.ui.downloads import TYPES, evidence_response
from quotas.actions import Signed, record_signatures
from quotas.api import shapes
from quotas.api.serializers import CopyBody, LetterQuery, LetterShape, SignaturesBody
from quotas.api.shared import guarded
from quotas.api.steps import REFUSED
from quotas.api.targets import division_of
from quotas.models import Letter


class LetterList(ListAPIView):
    """The letters of the caller's subtree."""

    serializer_class = LetterShape
    filter_backends = ()
    queryset = Letter.objects.none()

    @extend_schema(
        operation_id="quotas_letters_list",
        parameters=[LetterQuery],
        responses={200: LetterShape(many=True), 404: ErrorsSerializer},
    )
    def get(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        """A page of them, conditional."""
        return conditional(request._request, request.user, get_stamp(), lambda: self.page(request))

    def page(self, request: Request) -> HttpResponse:
        """The page; one query for however many letters."""
        asked = LetterQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        said: dict[str, Any] = {}
        for name, value in asked.validated_data.items():
            if name == "period":
                said["target_year"] = value
            else:
                said[name] = division_of(value)
        letters = self.paginate_queryset(letters_of(request).filter(**said))
        return answer(self.get_paginated_response([shape(letter) for letter in letters]).data)


class LetterDetail(APIView):
    """One letter."""

    @extend_schema(operation_id="quotas_letters_retrieve", responses=LetterShape)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The letter; 404 outside the caller's subtree."""
        content = dumps(shape(letter_of(request, pk)))
        return conditional_content(request._request, content, get_stamp().changed_at)

    @extend_schema(
        operation_id="quotas_letters_update", request=SignaturesBody, responses={200: LetterShape, **REFUSED}
    )
    def put(self, request: Request, pk: int) -> HttpResponse:
        """Write down who signed and when; 403 for who is of neither division, 409 where somebody else changed it, 422 for
        one signature alone without a reason (Q-11), a date without a name or of the future."""
        letter = letter_of(request, pk)
        said = SignaturesBody(data=request.data)
        said.is_valid(raise_exception=True)
        write(request, letter, Signed(**said.validated_data))
        return answer(shape(letter_of(request, pk)))


class LetterCopy(APIView):
    """The signed copy of a letter."""

    parser_classes = [MultiPartParser]
    content_negotiation_class = AnyAccept

    @extend_schema(
        operation_id="quotas_letters_copy_retrieve",
        responses={(200, TYPES[kind]): OpenApiTypes.BINARY for kind in ("pdf", "png", "jpg")},
    )
    def get(self, request: Request, pk: int) -> FileResponse:
        """The content under its name; 404 where there is none."""
        letter = letter_of(request, pk)
        if not letter.sha256:
            raise Http404
        return evidence_response(letter)

    @extend_schema(
        operation_id="quotas_letters_copy_create",
        request={"multipart/form-data": CopyBody},
        responses={201: LetterShape, **REFUSED},
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Keep the copy in the place of what stood there; the signatures stay. 422 for what is no PDF or picture."""
        letter = letter_of(request, pk)
        sent = CopyBody(data=request.data)
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        standing = signed_of(letter)
        if "base_version" in data:
            standing = replace(standing, base_version=data["base_version"])
        write(request, letter, standing, copy=data["file"])
        return answer(shape(letter_of(request, pk)), 201)


def letters_of(request: Request) -> QuerySet[Letter]:
    """The letters of the caller's subtree."""
    return Letter.objects.visible_to(request.user).select_related("upper", "lower", "by")


def letter_of(request: Request, pk: int) -> Letter:
    """The letter in the caller's scope; 404 outside it."""
    return get_object_or_404(letters_of(request), pk=pk)


def signed_of(letter: Letter) -> Signed:
    """The signatures as they stand."""
    return Signed(
        letter.party_signatory, letter.party_signed_on, letter.government_signatory, letter.government_signed_on,
        letter.note, letter.revision,
    )  # fmt: skip


def write(request: Request, letter: Letter, signed: Signed, copy: Any = None) -> Letter:
    """Change a letter, where If-Match is sent only on top of the state that the caller knows."""

    def lock() -> None:
        Letter.objects.visible_to(request.user).select_for_update(of=("self",), no_key=True).get(pk=letter.pk)

    return guarded(
        request, lock, lambda: shape(letter_of(request, letter.pk)),
        lambda: record_signatures(letter, signed, by=request.user, at=timezone.now(), copy=copy),
    )  # fmt: skip


def shape(letter: Letter) -> dict[str, Any]:
    """A letter as programs see it."""
    party, government = letter.party_signed_on, letter.government_signed_on
    return {
        "id": letter.pk, "period": letter.target_year, "upper": shapes.division(letter.upper),
        "lower": shapes.division(letter.lower), "party_signatory": letter.party_signatory or None,
        "party_signed_on": party.isoformat() if party else None,
        "government_signatory": letter.government_signatory or None,
        "government_signed_on": government.isoformat() if government else None, "signed": letter.is_signed,
        "note": letter.note, "copy": copy_shape(letter), "demo": letter.is_demo, "version": letter.revision,
        "by": letter.by.username if letter.by else None, "at": shapes.moment(letter.at),
    }  # fmt: skip


def copy_shape(letter: Letter) -> dict[str, Any] | None:
    """The signed copy; null where there is none."""
    if not letter.sha256:
        return None
    return {
        "name": letter.name, "kind": letter.kind, "size": letter.size, "sha256": letter.sha256,
        "url": reverse("api_quota_letter_copy", kwargs={"pk": letter.pk}),
    }  # fmt: skip
