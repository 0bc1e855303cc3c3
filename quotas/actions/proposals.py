"""Proposals for the children's targets, written into a version that is open as if they had been typed."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farmland.actions.statements.cells import Cell
from farmland.models import User
from farmland.units import MU, WAN_MU
from farmland.workflow import Refused
from quotas.actions.nodes import VALUE, Typed, open_version, revision_of, save_nodes
from quotas.models import QuotaVersion
from quotas.rules import propose
from quotas.selectors.handing_down import Contents, get_contents
from quotas.selectors.surveyed import get_surveyed

STEP = WAN_MU.factor / 100  # two decimals of 万亩


class Way(TextChoices):
    """In proportion to what a proposal is made."""

    AREA = "area", gettext_lazy("按调查面积")
    LAST = "last", gettext_lazy("按上一版")
    EVEN = "even", gettext_lazy("平均")


@transaction.atomic
def apply_proposal(record: QuotaVersion, *, way: str, by: User, at: datetime, dry_run: bool = False) -> Typed:
    """Fill every child's target by a proposal that adds up to the owner's exactly. What stood there is replaced and kept in
    the history; a dry run only answers what it would be. Raises Refused (403, 409; 422 where there is nothing to go by)."""
    version = open_version(record, by)
    contents = get_contents(version)
    shares = proposal(contents, way)
    cells = [
        Cell(code, VALUE, f"{value.normalize():f}", base_version=revision_of(contents.nodes.get(code), VALUE))
        for code, value in shares.items()
    ]
    return save_nodes(version, cells=cells, unit=MU, by=by, at=at, dry_run=dry_run, way="proposal")


def proposal(contents: Contents, way: str) -> dict[str, Decimal]:
    """The shares in mu, by division. Raises Refused (422)."""
    parent = contents.setting.parent_mu
    if parent is None:
        raise Refused(422, "no_parent", _("上级尚未下达本级目标，不能分解。"))
    counted = [share.division for share in contents.shares() if share.is_counted]
    weights = weights_of(contents, counted, way)
    if missing := [code for code in counted if code not in weights]:
        words = _("有 %d 个下级没有可以依据的数，不能按此提出建议。请换一种方式。") % len(missing)
        raise Refused(422, "nothing_to_go_by", words)
    try:
        return propose(parent, weights, step=STEP)
    except ValueError:
        raise Refused(422, "nothing_to_go_by", _("可以依据的数都是零，不能按此提出建议。请换一种方式。")) from None


def weights_of(contents: Contents, codes: list[str], way: str) -> Mapping[str, Decimal]:
    """What each child weighs: its surveyed area of the latest year that all have, its last target, or the same."""
    if way == Way.EVEN:
        return dict.fromkeys(codes, Decimal(1))
    if way == Way.LAST:
        return {code: value for code, value in contents.before.items() if code in codes}
    if way != Way.AREA:
        raise Refused(422, "way", _("请选择提出建议的方式。"))
    return get_surveyed(contents.version.indicator, codes)
