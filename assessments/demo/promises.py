"""Writes the demonstration's letters and placements: some signed by both, some by one with the reason, most by nobody; some
counties' targets on the map, fewer in the database. All of it hangs on the demonstration's targets and is drawn once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from assessments.demo.accounts import GUANGDONG, HEBEI, LUANNAN, TANGSHAN
from assessments.demo.shares import drawn
from assessments.demo.targets import TARGET_YEAR
from farmland.models import NATION, Level, User
from farmland.units import MU
from quotas.models import Letter, Placement, QuotaNode, QuotaVersion

SIGNED, ONE_SIDED = 12, 16  # of a hundred letters: signed by both below the first, by one below the second
# Who records for the counties of a province in the demonstration; elsewhere nothing is recorded.
RECORDERS = {HEBEI: "hebei_reporter", GUANGDONG: "guangdong_reporter"}
OWN = {LUANNAN: "luannan_reporter"}
NOTHING, PART, PLACED = 35, 60, 78  # of a hundred counties: nothing, a part, all but not entered, entered


def write_letters(*, at: datetime) -> int:
    """Write a letter for every pair of the demonstration's targets, and of the nation with its provinces; how many."""
    if Letter.objects.filter(is_demo=True).exists():
        return 0
    versions = QuotaVersion.objects.filter(is_demo=True, target_year=TARGET_YEAR)
    pairs = Q(version__in=versions) | Q(
        version__owner=NATION, version__target_year=TARGET_YEAR, division__level=Level.PROVINCE
    )
    rows = QuotaNode.objects.published().filter(pairs).order_by("version__owner", "division")
    found = rows.values_list("version__owner", "division").distinct()
    letters = [letter_of(upper, lower, at) for upper, lower in found if upper != lower]
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
    return len(letters)


def letter_of(upper: str, lower: str, at: datetime) -> Letter:
    """One letter; that of Tangshan is signed by both, so that a signed one can be seen."""
    place = 0 if lower == TANGSHAN else drawn(0, 99, "letter", upper, lower)
    letter = Letter(target_year=TARGET_YEAR, upper_id=upper, lower_id=lower, is_demo=True)
    if place >= ONE_SIDED:
        return letter
    day = timezone.localtime(at).date() - timedelta(days=drawn(1, 60, "day", upper, lower))
    is_party, is_head = place < SIGNED or place % 2 == 0, place < SIGNED or place % 2 == 1
    if is_party:
        letter.party_signatory, letter.party_signed_on = "演示书记", day
    if is_head:
        letter.government_signatory, letter.government_signed_on = "演示主要负责人", day
    if place >= SIGNED:
        letter.note = "演示：政府主要负责人空缺，待任命后补签" if is_party else "演示：党委书记空缺，待任命后补签"
    letter.at = at
    return letter


def write_placements(users: Mapping[str, User], *, at: datetime) -> int:
    """Write what the counties of two provinces have placed and entered; how many."""
    if Placement.objects.filter(node__version__is_demo=True).exists():
        return 0
    nodes = QuotaNode.objects.published().filter(
        Q(division__level=Level.COUNTY) | Q(division__level=Level.PREFECTURE, division__is_leaf=True),
        version__is_demo=True, version__target_year=TARGET_YEAR,
    )  # fmt: skip
    found = []
    for province, username in RECORDERS.items():
        rows = nodes.filter(division__prefix__startswith=province[:2]).order_by("division", "pk")
        for node in rows.select_related("version"):
            by = users[OWN.get(node.division_id, username)]
            if placement := placement_of(node, by, at):
                found.append(placement)
    Placement.objects.bulk_create(found)
    return len(found)


def placement_of(node: QuotaNode, by: User, at: datetime) -> Placement | None:
    """One target's placement; None where nothing is recorded. Luannan has placed a part and still has to do the rest."""
    key = (node.division_id, node.version.indicator)
    place = NOTHING if node.division_id == LUANNAN else drawn(0, 99, "placed", *key)
    if place < NOTHING:
        return None
    is_part = place < PART
    share = drawn(30, 95, "share", *key) if is_part else 100
    extra = 0 if is_part else drawn(0, 40, "extra", *key)
    value = Decimal(int(node.value_mu) * share // 100 + extra)
    day = timezone.localtime(at).date() - timedelta(days=drawn(1, 90, "entered", *key))
    return Placement(
        node=node, placed_mu=value, input_value=value, input_unit=MU.code, input_decimals=0,
        uploaded_on=day if place >= PLACED else None, note="演示数据", by=by, at=at - timedelta(days=1),
    )  # fmt: skip
