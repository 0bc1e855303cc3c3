"""`GET /api/v1/summary/`: how divisions stand against their targets in a year."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from assessments import workbooks
from assessments.api import shapes
from assessments.forms import LEVELS, SummaryQuery
from assessments.selectors import access
from assessments.views.scope import scope_of
from farmland.api.conditional import conditional
from farmland.api.errors import ErrorsSerializer
from farmland.api.rendering import CSVRenderer, FormatFirst, JSONRenderer, XLSXRenderer, dumps
from farmland.models import NATION, Division, Level
from farmland.selectors.revisions import get_stamp

XLSX = XLSXRenderer.media_type
FORMATS = ("json", "csv", "xlsx")
PARAMETERS = [
    OpenApiParameter("year", int, required=True, description="统计年度（12 月 31 日时点）"),
    OpenApiParameter("level", str, enum=[value for value, _label in LEVELS], default="province"),
    OpenApiParameter("division", str, description="六位行政区划代码；结果为其下该级别的区划"),
    OpenApiParameter("as_of", OpenApiTypes.DATE, description="按这一天结束时（上海时间）所知的数据"),
    OpenApiParameter("format", str, enum=FORMATS, default="json"),
]


class Summary(APIView):
    """The summary as JSON, CSV or XLSX: the same numbers as the pages."""

    renderer_classes = [JSONRenderer, CSVRenderer, XLSXRenderer]
    content_negotiation_class = FormatFirst

    @extend_schema(
        parameters=PARAMETERS,
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "text/csv"): OpenApiTypes.BINARY,
            (200, XLSX): OpenApiTypes.BINARY,
            404: ErrorsSerializer,
        },
    )
    def get(self, request: Request) -> HttpResponse:
        """Values, targets, headroom and status; conditional. 400 for what cannot be read, 404 out of scope."""
        stamp = get_stamp()
        # What was answered before under this address needs no second reading of its parameters.
        return conditional(request._request, request.user, stamp, lambda: build(request, stamp))


def build(request: Request, stamp: access.Stamp) -> HttpResponse:
    """The answer's bytes in the format asked for; raises ValidationError or Http404."""
    query = SummaryQuery(request.query_params)
    if not query.is_valid():
        raise ValidationError({field: list(texts) for field, texts in query.errors.items()})
    kind = request.query_params.get("format") or request.accepted_renderer.format
    if kind not in FORMATS:
        raise ValidationError({"format": _("format 应为 json、csv 或 xlsx。")})
    if query.cleaned_data["year"] is None:
        raise ValidationError({"year": _("请给出年度，如 ?year=2023。")})
    asked = query.cleaned_data
    level = asked["level"] or Level.PROVINCE.value
    try:
        cards = access.scorecards(
            scope_of(request.user, stamp),
            year=asked["year"],
            level=level,
            parent=asked["division"] or NATION,
            moment=query.moment,
        )
    except Division.DoesNotExist:
        raise Http404 from None
    data = shapes.summary(cards, level=level, as_of=query.moment or stamp.changed_at)
    if kind == "json":
        return HttpResponse(dumps(data), content_type="application/json")
    name = f"summary-{asked['year']}-{level}.{kind}"
    content = workbooks.to_csv(data) if kind == "csv" else workbooks.to_xlsx(data)
    content_type = "text/csv; charset=utf-8" if kind == "csv" else XLSX
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
