"""No sequence of edits, submissions and adjustments leaves a published version untrue to its direction, or loses one."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from farmland.actions.statements.cells import Cell
from farmland.models import Division
from farmland.units import MU
from farmland.workflow import Refused
from quotas.actions import apply_proposal, explain, name_adjustment, open_draft, record_paper, save_nodes, take_step
from quotas.actions.steps import With
from quotas.models import QuotaNode, QuotaState, QuotaVersion, Redo
from quotas.rules import is_tightened
from quotas.selectors.handing_down import get_contents, get_parent
from tests.quotas import handing
from tests.quotas.handing import AT, CAP, PAPER, STATE_PAPER, TASK

OWNERS = ("000000", "130000", "130000", "130200", "130200")
CHILDREN = {
    "000000": ("000000", "130000", "440000", "500000", "650000"), "130000": ("130200", "130300", "130400"),
    "130200": ("130224", "130225"),
}  # fmt: skip
FORWARD = ("submit", "approve", "publish")
PEOPLE = (
    "ministry", "ministry_two", "ministry_reporter", "reporter", "reviewer", "agri", "agri_reviewer", "city",
    "city_reviewer", "county", "stranger", "viewer",
)  # fmt: skip
CLOSED = (QuotaState.PUBLISHED, QuotaState.SUPERSEDED, QuotaState.REVOKED)


class Quotas(RuleBasedStateMachine):
    """Everybody does anything to the promises of one indicator; what was once published is kept beside it."""

    who: SimpleNamespace
    indicator, year = "cultivated_land", 2035

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.frozen: dict[int, object] = {}
        self.seen: set[int] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize(total=st.integers(4, 400))
    def the_nation_hands_down(self, total: int) -> None:
        shares = {code: str(total) for code in CHILDREN["000000"][1:]}
        self.all_the_way("000000", shares | {"000000": str(4 * total)})

    # What everybody does

    def attempt(self, act: Any) -> Any:
        try:
            with transaction.atomic():
                return act()
        except Refused:
            return None

    def newest(self, owner: str) -> QuotaVersion | None:
        return QuotaVersion.objects.filter(owner=owner, indicator=self.indicator).order_by("-pk").first()

    def staff(self, owner: str) -> tuple[Any, Any, Any]:
        """Who types, who decides and who publishes."""
        if owner == "000000":
            return self.who.ministry_reporter, self.who.ministry, self.who.ministry_two
        if owner == "130000":
            return self.who.reporter, self.who.ministry, self.who.reviewer
        return self.who.city, self.who.reviewer, self.who.city_reviewer

    def all_the_way(self, owner: str, values: dict[str, str]) -> None:
        typist, superior, publisher = self.staff(owner)
        self.attempt(lambda: self.opened(owner, typist))
        version = self.newest(owner)
        if version:
            self.attempt(lambda: self.typed(version, values, typist))
            for action, by in zip(FORWARD, (typist, superior, publisher), strict=True):
                self.attempt(lambda action=action, by=by: self.step(version, action, by))

    def opened(self, owner: str, by: Any) -> QuotaVersion:
        return open_draft(
            indicator=self.indicator, owner=Division.objects.get(pk=owner), target_year=self.year, by=by, at=AT
        )

    def typed(self, version: QuotaVersion, values: dict[str, str], by: Any) -> None:
        standing = dict(version.nodes.values_list("division", "revision"))
        cells = [Cell(code, "value", value, base_version=standing.get(code, 0)) for code, value in values.items()]
        save_nodes(version, cells=cells, unit=MU, by=by, at=AT)

    def step(self, version: QuotaVersion, action: str, by: Any) -> QuotaVersion:
        paper = STATE_PAPER if version.owner_id == "000000" else PAPER
        return take_step(version, action, by=by, at=AT, bringing=With(comment="说明", paper=paper))

    @rule(owner=st.sampled_from(OWNERS), person=st.sampled_from(PEOPLE))
    def somebody_opens(self, owner: str, person: str) -> None:
        self.attempt(lambda: self.opened(owner, getattr(self.who, person)))

    @rule(owner=st.sampled_from(OWNERS), mine=st.booleans(), person=st.sampled_from(PEOPLE), data=st.data())
    def somebody_types(self, owner: str, mine: bool, person: str, data: st.DataObject) -> None:
        version = self.newest(owner)
        if version is None:
            return
        values = data.draw(
            st.dictionaries(
                st.sampled_from([*CHILDREN[owner], "441900"]),
                st.sampled_from(["0", "1", "2.000001", "50", "100", "399", "400", "401", "", "-1", "x"]),
                max_size=4,
            )
        )
        by = self.staff(owner)[0] if mine else getattr(self.who, person)
        self.attempt(lambda: self.typed(version, values, by))

    @rule(
        owner=st.sampled_from(OWNERS),
        action=st.sampled_from([*FORWARD, *FORWARD, "withdraw", "return", "revoke", "supersede"]),
        person=st.sampled_from(PEOPLE),
    )
    def somebody_takes_a_step(self, owner: str, action: str, person: str) -> None:
        if version := self.newest(owner):
            self.attempt(lambda: self.step(version, action, getattr(self.who, person)))

    @rule(
        owner=st.sampled_from(OWNERS),
        extra=st.sampled_from(["0", "0.000001", "1", "-1", "50"]),
        explained=st.booleans(),
    )
    def they_go_all_the_way(self, owner: str, extra: str, explained: bool) -> None:
        """A version that shares its target out evenly, a little more or less, explained and adjusted where it must be."""
        typist = self.staff(owner)[0]
        self.attempt(lambda: self.opened(owner, typist))
        version = self.newest(owner)
        if version is None or version.state not in ("draft", "returned"):
            return
        if owner != "000000":
            self.attempt(lambda: apply_proposal(version, way="even", by=typist, at=AT))
        first = version.nodes.exclude(division=owner).order_by("division").first()
        values = {first.division_id: f"{max(Decimal(0), first.value_mu + Decimal(extra)):f}"} if first else {}
        if explained:
            paper = record_paper(STATE_PAPER, at=AT)
            self.attempt(lambda: name_adjustment(version, document=paper, by=typist, at=AT))
            for code in ("Q-8", "Q-10"):
                self.attempt(lambda code=code: explain(version, code=code, division=owner, text="x", by=typist, at=AT))
        self.all_the_way(owner, values)

    @rule()
    def somebody_writes_past_the_product(self) -> None:
        """SQL cannot change what was handed in or down."""
        closed = QuotaNode.objects.filter(version__state__in=[*CLOSED, "submitted", "approved"])
        for act in (lambda: closed.update(value_mu=7), closed.delete):
            if closed.exists():
                try:
                    with transaction.atomic():
                        act()
                except IntegrityError:
                    continue
                raise AssertionError("a frozen target was changed")

    # What holds

    @invariant()
    def every_published_version_is_true_to_its_direction(self) -> None:
        for version in QuotaVersion.objects.filter(state=QuotaState.PUBLISHED).select_related("owner"):
            nodes = version.nodes.exclude(division=version.owner_id)
            total = nodes.aggregate(total=Sum("value_mu"))["total"]
            parents = {node.parent for node in nodes.select_related("parent")}
            if version.is_complete:
                assert {node.division_id for node in nodes} == set(CHILDREN[version.owner_id]) - {version.owner_id}
                [parent] = parents
                assert parent is not None
                assert total <= parent.value_mu if version.direction == "cap" else total >= parent.value_mu
            current = get_parent(version)
            holds = current is not None and not is_tightened(version.direction, total, current.value_mu)
            if version.is_complete and not holds:
                is_marked = Redo.objects.filter(version=version, done_at=None).exists()
                assert is_marked or current is None, f"{version} fell short unseen"

    @invariant()
    def no_version_is_ever_lost_or_changed(self) -> None:
        found = set(QuotaVersion.objects.values_list("pk", flat=True))
        assert self.seen <= found
        self.seen = found
        for version in QuotaVersion.objects.filter(state__in=CLOSED):
            rows = (version.version, version.document_id, version.published_at, *sorted(
                version.nodes.values_list("division", "value_mu", "plan_mu", "parent", "document")
            ))  # fmt: skip
            assert self.frozen.setdefault(version.pk, rows) == rows

    @invariant()
    def one_is_in_force_and_one_under_way(self) -> None:
        for states in ([QuotaState.PUBLISHED], ["draft", "submitted", "returned", "approved"]):
            owners = list(
                QuotaVersion.objects.filter(state__in=states, indicator=self.indicator).values_list("owner", flat=True)
            )
            assert len(owners) == len(set(owners))

    @invariant()
    def nobody_decides_on_their_own(self) -> None:
        for version in QuotaVersion.objects.filter(approved_by__isnull=False):
            assert version.approved_by_id != version.submitted_by_id
            assert get_contents(version).version == version


def run(who: SimpleNamespace, indicator: str, year: int, examples: int) -> None:
    Quotas.who, Quotas.indicator, Quotas.year = who, indicator, year
    run_state_machine_as_test(
        Quotas,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )


def test_no_sequence_breaks_a_floor(cast: SimpleNamespace) -> None:
    handing.prefectures()
    run(handing.people(cast), "cultivated_land", 2035, 8)


def test_no_sequence_breaks_a_cap(cast: SimpleNamespace) -> None:
    handing.prefectures()
    run(handing.people(cast), CAP, 2026, 8)


def test_no_sequence_breaks_a_task(cast: SimpleNamespace) -> None:
    handing.prefectures()
    who = handing.people(cast)
    for name in vars(who):  # the same people in the other line of government
        person = getattr(who, name)
        person.department = "agriculture"
        person.save()
    run(who, TASK, 2030, 4)
