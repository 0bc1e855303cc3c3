"""The schema of the interface, conditional like every other answer."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from farmland.api.conditional import conditional
from farmland.selectors.revisions import get_stamp


class Schema(SpectacularAPIView):
    """OpenAPI 3.1 of everything under /api/v1/."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """The schema; 304 where the caller has it."""

        def build() -> HttpResponse:
            response = super(Schema, self).get(request, *args, **kwargs)
            renderer = request.accepted_renderer
            content = renderer.render(response.data, renderer.media_type, self.get_renderer_context())
            return HttpResponse(content, content_type=renderer.media_type)

        return conditional(request._request, request.user, get_stamp(), build)
