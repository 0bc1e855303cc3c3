"""A page of all components, for those who build pages; it exists in development alone."""

from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from farmland.selectors.history import Change, Entry
from farmland.ui import Step
from farmland.units import WAN_MU

MOMENT = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


class Sample(forms.Form):
    """A form with something to put right."""

    name = forms.CharField(label=_("名称"), help_text=_("完整名称。"))
    note = forms.CharField(label=_("说明"), required=False)


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component with sample values; 404 outside development."""
    if not settings.DEBUG:
        raise Http404
    tags = [SimpleNamespace(word=word, tone=tone) for word, tone in (
        (_("达标"), "ok"), (_("临界"), "warn"), (_("未达标"), "bad"), (_("推进中"), "info"), (_("暂缺"), "none")
    )]  # fmt: skip
    change = Change(label=_("名称"), before="A", after="B")
    context = {
        "unit": WAN_MU,
        "tags": tags,
        "counts": [SimpleNamespace(tag=tag, number=number) for number, tag in enumerate(tags, start=1)],
        "bar": SimpleNamespace(x="50", width="20", tone="ok", tick="50"),
        "matters": [SimpleNamespace(tone="warn", code="", text=_("余量仅 %s") % "12.50")],
        "trail": [Step(_("全国总览"), "/"), Step(_("组件"), "")],
        "form": Sample({"note": "x"}),
        "messages_shown": [Message(constants.SUCCESS, _("已保存。")), Message(constants.ERROR, _("没有保存。"))],
        "page": Paginator(range(120), 50).get_page(2),
        "file": SimpleNamespace(
            url="#", name="evidence.pdf", kind="PDF", size="1.2 MB", digest="0123456789abcdef" * 4, by="A", at=MOMENT
        ),
        "history": [Entry(1, MOMENT, _("修改"), "A", "127.0.0.1", "/", (change,))],
        "chart": SimpleNamespace(id="chart-sample", kind="change", legend=[("gain", _("增加"))], spec=SPEC),
    }
    return render(request, "farmland/components.html", context)


SPEC = {
    "kind": "change", "locale": "zh-hans", "unit": "", "description": "2022–2024", "labels": ["2022", "2023", "2024"],
    "series": [{"name": "", "values": [-6, 15.4, 10.8], "value_texts": ["−6.0", "+15.4", "+10.8"]}],
}  # fmt: skip
