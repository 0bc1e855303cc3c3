"""For the machines that watch the site: is the process alive, and may it be sent requests?"""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_found_migrated = False


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process lives; asks nothing else."""
    return answer(200, "ok")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and every migration is applied, else 503 with the reason."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        is_ready = is_migrated()
    except Error:  # its text may name the server and the user, so it stays out of the answer
        return answer(503, "database does not answer")
    return answer(200, "ok") if is_ready else answer(503, "migrations are not applied")


def is_migrated() -> bool:
    """Whether every migration is applied. A process that found so once does not look again: the code cannot change."""
    global _found_migrated
    if not _found_migrated:
        executor = MigrationExecutor(connection)
        _found_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _found_migrated


def answer(status: int, text: str) -> HttpResponse:
    """One line of text that nobody may keep."""
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8", headers=headers)
