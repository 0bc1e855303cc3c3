"""Forms that script sends from beside the sheet: the same views, answered without leaving the page."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse

View = Callable[..., HttpResponse]


def in_place(view: View) -> View:
    """The view; who asks for JSON gets what it said in words instead of the page it would lead to (422 for an error)."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.headers.get("Accept") != "application/json" or response.status_code != 302:
            return response
        said = list(messages.get_messages(request))
        errors = [str(message) for message in said if message.level >= messages.ERROR]
        detail = " ".join(errors or [str(message) for message in said])
        return JsonResponse({"detail": detail}, status=422 if errors else 200)

    return answer
