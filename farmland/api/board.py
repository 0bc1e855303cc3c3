"""The board over REST: who owes what of a year, and reminders."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.actions.reminders import MOST_UNITS, Reminded, remind
from farmland.api.conditional import conditional_content
from farmland.api.errors import ErrorsSerializer
from farmland.api.rendering import dumps
from farmland.api.statements.shared import answer, refusals
from farmland.models import AnnualStatement, Division, Level
from farmland.selectors.board import Board, BoardRow, get_board, get_changed_at, totals

LEVELS = (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY)


class BoardQuerySerializer(serializers.Serializer):
    """Which year and level, of which division's subtree."""

    year = serializers.IntegerField(min_value=1949, max_value=2100)
    level = serializers.ChoiceField(choices=LEVELS, default=Level.PROVINCE)
    division = serializers.RegexField(r"^[0-9]{6}\Z", required=False)


class RemindSerializer(serializers.Serializer):
    """The units to remind, and the words to them."""

    year = serializers.IntegerField(min_value=1949, max_value=2100)
    divisions = serializers.ListField(
        child=serializers.RegexField(r"^[0-9]{6}\Z"), allow_empty=False, max_length=MOST_UNITS
    )
    text = serializers.CharField(max_length=600, allow_blank=True, default="")


class RemindedSerializer(serializers.Serializer):
    """What became of one unit; `code` and `detail` are null where its people were told."""

    division = serializers.CharField()
    recipients = serializers.IntegerField()
    code = serializers.CharField(allow_null=True)
    detail = serializers.CharField(allow_null=True)


class RemindedListSerializer(serializers.Serializer):
    """The results in the order of the request."""

    results = RemindedSerializer(many=True)


class BoardView(APIView):
    """The board of a year: states, counts and dates, never figures."""

    @extend_schema(
        parameters=[BoardQuerySerializer], responses={200: dict, 403: ErrorsSerializer, 404: ErrorsSerializer}
    )
    def get(self, request: Request) -> HttpResponse:
        """The units or rows in the caller's scope; 403 for who has no business rights."""
        if not request.user.has_business_rights:
            raise PermissionDenied
        asked = BoardQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        divisions, statements = (
            Division.objects.visible_to(request.user),
            AnnualStatement.objects.visible_to(request.user),
        )
        if "division" in said:
            place = get_object_or_404(divisions, pk=said["division"])
            divisions = divisions.within(place)
        today = timezone.localdate()
        board = get_board(divisions, statements, year=said["year"], level=said["level"], today=today)
        content = dumps({"as_of": today.isoformat(), **board_shape(board)})
        return conditional_content(request._request, content, get_changed_at())


class BoardRemind(APIView):
    """Reminders to units that owe something."""

    @extend_schema(request=RemindSerializer, responses={200: RemindedListSerializer})
    def post(self, request: Request) -> HttpResponse:
        """Remind each; a result for each, one refusal undoing nothing of the others. 403 for who reminds nobody."""
        said = RemindSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        codes = said.validated_data["divisions"]
        known = Division.objects.visible_to(request.user).filter(pk__in=codes)
        with refusals():
            results = remind(
                codes,
                known,
                year=said.validated_data["year"],
                text=said.validated_data["text"],
                by=request.user,
                at=timezone.now(),
            )
        return answer({"results": [reminded_shape(result) for result in results]})


def board_shape(board: Board) -> dict[str, Any]:
    """A board as programs see it."""
    summed = totals(board.rows)
    return {
        "year": board.year, "level": board.level, "opened": board.opened is not None,
        "totals": {
            "expected": summed.expected, "arrived": summed.arrived, "on_time": summed.on_time, "late": summed.late,
            "overdue": summed.overdue, "untouched": summed.untouched,
        },
        "results": [row_shape(row) for row in board.rows],
    }  # fmt: skip


def row_shape(row: BoardRow) -> dict[str, Any]:
    """A unit's or a row's year; `days` from its day, below zero early; `days_left` while it is owed and not overdue."""
    statement, reminder = row.statement, row.reminder
    return {
        "division": row.division.code, "name": row.division.name, "statement": statement.pk if statement else None,
        "state": row.state, "due_on": row.due_on.isoformat() if row.due_on else None, "days": row.days,
        "days_left": row.days_left,
        "overdue": row.is_overdue, "owes": row.owes,
        "handed_in_at": moment(statement.handed_in_at if statement else None),
        "submitted_at": moment(statement.submitted_at if statement else None),
        "filled": row.filled.done, "expected": row.filled.expected,
        "done": [
            {"level": level, "department": department, "done": part.done, "expected": part.expected}
            for (level, department), part in row.done.items()
        ],
        "reasons": row.flags, "versions": row.versions, "correcting": row.is_correcting,
        "correction_requests": row.requests,
        "reminder": {"at": moment(reminder.at), "by": str(reminder.by or "") or None, "recipients": reminder.recipients}
        if reminder
        else None,
    }  # fmt: skip


def moment(at: Any) -> str | None:
    """A time in the site's zone."""
    return timezone.localtime(at).isoformat() if at else None


def reminded_shape(result: Reminded) -> dict[str, Any]:
    """What became of one unit."""
    return {
        "division": result.code_of_unit, "recipients": result.recipients, "code": result.code or None,
        "detail": result.detail or None,
    }  # fmt: skip
