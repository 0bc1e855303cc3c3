"""The caller's own notices over REST."""

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from farmland.actions import notices as actions
from farmland.api.conditional import conditional_content
from farmland.api.pagination import KeysetPagination
from farmland.api.rendering import dumps
from farmland.models import Notice, NoticeKind
from farmland.selectors.notices import get_mail_choices
from farmland.selectors.revisions import EPOCH
from farmland.ui import notices as shown


class NoticeSerializer(serializers.Serializer):
    """A notice: `title` and `detail` are in the caller's language, `address` is the page that it is about."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=NoticeKind.choices)
    title = serializers.CharField()
    detail = serializers.CharField()
    address = serializers.CharField()
    statement = serializers.IntegerField(allow_null=True)
    year = serializers.IntegerField(allow_null=True)
    by = serializers.CharField(allow_null=True)
    at = serializers.CharField()
    read_at = serializers.CharField(allow_null=True)
    mail = serializers.CharField()

    def to_representation(self, instance: Notice) -> dict[str, Any]:
        """The notice as programs see it."""
        view = shown.view(instance)
        return {
            "id": instance.pk, "kind": instance.kind, "title": view.title, "detail": view.detail,
            "address": view.address, "statement": instance.statement_id, "year": instance.year,
            "by": instance.by.username if instance.by else None, "at": local(instance.at),
            "read_at": local(instance.read_at), "mail": instance.mail,
        }  # fmt: skip


class ChoicesSerializer(serializers.Serializer):
    """By kind, whether a notice also comes by mail."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """One switch for each kind."""
        return {kind: serializers.BooleanField(required=False) for kind in NoticeKind.values}


def local(moment: datetime | None) -> str | None:
    """A moment in China's time."""
    return timezone.localtime(moment).isoformat() if moment else None


class NewestFirst(KeysetPagination):
    """The latest first."""

    ordering = "-pk"


class NoticeFilter(django_filters.FilterSet):
    """`kind`, and `unread=true` for those that are not read yet."""

    kind = django_filters.ChoiceFilter(choices=NoticeKind.choices)
    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Notice
        fields: list[str] = []


class NoticeList(ListAPIView):
    """The caller's notices."""

    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    pagination_class = NewestFirst
    queryset = Notice.objects.none()

    def get_queryset(self) -> QuerySet[Notice]:
        """The own ones."""
        return Notice.objects.visible_to(self.request.user).select_related("statement__division", "by", "upload")

    def list(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        """A page of notices, conditional."""
        content = dumps(super().list(request, *args, **kwargs).data)
        latest = Max(Greatest("at", Coalesce("read_at", "at"), Coalesce("mailed_at", "at")))
        changed_at = Notice.objects.visible_to(request.user).aggregate(latest=latest)["latest"]
        return conditional_content(request, content, changed_at or EPOCH)


class NoticeRead(APIView):
    """A notice that was read."""

    @extend_schema(request=None, responses={200: NoticeSerializer})
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Mark it; a mark that is there stays."""
        rows = Notice.objects.visible_to(request.user).select_related("statement__division", "by", "upload")
        notice = get_object_or_404(rows, pk=pk)
        actions.mark_read([notice.pk], by=request.user, at=timezone.now())
        return HttpResponse(dumps(NoticeSerializer(rows.get(pk=pk)).data), content_type="application/json")


class NoticeChoices(APIView):
    """Which kinds of notices also come by mail."""

    @extend_schema(responses={200: ChoicesSerializer})
    def get(self, request: Request) -> HttpResponse:
        """The choice for every kind."""
        return conditional_content(request, dumps(self.chosen(request)), EPOCH)

    @extend_schema(request=ChoicesSerializer, responses={200: ChoicesSerializer})
    def put(self, request: Request) -> HttpResponse:
        """Choose for the kinds that are named; the others stay."""
        said = ChoicesSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        if unknown := set(request.data) - set(NoticeKind.values):
            raise ValidationError(dict.fromkeys(sorted(map(str, unknown)), "unknown"))
        actions.choose(request.user, by_mail=said.validated_data, by=request.user, at=timezone.now())
        return HttpResponse(dumps(self.chosen(request)), content_type="application/json")

    @staticmethod
    def chosen(request: Request) -> dict[str, bool]:
        """Every kind with the caller's choice, or its default."""
        return {str(kind): by_mail for kind, by_mail in (actions.BY_MAIL | get_mail_choices(request.user.pk)).items()}
