"""The catalogue of indicators over REST."""

from django.http import HttpResponse
from django.utils import translation
from django.utils.functional import Promise
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.api.conditional import conditional
from farmland.api.rendering import dumps
from farmland.indicators import INDICATORS, Indicator
from farmland.selectors.revisions import get_stamp


class IndicatorSerializer(serializers.Serializer):
    """An indicator as programs see it."""

    code = serializers.CharField()
    label = serializers.CharField()
    label_en = serializers.CharField()
    direction = serializers.CharField(allow_null=True)
    is_stock = serializers.BooleanField()
    unit = serializers.CharField()
    display_unit = serializers.CharField()
    decimals = serializers.IntegerField()
    department = serializers.CharField()
    part_of = serializers.CharField(allow_null=True)
    is_headline = serializers.BooleanField()
    policy_point = serializers.CharField()


def spelled(text: str | Promise, language: str) -> str:
    """The text in one language, whatever the caller's is: programs get both names of an indicator."""
    with translation.override(language):
        return str(text)


class IndicatorListSerializer(serializers.Serializer):
    """The shape of a list, with its only page."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = IndicatorSerializer(many=True)


def shape(indicator: Indicator) -> dict[str, object]:
    """One entry of the catalogue; values are in mu, printed in `display_unit` with `decimals`."""
    return {
        "code": indicator.code,
        "label": spelled(indicator.label, "zh-hans"),
        "label_en": spelled(indicator.label, "en"),
        "direction": indicator.direction.value if indicator.direction else None,
        "is_stock": indicator.is_stock,
        "unit": "mu",
        "display_unit": indicator.display_unit.code,
        "decimals": indicator.display_unit.decimals,
        "department": indicator.department.value,
        "part_of": indicator.part_of or None,
        "is_headline": indicator.is_headline,
        "policy_point": indicator.policy_point,
    }


class IndicatorList(APIView):
    """All indicators, which fit on one page."""

    @extend_schema(responses=IndicatorListSerializer)
    def get(self, request: Request) -> HttpResponse:
        """The catalogue, conditional."""

        def build() -> HttpResponse:
            page = {"next": None, "previous": None, "results": [shape(i) for i in INDICATORS.values()]}
            return HttpResponse(dumps(page), content_type="application/json")

        return conditional(request._request, request.user, get_stamp(), build)
