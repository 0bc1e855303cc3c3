"""The tree of targets as it is printed: numbers, words and tones of every line."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from farmland.models import NATION, Division
from farmland.ui import Step, Tag, area, gap_words
from farmland.units import DASH, Unit, after_number
from quotas.rules.sums import SumState
from quotas.selectors.known import Held
from quotas.selectors.tree import Branch, Tree
from quotas.ui.basis import Basis, make_basis

S = SumState
STATES = {
    S.EQUAL: (gettext_lazy("等于目标"), "ok"),
    S.OVER: (gettext_lazy("高于目标"), "ok"),
    S.FAR_OVER: (gettext_lazy("高出较多"), "warn"),
    S.SHORT: (gettext_lazy("低于目标"), "bad"),
    S.SPARE: (gettext_lazy("低于上限"), "ok"),
    S.EXCESS: (gettext_lazy("超过上限"), "bad"),
    S.INCOMPLETE: (gettext_lazy("合计不全"), "none"),
}
FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from zero, in percent of its drawing; `tick` is where all of it would be."""

    x: str
    width: str
    tone: str
    tick: str = "100"


@dataclass(frozen=True, slots=True)
class RowView:
    """One line of the tree."""

    branch: Branch
    target: str
    basis: Basis | None
    children_sum: str
    gap: str
    tag: Tag | None
    with_target: str
    placed: str
    recorded: str  # of how many counties it is made, where not all have said anything
    placed_bar: Bar | None
    uploaded: str
    uploaded_bar: Bar | None
    letters: str
    mark: Tag | None
    mark_title: str
    marks_below: int


def basis_of(held: Held) -> Basis:
    """On what a target stands."""
    return make_basis(
        pk=held.version_id, version=held.version, paper=held.number or held.title, is_demo=held.is_demo,
        confidence=held.confidence, qualifier=held.qualifier,
    )  # fmt: skip


def bar(done: Decimal | None) -> Bar | None:
    """A bar of so many percent; all of it is green."""
    if done is None:
        return None
    width = min(done, FULL)
    return Bar("0", f"{width:.2f}", "ok" if width == FULL else "info")


def percent_words(percent: Decimal | None) -> str:
    """How much is placed; cut off, not rounded up, so that 100 % means all of it."""
    if percent is None:
        return DASH
    return f"{percent.quantize(Decimal('0.1'), rounding=ROUND_DOWN)}%"


def recorded_words(branch: Branch) -> str:
    """How many of the counties have recorded anything; empty where all or none have."""
    if branch.recorded in (0, branch.leaves):
        return ""
    return _("登记 %(n)d/%(m)d 县") % {"n": branch.recorded, "m": branch.leaves}


def tag_of(state: SumState) -> Tag | None:
    """The state of a sum as a tag; None where there is nothing to say."""
    if state not in STATES:
        return None
    word, tone = STATES[state]
    return Tag(str(word), tone)


def view(branch: Branch, unit: Unit) -> RowView:
    """A line with its words."""
    mark, due = branch.mark, branch.letters_due
    share = Decimal(100 * branch.uploaded) / branch.leaves if branch.uploaded is not None and branch.leaves else None
    # What falls short of its target by less than is printed is not all of it.
    placed = branch.placed_percent
    if placed == FULL and branch.target and branch.placed_mu is not None and branch.placed_mu < branch.target.value_mu:
        placed = Decimal("99.99")
    return RowView(
        branch=branch,
        target=area(branch.target.value_mu, unit) if branch.target else DASH,
        basis=basis_of(branch.target) if branch.target else None,
        children_sum=area(branch.children_mu, unit),
        gap=gap_words(branch.gap_mu, unit),
        tag=tag_of(branch.state),
        with_target=f"{branch.with_target}/{branch.children}" if branch.children else DASH,
        placed=percent_words(placed),
        recorded=recorded_words(branch),
        placed_bar=bar(placed),
        uploaded=f"{branch.uploaded}/{branch.leaves}" if branch.uploaded is not None else DASH,
        uploaded_bar=bar(share),
        letters=f"{branch.letters}/{due}" if branch.letters is not None else DASH,
        mark=Tag(_("须重新分解 %s 前") % mark.due_on.isoformat(), "warn") if mark else None,
        mark_title=mark_words(branch, unit),
        marks_below=branch.marks_below,
    )


def mark_words(branch: Branch, unit: Unit) -> str:
    """Why a version must be redone."""
    if branch.mark is None:
        return ""
    values = {
        "was": area(branch.mark.was_mu, unit), "now": area(branch.mark.now_mu, unit), "unit": after_number(unit.label),
    }  # fmt: skip
    return _("上级目标由 %(was)s 调整为 %(now)s %(unit)s") % values


def summary(tree: Tree, unit: Unit) -> str:
    """What is to be said of the sum of the page's own division, in a sentence; empty where nothing is."""
    root = tree.root
    if root.gap_mu is None or root.target is None:
        return ""
    numbers = {
        "n": root.with_target, "m": root.children, "sum": area(root.children_mu, unit),
        "target": area(root.target.value_mu, unit), "gap": gap_words(abs(root.gap_mu), unit, signed=False),
        "unit": after_number(unit.label),
    }  # fmt: skip
    if root.state is S.INCOMPLETE:
        words = _("下级合计不全（%(n)d/%(m)d），不作判断。")
        if root.gap_mu < 0:
            words += _("现有合计 %(sum)s，比目标 %(target)s 少 %(gap)s（%(unit)s）。")
        elif root.gap_mu > 0:
            words += _("现有合计 %(sum)s，比目标 %(target)s 多 %(gap)s（%(unit)s）。")
        else:
            words += _("现有合计 %(sum)s，与目标相等（%(unit)s）。")
        return words % numbers
    if not root.gap_mu:
        return _("下级合计 %(sum)s 与目标相等（%(unit)s）。") % numbers
    if root.gap_mu < 0:
        return _("下级合计 %(sum)s 低于目标 %(target)s，差 %(gap)s（%(unit)s）。") % numbers
    return _("下级合计 %(sum)s 高于目标 %(target)s，多 %(gap)s（%(unit)s）。") % numbers


def names(divisions: Sequence[Division]) -> str:
    """Divisions in a row."""
    return pgettext("list separator", "、").join(str(division.label) for division in divisions)


def trail(place: Division, query: str) -> list[Step]:
    """The divisions above, from the nation down, each the way to its tree, and the place itself."""
    steps, above = [Step(place.label, "")], place.parent
    while above is not None:
        if not above.is_grouping:
            steps.append(Step(above.label, f"{reverse('quota_tree')}?{query}&division={above.code}"))
        above = above.parent
    return steps[::-1]


def is_partly_shown(place: Division) -> bool:
    """Whether the page stops above the counties: the nation's shows the provinces alone."""
    return place.code == NATION
