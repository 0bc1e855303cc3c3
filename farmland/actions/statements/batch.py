"""One step for many statements: each in a transaction of its own, so that one refusal undoes nothing of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from farmland.actions.statements.steps import take_step
from farmland.models import AnnualStatement, User
from farmland.workflow import Refused

MOST_STATEMENTS = 100
# What reviewers do; typing's own steps and taking back are done one by one.
BATCH_ACTIONS = ("confirm", "submit", "return", "give_opinion", "approve", "lock", "approve_correction")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one statement: `code` and `detail` are empty where the step was taken; `status` is that now.

    `statement` is None and the code "not_found" where the number names none in the user's scope.
    """

    pk: int
    statement: AnnualStatement | None
    status: str
    code: str
    detail: str


def take_steps(
    numbers: Sequence[int],
    statements: Sequence[AnnualStatement],
    action: str,
    *,
    by: User,
    at: datetime,
    comment: str = "",
) -> list[Result]:
    """Take one step for each of `numbers`, in their order, each once; `statements` are those of them in the user's scope.

    Never raises Refused: what a statement's step refuses stands in its result.
    """
    known = {statement.pk: statement for statement in statements}
    results = []
    for pk in dict.fromkeys(numbers):
        statement = known.get(pk)
        if statement is None:
            results.append(Result(pk, None, "", "not_found", _("没有这份报表，或不在您的范围内。")))
            continue
        code = detail = ""
        try:
            take_step(statement, action, by=by, at=at, comment=comment)
        except Refused as refused:
            code, detail = refused.code, refused.detail
        status = AnnualStatement.objects.values_list("status", flat=True).get(pk=pk)
        results.append(Result(pk, statement, status, code, detail))
    return results
