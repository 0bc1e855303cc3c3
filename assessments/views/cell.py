"""Beside a cell of a statement: what it is held against, what is said of it, and how it came to be what it is."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from assessments.selectors import access
from assessments.selectors.figures import pick
from assessments.ui.cells import beside, typed_line
from assessments.views.scope import scope_of
from farmland.actions.statements.cells import OPEN, may_type, own_rows
from farmland.forms.statements import SheetQuery
from farmland.indicators import INDICATORS, Absence
from farmland.models import AnnualStatement, Attachment, Comment, Division, Role, User
from farmland.rules import Finding, FindingKey, Severity
from farmland.selectors.history import get_cell_history
from farmland.selectors.revisions import get_stamp
from farmland.selectors.statements import read
from farmland.ui import sheets


@dataclass(frozen=True, slots=True)
class Said:
    """A finding of the cell, the reason that was written for it, and whether the reader owes one."""

    finding: Finding
    reason: str
    owes_reason: bool


@require_safe
def statement_cell(request: HttpRequest, pk: int, code: str, indicator: str) -> HttpResponse:
    """One cell with what it is held against, its findings, comments and history, and the forms for them; 404 out of scope."""
    statement = get_object_or_404(AnnualStatement.objects.visible_to(request.user).select_related("division"), pk=pk)
    place = Division.objects.visible_to(request.user).shown().filter(pk=code).first()
    if place is None or indicator not in INDICATORS or not statement.division.contains(place):
        raise Http404
    user, unit, key = request.user, SheetQuery(request.GET).chosen_unit, (code, indicator)
    reading = read(statement, unit=unit).within(statement.part_shown_to(user))
    figure, gap = reading.figures.get(key), reading.gaps.get(key)
    known = scope_of(user, get_stamp()).figures.known_at(None).filter(division=code, indicator=indicator)
    known = known.select_related("statement", "document")
    below = reading.sums([indicator]).get(key)
    findings = [finding for finding in reading.findings if (finding.division, finding.indicator) == key]
    types_here = may_type(user) and statement.status in OPEN
    standing = figure or gap
    comments = Comment.objects.visible_to(user).filter(statement=statement, division=code, indicator=indicator)
    context = {
        "statement": statement,
        "place": place,
        "indicator": INDICATORS[indicator],
        "unit": unit,
        "lines": beside(
            unit if INDICATORS[indicator].is_area else INDICATORS[indicator].display_unit,
            year=statement.year,
            current=figure,
            previous=pick(known.filter(year=statement.year - 1)).headline,
            published=pick(known.filter(year=statement.year, document__isnull=False)).headline,
            target=access.target_of(code, indicator, year=statement.year),
            below=below,
            is_undecided=any(finding.code == "WITHIN_INPUT_PRECISION" for finding in findings),
        ),
        "figure": figure,
        "typed": typed_line(figure) if figure else "",
        "value": sheets.shown(figure, unit) if figure else "",
        "version": standing.revision if standing else 0,
        "gap": gap,
        "note": standing.note if standing else "",
        "absences": Absence.choices,
        "findings": said(findings, reading.reasons, types_here),
        "is_open": types_here and is_own(user, statement, place, indicator),
        "may_comment": bool(reading.rows) and comments_at_all(user),
        "comments": list(comments.select_related("by").order_by("-pk")),
        "history": get_cell_history(statement.pk, code, indicator) if reading.rows else [],
    }
    files = Attachment.objects.visible_to(user).filter(statement=statement, division=code, indicator=indicator)
    context["files"] = files.filter(withdrawn_at__isnull=True).order_by("pk")
    context["severity"], context["message"] = sheets.messages(findings, set(reading.reasons)).get(key, ("", ""))
    context["open_comments"] = sum(comment.resolved_at is None for comment in context["comments"])
    return render(request, "assessments/cell.html", context)


def said(findings: list[Finding], reasons: dict[FindingKey, str], types_here: bool) -> list[Said]:
    """The findings of a cell; that it is still empty is seen."""
    return [
        Said(
            finding,
            reasons.get(finding.key, ""),
            types_here and finding.severity is Severity.SOFT and not reasons.get(finding.key, "").strip(),
        )
        for finding in findings
        if finding.code != "mandatory"
    ]


def is_own(user: User, statement: AnnualStatement, place: Division, indicator: str) -> bool:
    """Whether the cell is the user's to type: the own rows and department."""
    if INDICATORS[indicator].department != user.department:
        return False
    return own_rows(statement, user).filter(pk=place.pk).exists()


def comments_at_all(user: User) -> bool:
    """Whether the user's part is to comment: reporters and reviewers."""
    return user.role in (Role.REPORTER, Role.REVIEWER)
