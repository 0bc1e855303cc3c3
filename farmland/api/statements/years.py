"""Reporting years over REST: which are open, by when each level owes its own, and the ministry's call for one."""

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.actions import statements as actions
from farmland.api.conditional import conditional_content
from farmland.api.rendering import dumps
from farmland.api.statements.shared import answer, refusals
from farmland.forms.statements import YearForm
from farmland.models import ReportingYear
from farmland.selectors.revisions import EPOCH
from farmland.selectors.statements import get_years


class YearSerializer(serializers.Serializer):
    """A year and the days by which each level owes its own; later for each level above."""

    year = serializers.IntegerField(min_value=1949, max_value=2100)
    county = serializers.DateField()
    prefecture = serializers.DateField()
    province = serializers.DateField()

    def validate(self, data: dict[str, object]) -> dict[str, object]:
        """The page's own rule."""
        form = YearForm({name: str(value) for name, value in data.items()})
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        return data


class ReportingYears(APIView):
    """The years that the ministry opened."""

    @extend_schema(responses=YearSerializer(many=True))
    def get(self, request: Request) -> HttpResponse:
        """All of them, the latest first."""
        years = get_years()
        changed_at = max((year.opened_at for year in years), default=EPOCH)
        return conditional_content(request._request, dumps([year_shape(year) for year in years]), changed_at)

    @extend_schema(request=YearSerializer, responses={201: YearSerializer})
    def post(self, request: Request) -> HttpResponse:
        """Open a year; 403 for anybody but the ministry, 409 for one that is open already."""
        said = YearSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        with refusals():
            opened = actions.open_year(**said.validated_data, by=request.user, at=timezone.now())
        return answer(year_shape(opened), 201)


def year_shape(year: ReportingYear) -> dict[str, object]:
    """A year as programs see it."""
    days = {"county": year.county_due_on, "prefecture": year.prefecture_due_on, "province": year.province_due_on}
    return {"year": year.year} | {level: day.isoformat() for level, day in days.items()}
