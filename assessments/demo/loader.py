"""Loads the demonstration: statements of every province, targets below them, and accounts, in one transaction."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.translation import gettext as _

from assessments.demo.accounts import ACCOUNTS, PASSWORD, SUPERUSER
from assessments.demo.figures import LAND, SURVEY_YEAR, YEARS, Country, Province, Sheet, corps
from assessments.demo.promises import write_letters, write_placements
from assessments.demo.shares import Leaf
from assessments.demo.statements import is_reporting, write_statements
from assessments.demo.targets import TARGET_YEAR, write_targets
from assessments.demo.years import open_years, write_transitions
from farmland.models import XPCC, AnnualStatement, Division, Figure, Level, Origin, Qualifier, User
from quotas.models import QuotaNode, QuotaVersion

XINJIANG = "650000"


class ReferenceDataMissing(Exception):
    """The demonstration hangs on divisions, figures and targets that have not been loaded."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How much this run wrote."""

    statements: int = 0
    targets: int = 0
    accounts: int = 0
    promises: int = 0  # letters and placements


@transaction.atomic
def load_demo(*, at: datetime) -> Summary:
    """Write whatever of the demonstration is missing; a second run writes nothing.

    `at` is the moment at which its targets are published. Raises ReferenceDataMissing before `load_reference` ran.
    """
    with connection.cursor() as cursor:  # two runs at once take turns
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('load_demo'))")
    accounts = write_accounts()
    statements = targets = 0
    if not (
        AnnualStatement.objects.filter(is_demo=True).exists() and QuotaVersion.objects.filter(is_demo=True).exists()
    ):
        provinces = get_provinces()
        sheets = get_sheets(provinces)
        first = [sheet for sheet in sheets if sheet.year == YEARS[0] and sheet.division in provinces]
        # The targets before the figures: history is slow to write behind 130,000 rows whose keys are yet to be checked.
        targets = write_targets(provinces, first, at=at)
        users = {user.username: user for user in User.objects.all()}
        statements = write_statements(filter(is_reporting, sheets), provinces, users=users)
        open_years(YEARS, at=at)
        write_transitions(users)
        with connection.cursor() as cursor:  # the planner must not take 130,000 new rows for none
            cursor.execute("ANALYZE farmland_figure, farmland_annualstatement, quotas_quotaversion, quotas_quotanode")
    users = {user.username: user for user in User.objects.all()}
    promises = write_letters(at=at) + write_placements(users, at=at)
    return Summary(statements, targets, accounts, promises)


def get_provinces() -> dict[str, Province]:
    """The 31 provinces with their county-level units, by code; grouping rows and the Corps are none."""
    leaves: dict[str, list[Leaf]] = defaultdict(list)
    rows = Division.objects.shown().valid().at_level(Level.COUNTY).select_related("parent").order_by("code")
    for division in rows:
        parent = division.parent
        if parent is None:
            continue
        if parent.level == Level.PREFECTURE:
            leaves[str(parent.parent_id)].append(Leaf(division.code, division.name, parent.code))
        else:
            leaves[parent.code].append(Leaf(division.code, division.name, ""))
    return {code: Province(code, tuple(members)) for code, members in sorted(leaves.items())}


def get_sheets(provinces: dict[str, Province]) -> list[Sheet]:
    """The sheets of all provinces and of the Corps, calibrated to what has been published."""
    rows = Figure.objects.filter(origin=Origin.PUBLISHED).exclude(qualifier=Qualifier.AT_LEAST).order_by("edition")
    published = {(row.division_id, row.indicator, row.year): hundredths(row) for row in rows}
    nodes = QuotaNode.objects.published().filter(version__target_year=TARGET_YEAR, version__is_demo=False)
    targets = {(node.division_id, node.version.indicator): hundredths(node) for node in nodes.select_related("version")}
    if not provinces or any((code, LAND, SURVEY_YEAR) not in published for code in provinces):
        raise ReferenceDataMissing(_("缺少参考数据, 请先运行 load_reference"))
    sheets = list(Country(list(provinces.values()), published, targets).sheets())
    return sheets + [corps(sheet, XPCC) for sheet in sheets if sheet.division == XINJIANG]


def hundredths(row: Figure | QuotaNode) -> int:
    """An area in whole hundredths of a mu, which is what the demonstration reckons in."""
    value_mu = row.area_mu if isinstance(row, Figure) else row.value_mu
    return int(value_mu.scaleb(2))


def write_accounts() -> int:
    """Add the accounts that are missing. One hash serves all: their password is published anyway."""
    existing = set(User.objects.values_list("username", flat=True))
    missing = [account for account in ACCOUNTS if account.username not in existing]
    if not missing:
        return 0
    password = make_password(PASSWORD)
    User.objects.bulk_create(
        User(
            username=account.username,
            name=account.name,
            division_id=account.division,
            department=account.department,
            role=account.role,
            is_superuser=account.username == SUPERUSER,
            password=password,
        )
        for account in missing
    )
    return len(missing)
