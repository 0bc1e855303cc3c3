"""The page of a version: its targets as a grid, what the rules say, and what may be done now."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from farmland.actions.statements.cells import Cell
from farmland.forms.statements import TYPED_UNITS, typed_cells
from farmland.models import Division, Role, User
from farmland.ui import Step
from farmland.ui.sheets import Refusal
from farmland.units import UNITS, Unit, after_number
from farmland.views.errors import forbid
from farmland.workflow import Refused
from quotas import ui
from quotas.actions import Way, save_nodes
from quotas.forms.versions import PaperForm, UnitQuery
from quotas.models import EDITABLE, UNDER_WAY, QuotaTransition, QuotaVersion, Redo
from quotas.selectors.handing_down import Contents, get_contents, get_deeds, get_reasons
from quotas.selectors.sets import get_below
from quotas.selectors.surveyed import get_surveyed
from quotas.views.scope import readable_version, version_of
from quotas.views.uploads import uploads_context
from quotas.workflow import available_actions, drafter, needs_document

MOST_DEEDS = 20
WAYS = {"proposal": gettext_lazy("建议"), "restore": gettext_lazy("恢复"), "upload": gettext_lazy("文件")}


@require_safe
def quota_version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version; who may not work on it reads what was handed down."""
    version, unit = readable_version(request, pk), UnitQuery(request.GET).chosen_unit
    response = afresh(request, version, unit) if request.htmx else page(request, version, unit, {})
    patch_vary_headers(response, ["HX-Request"])
    return response


def afresh(request: HttpRequest, version: QuotaVersion, unit: Unit) -> HttpResponse:
    """What follows from the cells, without the grid: asked for after each save."""
    is_ours = QuotaVersion.objects.visible_to(request.user).filter(pk=version.pk).exists()
    context = {
        "version": version, "unit": unit, "is_open": version.state in EDITABLE and drafter(version, request.user),
        "findings": findings_of(get_contents(version)) if is_ours else [], **history_context(request.user, version),
    }  # fmt: skip
    return render(request, "quotas/parts/afresh.html", context)


def page(
    request: HttpRequest, version: QuotaVersion, unit: Unit, refused: Mapping[tuple[str, str], Refusal]
) -> HttpResponse:
    """The page; 422 with what was typed where cells were refused."""
    contents = get_contents(version)
    is_ours = QuotaVersion.objects.visible_to(request.user).filter(pk=version.pk).exists()
    is_open = version.state in EDITABLE and drafter(version, request.user)
    surveyed = get_surveyed(version.indicator, [place.code for place in contents.places]) if is_ours else {}
    context = {
        "version": version, "tag": ui.tag_of(version), "unit": unit, "units": TYPED_UNITS, "is_open": is_open,
        "is_ours": is_ours, "trail": trail(version), "rows": ui.rows_of(contents, unit, is_open=is_open, surveyed=surveyed, refused=refused),
        "balance": ui.balance_of(contents, unit), "parent": contents.parent, "ways": Way.choices if is_open else [],
        "codes": " ".join(place.code for place in contents.places if place.level != "special"),
        "has_values": bool(contents.nodes), "proposed": proposed(request, version) if is_open else 0, "successor": successor_of(version),
        "has_before": bool(contents.before), "has_partner": bool(contents.partners),
        "partner_label": contents.setting.partner_label, "has_surveyed": bool(surveyed), "now": timezone.now(),
        "findings": findings_of(contents) if is_ours else [], "adjustment": PaperForm(prefix="adjustment"),
        "redo": Redo.objects.visible_to(request.user).filter(version=version, done_at=None).select_related("cause__owner").first(),
        **steps_context(request.user, version),
        **history_context(request.user, version),
        **uploads_context(request.user, version),
    }  # fmt: skip
    return render(request, "quotas/quota_version.html", context, status=422 if refused else 200)


def proposed(request: HttpRequest, version: QuotaVersion) -> int:
    """The revision that a proposal has just made, while it is the last; 0 where none has."""
    text = request.GET.get("proposed", "")
    return version.nodes_revision if text == str(version.nodes_revision) else 0


def successor_of(version: QuotaVersion) -> QuotaVersion | None:
    """The version that took the place of this one."""
    return getattr(version, "superseded_by", None) if version.state == "superseded" else None


def trail(version: QuotaVersion) -> list[Step]:
    """The way from the list to this version."""
    return [Step(_("目标分解"), reverse("quota_list")), Step(str(version.owner.label), "")]


def findings_of(contents: Contents) -> list[dict[str, object]]:
    """What the rules find, with the written reasons and the cell that each is about. Two queries."""
    found = contents.findings()
    reasons = get_reasons(contents.version)
    names = {place.code: place for place in [contents.version.owner, *contents.places]}
    return [
        {
            "finding": finding, "title": ui.TITLES[finding.code], "division": names[finding.division], "column": ui.column_of(finding),
            "is_cell": finding.division != contents.version.owner_id or contents.setting.is_nation,
            "reason": reasons.get((finding.code, finding.division)),
        }
        for finding in found
    ]  # fmt: skip


def steps_context(user: User, version: QuotaVersion) -> dict[str, object]:
    """What the user may do with the version now, and with those below it that the own division may act for."""
    steps = available_actions(version, user)
    same = QuotaVersion.objects.visible_to(user).filter(
        kind=version.kind, indicator=version.indicator, owner=version.owner, target_year=version.target_year
    )
    others = list(same.filter(state__in=UNDER_WAY).exclude(pk=version.pk)[:1])
    below = get_below(version, QuotaVersion.objects.visible_to(user))
    return {
        "steps": [(step, needs_document(version, step)) for step in steps],
        "paper": PaperForm(),
        "below": [(one, ui.tag_of(one)) for one in below],
        "below_steps": steps_below(below, user),
        "may_adjust": version.state == "published" and drafter(version, user) and not others,
        "under_way": others[0] if others else None,
        "may_see_forms": user.role == Role.REPORTER and drafter(version, user) and version.state in EDITABLE,
    }


def steps_below(below: list[QuotaVersion], user: User) -> list[tuple[str, str, int, bool]]:
    """The steps that the user may take for several of the versions below at once: action, label, how many, whether a
    document is named."""
    found: dict[str, tuple[str, int, bool]] = {}
    for version in below:
        for step in available_actions(version, user):
            if step.action in ("submit", "approve", "publish"):
                _label, count, _needs = found.get(step.action, ("", 0, False))
                found[step.action] = (step.label, count + 1, needs_document(version, step))
    return [(action, *rest) for action, rest in found.items()]


def history_context(user: User, version: QuotaVersion) -> dict[str, object]:
    """Steps taken, and the latest changes of targets. Two queries."""
    transitions = QuotaTransition.objects.visible_to(user).filter(version=version).select_related("by")
    is_seen = QuotaVersion.objects.visible_to(user).filter(pk=version.pk).exists()
    shown = [(event, typed_words(event)) for event in get_deeds(version, MOST_DEEDS)] if is_seen else []
    return {"transitions": transitions.order_by("-pk"), "deeds": shown}


def typed_words(event: Any) -> str:
    """What was typed, with its unit, and how it came where not by hand."""
    way = WAYS.get((event.pgh_context.metadata if event.pgh_context else {}).get("action", ""))
    words = typed_with_unit(event)
    return _("%(words)s（%(way)s）") % {"words": words, "way": way} if way else words


def typed_with_unit(event: Any) -> str:
    """The digits as they were typed, grouped, and the unit."""
    return f"{event.input_value:,.{event.input_decimals}f} {after_number(UNITS[event.input_unit].label)}"


@require_POST
def quota_cells(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the cells of a form that was sent without script; what did not change is left alone."""
    version, unit = version_of(request, pk), UnitQuery(request.POST).chosen_unit
    nodes = {node.division_id: node for node in version.nodes.all()}
    cells = [
        Cell(division, column, text, base_version=number)
        for division, column, number, text in typed_cells(request.POST)
        if text != ui.typed_text(nodes.get(division), column, unit)
    ]
    try:
        outcomes = save_nodes(version, cells=cells, unit=unit, by=request.user, at=timezone.now()).outcomes
    except Refused as refused:
        forbid(refused)
        messages.error(request, refused.detail)
        return redirect("quota_version", pk=pk)
    odd = {
        (one.cell.division, one.cell.indicator): Refusal(one.cell.value, one.state, one.detail)
        for one in outcomes
        if one.state in ("invalid", "conflict")
    }
    saved = sum(one.state == "saved" for one in outcomes)
    if saved or not odd:
        messages.success(request, _("已保存 %d 格。") % saved)
    if odd:
        places = Division.objects.visible_to(request.user).in_bulk({division for division, _column in odd})
        messages.error(request, _("%d 格未能保存：填写的内容仍在格中，请改正后再保存。") % len(odd))
        for (division, _column), refusal in list(odd.items())[:10]:
            name = places[division].label if division in places else division
            messages.error(request, _("%(place)s：%(words)s") % {"place": name, "words": refusal.message})
        return page(request, version_of(request, pk), unit, odd)
    return redirect(f"{reverse('quota_version', args=[pk])}?unit={unit.code}")
