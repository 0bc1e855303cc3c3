"""The list of statements."""

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request

from farmland.api.conditional import conditional
from farmland.api.statements.shared import answer
from farmland.models import AnnualStatement, StatementStatus
from farmland.selectors.revisions import get_stamp


class StatementSerializer(serializers.ModelSerializer):
    """A statement in a list."""

    division = serializers.CharField(source="division_id")

    class Meta:
        model = AnnualStatement
        fields = [
            "id", "division", "year", "version", "status", "is_demo", "handed_in_at", "submitted_at", "approved_at",
            "released_at", "released_level",
        ]  # fmt: skip


class StatementFilter(django_filters.FilterSet):
    """`division`, `year` and `status`."""

    division = django_filters.CharFilter(field_name="division", max_length=6)
    year = django_filters.NumberFilter(field_name="year", min_value=1949, max_value=2100)
    status = django_filters.ChoiceFilter(choices=StatementStatus.choices)

    class Meta:
        model = AnnualStatement
        fields: list[str] = []


class StatementList(ListAPIView):
    """The statements that the caller may see."""

    serializer_class = StatementSerializer
    filterset_class = StatementFilter
    queryset = AnnualStatement.objects.none()

    def get_queryset(self) -> QuerySet[AnnualStatement]:
        """Statements in scope."""
        return AnnualStatement.objects.visible_to(self.request.user)

    def list(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        """A page of statements, conditional."""

        def build() -> HttpResponse:
            return answer(super(StatementList, self).list(request, *args, **kwargs).data)

        return conditional(request._request, request.user, get_stamp(), build)
