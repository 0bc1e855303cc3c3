"""What people say of a statement, over REST: comments, reasons for findings, rows that are done."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.actions import statements as actions
from farmland.api.statements.shared import answer, comment_shape, refusals, statement_of
from farmland.models import Comment, FinishedRow


class CommentSerializer(serializers.Serializer):
    """A comment on a cell, a row (no indicator) or the whole (no division)."""

    division = serializers.RegexField(r"^[0-9]{6}\Z", required=False, allow_blank=True, default="")
    indicator = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=2000)


class ReasonSerializer(serializers.Serializer):
    """Why a finding of a SOFT rule stands: `code`, `division` and `indicator` are those of the finding."""

    code = serializers.CharField(max_length=40)
    division = serializers.RegexField(r"^[0-9]{6}\Z")
    indicator = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=2000)


class RowSerializer(serializers.Serializer):
    """A row that is done for the caller's department, or is not any more."""

    division = serializers.RegexField(r"^[0-9]{6}\Z")
    done = serializers.BooleanField(default=True)


class Comments(APIView):
    """Comments of a statement."""

    @extend_schema(request=CommentSerializer, responses={201: dict})
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Say something of a cell, a row or the whole; 403 for who has no part in it."""
        statement, said = statement_of(request, pk), CommentSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        with refusals():
            comment = actions.add_comment(statement, **said.validated_data, by=request.user, at=timezone.now())
        return answer(comment_shape(comment), 201)


class CommentResolve(APIView):
    """A comment that was dealt with."""

    @extend_schema(request=None, responses={200: dict})
    def post(self, request: Request, pk: int, comment: int) -> HttpResponse:
        """Mark it; who did so first stays."""
        rows = Comment.objects.visible_to(request.user).filter(statement=statement_of(request, pk))
        said = get_object_or_404(rows.select_related("statement__division", "by"), pk=comment)
        with refusals():
            actions.resolve_comment(said, by=request.user, at=timezone.now())
        said.refresh_from_db()
        return answer(comment_shape(said))


class Reasons(APIView):
    """Reasons for findings."""

    @extend_schema(request=ReasonSerializer, responses={200: dict})
    def put(self, request: Request, pk: int) -> HttpResponse:
        """Give or replace the reason; the history keeps both."""
        statement, said = statement_of(request, pk), ReasonSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        data = dict(said.validated_data)
        with refusals():
            reason = actions.give_reason(statement, rule=data.pop("code"), **data, by=request.user, at=timezone.now())
        return answer(
            {"code": reason.rule, "division": reason.division_id, "indicator": reason.indicator, "text": reason.text}
        )


class Rows(APIView):
    """Rows that counties and prefectures marked as done."""

    @extend_schema(request=RowSerializer, responses={200: dict})
    def put(self, request: Request, pk: int) -> HttpResponse:
        """Mark a row as done for the caller's department, or take the mark back."""
        statement, said = statement_of(request, pk), RowSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        division, is_done = said.validated_data["division"], said.validated_data["done"]
        action = actions.finish_row if is_done else actions.reopen_row
        with refusals():
            action(statement, division=division, by=request.user, at=timezone.now())
        rows = (
            FinishedRow.objects.visible_to(request.user).filter(statement=statement).order_by("division", "department")
        )
        return answer({"done": [{"division": row.division_id, "department": row.department} for row in rows]})
