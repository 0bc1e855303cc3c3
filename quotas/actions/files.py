"""Files of targets: every cell judged as if it had been typed, for a whole set of versions at once."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.utils.translation import gettext as _

from farmland.actions.sorted_cells import (
    Decided,
    FileCell,
    Odd,
    Sorted,
    Standing,
    base_of,
    invalid,
    is_left_empty,
    twice,
)
from farmland.actions.statements.cells import Cell, Outcome
from farmland.actions.statements.texts import UNSTORABLE, storable
from farmland.actions.uploads.nouns import Typed
from farmland.indicators import Direction
from farmland.models import AnnualStatement, IssueKind, Role, Upload, UploadIssue, User
from farmland.selectors.statements import Key
from farmland.units import Unit, to_base
from farmland.workflow import Refused
from quotas.actions import copying
from quotas.actions.drafts import copied
from quotas.actions.locks import lock_divisions
from quotas.actions.nodes import COLUMNS, NODE_FIELDS, PLAN, VALUE, changed_node, no_value, problem_of
from quotas.models import EDITABLE, QuotaAction, QuotaNode, QuotaTransition, QuotaVersion
from quotas.rules.handing_down import in_wan_mu
from quotas.selectors.handing_down import get_contents
from quotas.selectors.sets import Member, QuotaSet, get_set
from quotas.workflow import drafter

QUOTA = "quota"


@dataclass(frozen=True, slots=True)
class Ground:
    """What cells are judged against: the set, whose rows they are, and what stands in each cell."""

    set: QuotaSet
    by: User
    unit: Unit
    owner_of: Mapping[str, str]
    standing: Mapping[Key, Standing]


class QuotaNoun:
    """What a filled-in form of targets means: rows of a version's children, and of theirs where the same people draw them
    up; versions that are missing are opened."""

    code = QUOTA

    def get(self, pk: int) -> QuotaVersion:
        """The version with its owner."""
        return QuotaVersion.objects.select_related("owner", "owner__parent").get(pk=pk)

    def lock(self, pk: int) -> QuotaVersion:
        """The version under its lock, after those of all owners of its set."""
        version = self.get(pk)
        below = version.owner.children.values_list("code", flat=True)
        lock_divisions([version.owner_id, *below])
        return QuotaVersion.objects.locked().get(pk=pk)

    def must_accept(self, record: QuotaVersion, by: User) -> None:
        """Who draws the version up, while it is open."""
        if not drafter(record, by):
            raise Refused(403, "permission_denied", _("只有本级相应部门的填报人员可以编制这一版目标。"))
        if closed := self.closed(record):
            raise Refused(409, "wrong_state", closed)

    def must_be_typing(self, by: User) -> str:
        """Only reporting staff type."""
        is_typing = by.is_active and by.role == Role.REPORTER
        return "" if is_typing else _("只有填报人员可以编制目标。")

    def closed(self, record: QuotaVersion) -> str:
        """Targets are taken while the version is open."""
        return "" if record.state in EDITABLE else _("目标现为“%s”，不能编制。") % record.get_state_display()

    def ground(self, record: QuotaVersion, *, unit: Unit, by: User) -> Ground:
        """The set as the tables have it now."""
        found = get_set(record, by.division)
        standing: dict[Key, Standing] = {}
        for member in found.members.values():
            for code, node in member.nodes.items():
                standing[code, VALUE] = Standing(node.pk, node.revision, node.value_mu, node.note, "")
                if node.plan_mu is not None:
                    standing[code, PLAN] = Standing(node.pk, node.plan_revision, node.plan_mu, node.note, "")
        return Ground(found, by, unit, found.owner_of, standing)

    def sort_out(self, cells: Iterable[FileCell], on: Ground, chosen: Mapping[Key, Decided] | None = None) -> Sorted:
        """Judge every cell, then what they make of each cap."""
        found, seen, decided = Sorted(), set[Key](), chosen or {}
        for cell in cells:
            sort_one(cell, on, found, seen, decided)
        refuse_alone(found, on)
        refuse_excess(found, on)
        return found

    def write(self, found: Sorted, on: Ground, *, at: datetime, upload: int, between: Callable[[], None]) -> None:
        """Open what is missing and write all targets."""
        with pghistory.context(user=on.by.pk, at=at.isoformat(), action="upload", upload=upload):
            write(found, on, at, between)

    def typed(self, conflicts: Sequence[Odd]) -> list[Typed]:
        """Who typed each target. One query, where there are any."""
        pks = [odd.current.pk for odd in conflicts if odd.current]
        nodes = QuotaNode.objects.select_related("typed_by").in_bulk(pks) if pks else {}
        found: list[Typed] = []
        for odd in conflicts:
            node = nodes.get(odd.current.pk) if odd.current else None
            found.append((node.typed_by, node.typed_at) if node else (None, None))
        return found

    def hints(self, upload: Upload, found: Sorted, on: Ground, *, unit: Unit, at: datetime) -> list[UploadIssue]:
        """What the rules will find of every version that the file touches."""
        after = nodes_after(found, on, at)
        touched = {on.owner_of[code] for code in changed_codes(found)}
        hints = []
        for code in [code for code in on.set.members if code in touched]:
            hints += hints_of(upload, on, on.set.members[code], after, at)
        return hints

    def statement(self, record: Any) -> AnnualStatement | None:
        """None: a notice about the file names no statement."""
        return None


def sort_one(cell: FileCell, on: Ground, found: Sorted, seen: set[Key], decided: Mapping[Key, Decided]) -> None:
    """Judge one cell."""
    key = (cell.division, cell.indicator)
    current = on.standing.get(key)
    if is_left_empty(cell):
        found.same += 1
        return
    problem = twice() if key in seen else problem_with(cell, on)
    seen.add(key)
    if problem[0]:
        found.errors.append(Odd(cell, invalid(cell, *problem), current))
        return
    if current is not None and says_the_same(cell, current, on.unit):
        found.same += 1
        return
    base, version = base_of(cell, current, decided.get(key)), current.revision if current else 0
    if base is None:
        found.same += 1
    elif base != version:
        outcome = Outcome(as_cell(cell), "conflict", version, code="conflict", detail=_("他人已修改这一格。"))
        found.conflicts.append(Odd(cell, outcome, current))
    else:
        found.take(cell, current)


def problem_with(cell: FileCell, on: Ground) -> tuple[str, str]:
    """Why a cell is refused: a code and a sentence; both "" where it is not."""
    owner = on.owner_of.get(cell.division)
    if owner is None or cell.indicator not in COLUMNS:
        return "Q-5", _("“%s”不是下达单位的下级，或没有这一列。") % cell.division
    member = on.set.members[owner]
    if not member.is_open and member.version:
        names = {"name": member.owner.label, "state": member.version.get_state_display()}
        return "wrong_state", _("%(name)s的这一版目标现为“%(state)s”，不能编制。") % names
    if UNSTORABLE.search(f"{cell.value}{cell.absence}{cell.note or ''}"):
        return "character", _("这一格或其说明含有不能存储的字符。")
    return problem_of(cell.value, cell.absence, cell.note, on.unit)


def says_the_same(cell: FileCell, current: Standing, unit: Unit) -> bool:
    """Whether a cell says what stands there already."""
    if not cell.value or (cell.note is not None and cell.note != current.note):
        return False
    return to_base(Decimal(cell.value), unit) == current.value


def as_cell(cell: FileCell, base_version: int = 0) -> Cell:
    """A cell of a file as it would be typed."""
    return Cell(cell.division, cell.indicator, cell.value, cell.absence, cell.note, base_version)


def changed_codes(found: Sorted) -> set[str]:
    """The divisions whose targets will change."""
    taken = (*found.changed, *found.emptied)
    return {cell.division for cell in (*found.added, *(one.cell for one in taken))}


def refuse_alone(found: Sorted, on: Ground) -> None:
    """A plan's figure stands beside a target only."""
    emptied = {taken.cell.division for taken in found.emptied if taken.cell.indicator == VALUE}
    given = {cell.division for cell in found.added if cell.indicator == VALUE}
    for cell in [cell for cell in found.added if cell.indicator == PLAN]:
        if cell.division not in given and (cell.division in emptied or (cell.division, VALUE) not in on.standing):
            found.added.remove(cell)
            found.errors.append(Odd(cell, invalid(cell, "no_value", no_value()), None))


def refuse_excess(found: Sorted, on: Ground) -> None:
    """A file hands out no more than a cap holds (Q-3); said at the first of its cells."""
    if on.set.version.direction is not Direction.CAP or found.errors:
        return
    values = {code: standing.value or Decimal(0) for (code, column), standing in on.standing.items() if column == VALUE}
    before = dict(values)
    taken = [*found.added, *(one.cell for one in found.changed)]
    for cell in taken:
        if cell.indicator == VALUE:
            values[cell.division] = to_base(Decimal(cell.value), on.unit)
    for one in found.emptied:
        if one.cell.indicator == VALUE:
            values.pop(one.cell.division, None)
    top = get_contents(on.set.version).setting.parent_mu
    for code, member in on.set.members.items():
        parent = values.get(code) if member.version is None or member.version.pk != on.set.version.pk else top
        codes = {place.code for place in member.places}
        total = sum((value for place, value in values.items() if place in codes), Decimal(0))
        was = sum((value for place, value in before.items() if place in codes), Decimal(0))
        first = next((cell for cell in taken if cell.division in codes), None)
        if parent is not None and first and total > parent and total > was:
            numbers = {"sum": in_wan_mu(total), "parent": in_wan_mu(parent), "gap": in_wan_mu(total - parent)}
            words = _("下级之和 %(sum)s 高于本级 %(parent)s，超 %(gap)s（万亩）") % numbers
            found.errors.append(Odd(first, invalid(first, "Q-3", words), None))


def nodes_after(
    found: Sorted, on: Ground, at: datetime, versions: Mapping[str, QuotaVersion] | None = None
) -> dict[str, QuotaNode]:
    """Every target as it will stand, unsaved; by division. `versions` are those that the nodes will belong to."""
    after = {code: node for member in on.set.members.values() for code, node in member.nodes.items()}
    cells = [*found.added, *(taken.cell for taken in (*found.changed, *found.emptied))]
    for cell in sorted(cells, key=lambda one: one.indicator == PLAN):  # the target first
        owner = on.set.members[on.owner_of[cell.division]]
        version = (versions or {}).get(owner.owner.code) or owner.version or on.set.version
        current = after.get(cell.division)
        revision = version.nodes_revision + 1
        node = changed_node(as_cell(cell), current, version, on.unit, revision, on.by, at)
        if node is None:
            after.pop(cell.division, None)
        else:
            after[cell.division] = node
    return after


def hints_of(
    upload: Upload, on: Ground, member: Member, after: Mapping[str, QuotaNode], at: datetime
) -> list[UploadIssue]:
    """What the rules will find of one version."""
    version = member.version or new_version(on.set.version, member, on.by, at)
    contents = get_contents(version) if version.pk else None
    codes = {place.code for place in member.places}
    nodes = {code: node for code, node in after.items() if code in codes}
    if contents is None:
        contents = get_contents(on.set.version).of_child(version, member.places)
    if member.owner.code in after and member.owner.code != on.set.version.owner_id:
        contents = contents.below(after[member.owner.code].value_mu)
    return [
        UploadIssue(
            upload=upload, kind=IssueKind.NOTICE, division=finding.division, indicator=VALUE, code=finding.code,
            demand=finding.severity,
            detail=storable(_("%(place)s：%(words)s") % {"place": member.owner.label, "words": finding.detail}, 600),
        )
        for finding in contents.findings(nodes)
    ]  # fmt: skip


def new_version(top: QuotaVersion, member: Member, by: User, at: datetime) -> QuotaVersion:
    """A version that a set lacks, unsaved."""
    current = member.current
    return QuotaVersion(
        kind=top.kind, indicator=top.indicator, owner=member.owner, target_year=top.target_year, opened_at=at, opened_by=by,
        supersedes=current, is_demo=current.is_demo if current else top.is_demo,
        version=current.version + 1 if current else 1,
    )  # fmt: skip


def write(found: Sorted, on: Ground, at: datetime, between: Callable[[], None]) -> None:
    """Write the versions that are missing, then the nodes; the owners' locks are held."""
    touched = {on.owner_of[code] for code in changed_codes(found)}
    members = {code: member for code, member in on.set.members.items() if code in touched}
    versions = {code: member.version for code, member in members.items() if member.version}
    missing = {code: new_version(on.set.version, m, on.by, at) for code, m in members.items() if not m.version}
    number_apart(missing.values())
    QuotaVersion.objects.bulk_create(missing.values())
    QuotaTransition.objects.bulk_create(
        [
            QuotaTransition(version=one, action=QuotaAction.OPEN, to_state=one.state, by=on.by, at=at)
            for one in missing.values()
        ]
    )
    for code, version in missing.items():
        if current := members[code].current:
            began = copied(current, version, on.by, at)
            QuotaNode.objects.bulk_create(began)
            version.nodes_revision = 1
            places = {place.code for place in members[code].places}
            members[code].nodes = {node.division_id: node for node in began if node.division_id in places}
    versions |= missing
    standing = {code: node for member in members.values() for code, node in member.nodes.items()}
    after = nodes_after(found, on, at, versions)
    changed = [node for code, node in after.items() if code in changed_codes(found)]
    for version in versions.values():
        version.nodes_revision += 1
    QuotaVersion.objects.bulk_update(versions.values(), ["nodes_revision"])
    gone = [standing[code].pk for code in changed_codes(found) if code in standing and code not in after]
    if gone:
        QuotaNode.objects.filter(pk__in=gone).delete()
    QuotaNode.objects.bulk_update([n for n in changed if n.division_id in standing], NODE_FIELDS)
    copying.add([n for n in changed if n.division_id not in standing], between)


def number_apart(versions: Iterable[QuotaVersion]) -> None:
    """Give new versions a number that no version of the same promise has had, revoked ones among them. One query."""
    new = {version.owner_id: version for version in versions}
    if not new:
        return
    one = next(iter(new.values()))
    rows = QuotaVersion.objects.filter(
        kind=one.kind, indicator=one.indicator, target_year=one.target_year, owner__in=new
    ).values_list("owner", "is_demo", "version")
    latest: Counter[tuple[str, bool]] = Counter()
    for owner, is_demo, number in rows:
        latest[owner, is_demo] = max(latest[owner, is_demo], number)
    for owner, version in new.items():
        version.version = latest[owner, version.is_demo] + 1
