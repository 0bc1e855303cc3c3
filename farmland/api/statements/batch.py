"""One step for many statements over REST: a result for each, one refusal undoing nothing of the others."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.actions import statements as actions
from farmland.api.statements.shared import answer
from farmland.models import AnnualStatement, StatementStatus


class BatchSerializer(serializers.Serializer):
    """A step, one comment for all, and the statements by their numbers; a number given twice counts once."""

    action = serializers.ChoiceField(choices=actions.BATCH_ACTIONS)
    statements = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        allow_empty=False,
        max_length=actions.MOST_STATEMENTS,
    )
    comment = serializers.CharField(max_length=2000, allow_blank=True, default="")


class ResultSerializer(serializers.Serializer):
    """What became of one statement; `code` and `detail` are null where the step was taken."""

    id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=StatementStatus.choices, allow_null=True)
    code = serializers.CharField(allow_null=True)
    detail = serializers.CharField(allow_null=True)


class ResultsSerializer(serializers.Serializer):
    """The results in the order of the request."""

    results = ResultSerializer(many=True)


class StatementBatch(APIView):
    """A reviewer's step for up to a hundred statements."""

    @extend_schema(request=BatchSerializer, responses={200: ResultsSerializer})
    def post(self, request: Request) -> HttpResponse:
        """Take the step for each; always 200 where the request can be read, with the refusals among the results."""
        said = BatchSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        numbers = said.validated_data["statements"]
        rows = AnnualStatement.objects.visible_to(request.user).filter(pk__in=numbers).select_related("division")
        results = actions.take_steps(
            numbers,
            list(rows),
            said.validated_data["action"],
            by=request.user,
            at=timezone.now(),
            comment=said.validated_data["comment"],
        )
        return answer({"results": [result_shape(result) for result in results]})


def result_shape(result: actions.Result) -> dict[str, Any]:
    """What became of one statement."""
    return {
        "id": result.pk, "status": result.status or None, "code": result.code or None, "detail": result.detail or None,
    }  # fmt: skip
