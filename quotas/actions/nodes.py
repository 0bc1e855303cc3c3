"""Typing targets: exact, never overwritten unseen, only into a version that is open, and never beyond a cap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from farmland.actions.statements.cells import NUMBER, Cell, Outcome, not_a_number
from farmland.indicators import Direction
from farmland.models import NATION, User
from farmland.units import InexactValue, TooLarge, Unit, to_base
from farmland.workflow import Refused
from quotas.actions.locks import lock_version
from quotas.models import EDITABLE, QuotaNode, QuotaVersion
from quotas.rules.handing_down import in_wan_mu, sum_code
from quotas.selectors.handing_down import Contents, get_contents
from quotas.workflow import drafter

VALUE, PLAN = "value", "plan"  # the columns: what is handed down, and what the child's own plan says
COLUMNS = (VALUE, PLAN)
LONGEST_NOTE = 600


@dataclass(frozen=True, slots=True)
class Typed:
    """What a save did: the outcome of every cell in their order, and what the version holds after it."""

    outcomes: list[Outcome]
    contents: Contents


@transaction.atomic
def save_nodes(
    record: QuotaVersion,
    *,
    cells: Sequence[Cell],
    unit: Unit,
    by: User,
    at: datetime,
    dry_run: bool = False,
    way: str = "type",
) -> Typed:
    """Save cells of a version that is open; `indicator` of a cell is its column, `value` or `plan`.

    All of the batch are saved but those that conflict with a newer one and those that cannot be stored. An emptied target
    takes the division's node away. Raises Refused (403) for who does not draw it up, (409) where it is not open, and
    (422, Q-3) where a cap would be exceeded by more than it is.
    """
    version = open_version(record, by)
    contents = get_contents(version)
    standing, revision = dict(contents.nodes), version.nodes_revision + 1
    places = {place.code for place in contents.places} | ({NATION} if version.owner_id == NATION else set())
    outcomes = [save_one(cell, standing, places, version, unit, revision, by, at) for cell in cells]
    refuse_excess(contents, standing)
    changed = {code: node for code, node in standing.items() if node is not contents.nodes.get(code)}
    gone = [node.pk for code, node in contents.nodes.items() if code not in standing]
    after = replaced(contents, standing)
    if dry_run or not (changed or gone):
        return Typed(outcomes, after)
    with pghistory.context(user=by.pk, at=at.isoformat(), action=way):
        version.nodes_revision = revision
        version.save(update_fields=["nodes_revision"])
        write(contents.nodes, changed, gone)
    return Typed(outcomes, after)


def open_version(record: QuotaVersion, by: User) -> QuotaVersion:
    """The version under its lock, open and the user's to draw up. Raises Refused (403, 409)."""
    version = lock_version(record)
    if not drafter(version, by):
        raise Refused(403, "permission_denied", _("只有本级相应部门的填报人员可以编制这一版目标。"))
    if version.state not in EDITABLE:
        raise Refused(409, "wrong_state", _("目标现为“%s”，不能编制。") % version.get_state_display())
    return version


def save_one(
    cell: Cell,
    standing: dict[str, QuotaNode],
    places: set[str],
    version: QuotaVersion,
    unit: Unit,
    revision: int,
    by: User,
    at: datetime,
) -> Outcome:
    """Judge one cell and put what it says into `standing`."""
    current = standing.get(cell.division)
    if problem := judge(cell, current, places, unit):
        return problem
    node = changed_node(cell, current, version, unit, revision, by, at)
    if node is current:
        return Outcome(cell, "unchanged", revision_of(current, cell.indicator), area_of(current, cell.indicator))
    if node is None:
        del standing[cell.division]
        return Outcome(cell, "saved", 0)
    standing[cell.division] = node
    version_now = revision_of(node, cell.indicator) if cell.value else 0
    return Outcome(cell, "saved", version_now, area_of(node, cell.indicator))


def revision_of(node: QuotaNode | None, column: str) -> int:
    """The version of one column of a node; 0 where nothing stands."""
    if node is None:
        return 0
    return node.plan_revision if column == PLAN else node.revision


def area_of(node: QuotaNode | None, column: str) -> Decimal | None:
    """What stands in one column of a node, in mu."""
    if node is None:
        return None
    return node.plan_mu if column == PLAN else node.value_mu


def judge(cell: Cell, current: QuotaNode | None, places: set[str], unit: Unit) -> Outcome | None:
    """Why a cell cannot be saved; None where it can."""
    if cell.indicator not in COLUMNS or cell.division not in places:
        return Outcome(
            cell, "invalid", code="Q-5", detail=_("“%s”不是下达单位的直接下级，或没有这一列。") % cell.division
        )
    code, detail = problem_of(cell.value, cell.absence, cell.note, unit)
    if code:
        return Outcome(cell, "invalid", code=code, detail=detail)
    if cell.indicator == PLAN and cell.value and current is None:
        return Outcome(cell, "invalid", code="no_value", detail=no_value())
    stands = revision_of(current, cell.indicator)
    if stands != cell.base_version:
        value = area_of(current, cell.indicator)
        return Outcome(cell, "conflict", stands, value, code="conflict", detail=_("他人已修改这一格。"))
    return None


def no_value() -> str:
    """The words for a plan's figure beside which no target stands."""
    return _("请先填写下达的目标，再填本级规划数。")


def problem_of(value: str, absence: str, note: str | None, unit: Unit) -> tuple[str, str]:
    """Why what was typed is no target: a code and a sentence; both "" where it is one."""
    if absence:
        return "absence", _("目标须为数值，不能标为空缺或不适用。")
    if note is not None and len(note) > LONGEST_NOTE:
        return "note_too_long", _("说明超过 %d 字。") % LONGEST_NOTE
    if value and not NUMBER.fullmatch(value):
        return "number", not_a_number(value)
    if value:
        try:
            to_base(Decimal(value), unit)
        except TooLarge:
            return "too_large", _("“%s”过大，超出可以存储的范围。") % value
        except InexactValue:
            return "U-1", _("“%s”换算成亩后超过六位小数，不能精确存储。") % value
    return "", ""


def changed_node(
    cell: Cell, current: QuotaNode | None, version: QuotaVersion, unit: Unit, revision: int, by: User, at: datetime
) -> QuotaNode | None:
    """The node as the cell makes it, unsaved; the same one where nothing changes, None where it is taken away."""
    if not cell.value and cell.indicator == VALUE:
        return None
    typed = typed_as(cell, unit)
    if current is not None:
        same = all(getattr(current, name) == value for name, value in typed.items())
        if same and (cell.note is None or cell.note == current.note):
            return current
    node = QuotaNode(version=version, division_id=cell.division, plan_revision=0)
    if current is not None:
        for field in QuotaNode._meta.concrete_fields:
            setattr(node, field.attname, getattr(current, field.attname))
    for name, value in typed.items():
        setattr(node, name, value)
    node.note = node.note if cell.note is None else cell.note
    node.typed_by, node.typed_at = by, at
    if cell.indicator == VALUE:
        node.revision = revision
    else:
        node.plan_revision = revision if cell.value else 0
    return node


def typed_as(cell: Cell, unit: Unit) -> dict[str, Decimal | str | int | None]:
    """The fields that a cell's text becomes."""
    value = Decimal(cell.value) if cell.value else None
    stored = to_base(value, unit) if value is not None else None
    decimals = max(0, -int(value.as_tuple().exponent)) if value is not None else 0
    if cell.indicator == PLAN:
        return {
            "plan_mu": stored, "plan_input": value, "plan_decimals": decimals, "plan_unit": unit.code if cell.value else "",
        }  # fmt: skip
    return {"value_mu": stored, "input_value": value, "input_unit": unit.code, "input_decimals": decimals}


def refuse_excess(contents: Contents, standing: Mapping[str, QuotaNode]) -> None:
    """Refuse to hand out more than a cap holds: checked at every save under the owner's lock, so that of two who hand out
    the last of it at once one is refused. Lowering what is too much is always open. Raises Refused (422, Q-3)."""
    parent = contents.setting.parent_mu
    if contents.setting.direction is not Direction.CAP or parent is None:
        return
    total = replaced(contents, standing).total_mu
    if total > parent and total > contents.total_mu:
        numbers = {"sum": in_wan_mu(total), "parent": in_wan_mu(parent), "gap": in_wan_mu(total - parent)}
        words = _("下级之和 %(sum)s 高于本级 %(parent)s，超 %(gap)s（万亩）") % numbers
        raise Refused(422, sum_code(contents.setting), words)


def replaced(contents: Contents, nodes: Mapping[str, QuotaNode]) -> Contents:
    """The same with other nodes."""
    return Contents(
        contents.version,
        contents.places,
        dict(nodes),
        contents.parent,
        contents.setting,
        contents.before,
        contents.partners,
    )


NODE_FIELDS = [
    "value_mu", "input_value", "input_unit", "input_decimals", "plan_mu", "plan_input", "plan_decimals", "plan_unit",
    "revision", "plan_revision", "note", "typed_by", "typed_at",
]  # fmt: skip


def write(kept: Mapping[str, QuotaNode], changed: Mapping[str, QuotaNode], gone: Sequence[int | None]) -> None:
    """Make the table hold what stands now."""
    if gone:
        QuotaNode.objects.filter(pk__in=gone).delete()
    QuotaNode.objects.bulk_update([node for code, node in changed.items() if code in kept], NODE_FIELDS)
    QuotaNode.objects.bulk_create([node for code, node in changed.items() if code not in kept])
