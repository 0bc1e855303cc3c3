"""Divisions over REST."""

import django_filters
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from farmland.api.conditional import conditional
from farmland.api.rendering import dumps
from farmland.models import Division, Level
from farmland.selectors.revisions import get_stamp


class DivisionSerializer(serializers.ModelSerializer):
    """A division as programs see it."""

    parent = serializers.CharField(source="parent_id", allow_null=True)
    successor = serializers.CharField(source="successor_id", allow_null=True)

    class Meta:
        model = Division
        fields = [
            "code", "name", "name_en", "short_name", "level", "parent", "is_leaf", "grain_zone", "region",
            "has_black_soil", "counts_in_national_total", "abolished_on", "successor",
        ]  # fmt: skip


class DivisionFilter(django_filters.FilterSet):
    """`level`, `parent` and `search` (part of a name, or the beginning of a code)."""

    level = django_filters.ChoiceFilter(choices=Level.choices, method="of_level")
    parent = django_filters.CharFilter(field_name="parent", max_length=6)
    search = django_filters.CharFilter(method="named", max_length=60, label=_("名称或代码"))

    class Meta:
        model = Division
        fields: list[str] = []

    def of_level(self, rows: QuerySet[Division], name: str, value: str) -> QuerySet[Division]:
        """Rows of a level; the county level includes the prefectures that are leaves."""
        return rows.filter(Division.objects.level_condition(value))

    def named(self, rows: QuerySet[Division], name: str, value: str) -> QuerySet[Division]:
        """Rows by part of a Chinese or English name, or by the beginning of a code."""
        return rows.filter(Q(name__contains=value) | Q(name_en__icontains=value) | Q(code__startswith=value))


class DivisionList(ListAPIView):
    """The divisions that the caller may read, in the order of their codes."""

    serializer_class = DivisionSerializer
    filterset_class = DivisionFilter
    queryset = Division.objects.none()

    def get_queryset(self) -> QuerySet[Division]:
        """Divisions in scope, without grouping rows."""
        return Division.objects.readable_by(self.request.user).shown()

    def list(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        """A page of divisions, conditional."""

        def build() -> HttpResponse:
            data = super(DivisionList, self).list(request, *args, **kwargs).data
            return HttpResponse(dumps(data), content_type="application/json")

        return conditional(request._request, request.user, get_stamp(), build)


class DivisionDetail(APIView):
    """One division."""

    @extend_schema(responses=DivisionSerializer)
    def get(self, request: Request, code: str) -> HttpResponse | Response:
        """The division with this code; 404 where it is not the caller's to read."""

        def build() -> HttpResponse:
            row = Division.objects.readable_by(request.user).shown().filter(code=code).first()
            if row is None:
                raise Http404
            return HttpResponse(dumps(DivisionSerializer(row).data), content_type="application/json")

        return conditional(request._request, request.user, get_stamp(), build)
