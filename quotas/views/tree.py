"""The tree of targets: from a division down, over or under by level, and how far it is carried out."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from farmland.forms.days import end_of
from farmland.indicators import PROMISED
from farmland.models import User
from farmland.selectors.revisions import get_stamp
from farmland.ui import fitted, unit_for
from farmland.units import WAN_MU
from farmland.views.downloads import table_response, wanted
from farmland.views.errors import malformed
from quotas.forms.tree import TreeQuery
from quotas.models import Letter, Placement, Redo
from quotas.selectors.known import Working
from quotas.selectors.tree import get_place, get_promises, get_tree
from quotas.ui import tree as ui
from quotas.workbooks.tree import tree_table


def working_of(user: User) -> Working:
    """What the user may see of what divisions record themselves: the own subtree's."""
    return Working(
        place=user.division if user.has_business_rights else None,
        placements=Placement.objects.visible_to(user),
        letters=Letter.objects.visible_to(user),
        redos=Redo.objects.visible_to(user),
    )


@require_safe
def quota_tree(request: HttpRequest) -> HttpResponse:
    """The targets of an indicator and year below a division, as of a day; `export` answers the same rows as a file."""
    query, user = TreeQuery(request.GET), request.user
    if not query.is_valid():
        return malformed(request)
    place = get_place(query.cleaned_data["division"] or user.division_id)
    if place is None:
        raise Http404
    promises, as_of = get_promises(), query.cleaned_data["as_of"]
    indicator, year = query.choose(promises, timezone.localdate().year)
    tree = get_tree(place, indicator=indicator, year=year, moment=end_of(as_of), working=working_of(user))
    unit, label = fitted(unit_for(user, WAN_MU), place.level), PROMISED[indicator].label
    root, rows = ui.view(tree.root, unit), [ui.view(row, unit) for row in tree.rows]
    apart = ui.view(tree.apart, unit) if tree.apart else None
    if wanted(request):
        title = _("%(place)s%(year)d年%(indicator)s目标分解") % {"place": place.label, "year": year, "indicator": label}
        chosen = [
            (_("指标"), str(label)),
            (_("目标年"), str(year)),
            (_("行政区划"), f"{place.label} {place.code}"),
            (_("截至"), _("%s 结束时所知") % as_of if as_of else _("最新")),
        ]
        listed = [root, *rows, *([apart] if apart else [])]
        return table_response(request, tree_table(tree, listed, title=title, chosen=chosen, unit=unit))
    kept = {"indicator": indicator, "year": year} | ({"as_of": as_of.isoformat()} if as_of else {})
    context = {
        "place": place, "trail": ui.trail(place, urlencode(kept)), "indicator": PROMISED[indicator], "year": year,
        "indicators": [PROMISED[code] for code in promises], "years": sorted({*promises.get(indicator, []), year}),
        "as_of": as_of, "unit": unit, "root": root, "rows": rows, "apart": apart, "now": timezone.now(),
        "words": ui.summary(tree, unit), "missing": tree.root.missing, "changed_at": get_stamp().changed_at,
        "has_demo": any(row.branch.target and row.branch.target.is_demo for row in [root, *rows]),
        "is_partly_shown": ui.is_partly_shown(place),
    }  # fmt: skip
    return render(request, "quotas/tree.html", context)
