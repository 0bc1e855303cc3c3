"""Opening a year's reporting and releasing its results."""

from datetime import date, datetime

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from farmland.actions.statements.tell import tell_opened
from farmland.indicators import Department
from farmland.models import NATION, AnnualStatement, Division, Level, ReportingYear, Role, StatementStatus, User
from farmland.workflow import REVIEWER, Refused, holds

DEPTH = (Level.NATION, Level.PROVINCE, Level.PREFECTURE, Level.COUNTY)


def is_ministry(user: User) -> bool:
    """Whether the user is a reviewer of the ministry of natural resources."""
    return holds(user, Role.REVIEWER, Department.NATURAL_RESOURCES, NATION)


@transaction.atomic
def open_year(*, year: int, county: date, prefecture: date, province: date, by: User, at: datetime) -> ReportingYear:
    """Call for a year's statements: one draft for each of the 31 provinces and the Corps that has none yet.

    The dates are the days by which each level owes its own. Raises Refused (403) for anybody but the ministry, (409)
    for a year that is open already.
    """
    if not is_ministry(by):
        raise Refused(403, "permission_denied", _("只有自然资源部审核人员可以开启年度填报。"))
    with pghistory.context(user=by.pk, at=at.isoformat()):
        opened, is_new = ReportingYear.objects.get_or_create(
            year=year,
            defaults={
                "county_due_on": county, "prefecture_due_on": prefecture, "province_due_on": province,
                "opened_at": at, "opened_by": by,
            },
        )  # fmt: skip
        if not is_new:
            raise Refused(409, "year_is_open", _("%d 年度的填报已经开启。") % year)
        units = Division.objects.shown().valid().filter(level__in=[Level.PROVINCE, Level.SPECIAL])
        having = set(AnnualStatement.objects.for_year(year).values_list("division_id", flat=True))
        AnnualStatement.objects.bulk_create(
            AnnualStatement(division=unit, year=year) for unit in units if unit.code not in having
        )
    tell_opened(opened, by=by, at=at)
    return opened


def releasable_levels(statement: AnnualStatement, user: User) -> list[Level]:
    """Down to which levels the user may release a statement now (X-1, F16); a release only grows.

    The ministry releases for the nation and by province; after that a province its prefectures and counties.
    """
    if statement.status not in (StatementStatus.APPROVED, StatementStatus.LOCKED) or not user.is_active:
        return []
    before = DEPTH.index(Level(statement.released_level)) if statement.released_level else -1
    is_unit = REVIEWER(statement, user)
    wide, deep = DEPTH[:2], DEPTH[2:]
    mine = wide if is_ministry(user) else deep if is_unit and before >= DEPTH.index(Level.PROVINCE) else ()
    return [level for level in mine if DEPTH.index(level) > before]


@transaction.atomic
def release(statement: AnnualStatement, *, level: str, by: User, at: datetime) -> AnnualStatement:
    """Let every signed-in user read an approved statement down to a level. Raises Refused (403, 409)."""
    with pghistory.context(user=by.pk, at=at.isoformat(), action="release"):
        current = AnnualStatement.objects.locked().get(pk=statement.pk)
        if level not in releasable_levels(current, by):
            is_closed = current.status in (StatementStatus.APPROVED, StatementStatus.LOCKED)
            detail = _("全国和省级数据由自然资源部公开；此后本省公开市县数据；已公开的不重复公开。")
            if not is_closed:
                detail = _("通过以后才能公开。")
            raise Refused(403 if is_closed else 409, "not_releasable", detail)
        current.released_level = level
        current.released_at = current.released_at or at
        current.save(update_fields=["released_level", "released_at"])
    return current
