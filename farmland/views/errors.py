"""Pages for what went wrong: each says what happened and what to do."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from farmland.workflow import Refused


def answer(request: HttpRequest, status: int, title: str, advice: str) -> HttpResponse:
    """A page, or for a program under /api/ the standard error."""
    if request.path_info.startswith("/api/"):
        kind = "server_error" if status >= 500 else "client_error"
        detail = _("%(title)s%(advice)s") % {"title": title, "advice": advice}
        error = {"code": str(status), "detail": detail, "attr": None}
        return JsonResponse({"type": kind, "errors": [error]}, status=status, json_dumps_params={"ensure_ascii": False})
    return render(request, "error.html", {"status": status, "title": title, "advice": advice}, status=status)


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the address or its parameters cannot be read."""
    if not hasattr(request, "LANGUAGE_CODE"):  # refused before the language was set: it is still the last request's
        translation.activate(translation.get_language_from_request(request))
    return answer(request, 400, _("地址有误。"), _("请检查地址中的参数，或从导航重新进入。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: inside the scope, but not this role's to do."""
    return answer(request, 403, _("您的角色不能进行这项操作。"), _("如需权限，请联系本单位的用户管理员。"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: does not exist, or is not the user's to see."""
    return answer(
        request, 404, _("没有找到这一页。"), _("它不存在，或不在您的管辖范围内。请检查地址，或从导航重新进入。")
    )


def refused_method(request: HttpRequest) -> HttpResponse:
    """405: an address that only takes forms was opened as a page, or the other way round."""
    return answer(request, 405, _("这个地址不能这样打开。"), _("请从页面上的按钮进入；您的数据没有改动。"))


def failed(request: HttpRequest) -> HttpResponse:
    """500: our failure. Drawn without the request, so that it appears also while the database does not answer."""
    title = _("系统出错。")
    advice = _("您的数据没有改动。请稍后再试；若仍出错，请告知管理员时间和地址。")
    if request.path_info.startswith("/api/"):
        return answer(request, 500, title, advice)
    content = render_to_string(
        "error.html", {"status": 500, "title": title, "advice": advice, "version": settings.VERSION}
    )
    return HttpResponse(content, status=500)


def forbid(refused: Refused) -> None:
    """Answer what is not this person's to do with the page of 403; whatever else was refused, the caller's page says."""
    if refused.status == 403:
        raise PermissionDenied from refused


def csrf_failure(request: HttpRequest, reason: str = "", **kwargs: Any) -> HttpResponse:
    """403: the form was not ours or too old."""
    return answer(request, 403, _("表单已失效。"), _("请返回上一页，刷新后重新提交。"))
