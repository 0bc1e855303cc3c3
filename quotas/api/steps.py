"""What is done with a version over REST: steps on its way, the superior's document, reasons, proposals."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.api.errors import ErrorsSerializer
from farmland.api.statements.shared import answer
from quotas.actions import Typed, With, apply_proposal, explain, name_adjustment, record_paper, take_step
from quotas.actions.locks import lock_version
from quotas.api import shapes
from quotas.api.serializers import (
    AdjustmentBody,
    ProposalBody,
    ProposalShape,
    QuotaReasonBody,
    StepBody,
    VersionDetailShape,
    paper_of,
)
from quotas.api.shared import Answer, guarded, version_of
from quotas.api.versions import detail
from quotas.models import QuotaVersion

REFUSED = {409: ErrorsSerializer, 412: ErrorsSerializer, 422: ErrorsSerializer}


class VersionStep(APIView):
    """Every step on a version's way, by its name."""

    @extend_schema(
        operation_id="quotas_versions_step", request=StepBody, responses={200: VersionDetailShape, **REFUSED}
    )
    def post(self, request: Request, pk: int, action: str) -> HttpResponse:
        """Take the step; 403 for the wrong person, 404 for no step, 409 from the wrong state, 422 with all that rules find,
        each with its division."""
        version = version_of(request, pk)
        said = StepBody(data=request.data)
        said.is_valid(raise_exception=True)
        data = said.validated_data
        bringing = With(data["comment"], paper_of(data.get("document")), data.get("redo_due_on"))

        def take() -> QuotaVersion:
            return take_step(version, action, by=request.user, at=timezone.now(), bringing=bringing)

        return answer(detail(write(request, version, take), request.user))


class VersionAdjustment(APIView):
    """The superior's document by which targets may be weakened."""

    @extend_schema(
        operation_id="quotas_versions_adjustment_update", request=AdjustmentBody,
        responses={200: VersionDetailShape, **REFUSED},
    )  # fmt: skip
    def put(self, request: Request, pk: int) -> HttpResponse:
        """Name it, or take it back."""
        version = version_of(request, pk)
        said = AdjustmentBody(data=request.data)
        said.is_valid(raise_exception=True)
        paper, who = paper_of(said.validated_data["document"]), {"by": request.user, "at": timezone.now()}

        def name() -> QuotaVersion:
            document = record_paper(paper, at=who["at"]) if paper else None
            return name_adjustment(version, document=document, **who)

        return answer(detail(write(request, version, name), request.user))


class VersionReasons(APIView):
    """Reasons for findings of SOFT rules."""

    @extend_schema(
        operation_id="quotas_versions_reasons_update", request=QuotaReasonBody,
        responses={200: VersionDetailShape, **REFUSED},
    )  # fmt: skip
    def put(self, request: Request, pk: int) -> HttpResponse:
        """Give, replace or take back a reason; the history keeps all. 422 where the rules find no such thing."""
        version = version_of(request, pk)
        said = QuotaReasonBody(data=request.data)
        said.is_valid(raise_exception=True)
        data = said.validated_data
        write(request, version, lambda: explain(version, **data, by=request.user, at=timezone.now()))
        return answer(detail(version_of(request, pk), request.user))


class VersionProposal(APIView):
    """A proposal for the children's targets that adds up to the owner's exactly."""

    @extend_schema(
        operation_id="quotas_versions_propose", request=ProposalBody, responses={200: ProposalShape, **REFUSED}
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Write it in the place of what stands there; a dry run only answers it. 422 where there is nothing to go by."""
        version = version_of(request, pk)
        said = ProposalBody(data=request.data)
        said.is_valid(raise_exception=True)
        data = said.validated_data
        typed = write(request, version, lambda: apply_proposal(version, **data, by=request.user, at=timezone.now()))
        return answer(proposed(typed))


def write(request: Request, version: QuotaVersion, change: Callable[[], Answer]) -> Answer:
    """Change a version, where If-Match is sent only on top of the state that the caller knows."""

    def known() -> dict[str, Any]:
        return detail(version_of(request, version.pk), request.user)

    return guarded(request, lambda: lock_version(version), known, change)


def proposed(typed: Typed) -> dict[str, list[dict[str, object]]]:
    """A proposal as programs see it."""
    return {
        "nodes": [
            {
                "division": outcome.cell.division, "value_mu": shapes.mu(outcome.value_mu), "state": outcome.state,
                "version": outcome.version,
            }
            for outcome in typed.outcomes
        ],
        "findings": [shapes.finding(found) for found in typed.contents.findings()],
    }  # fmt: skip
