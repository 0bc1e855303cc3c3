"""A set of targets as a form: written for who draws it up, read back as cells."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from farmland.models import Division, User
from farmland.ui import sheets
from farmland.ui.sheets import Head
from farmland.units import EXACT, UNITS, Unit
from farmland.workbooks.files import read_file
from farmland.workbooks.filled import Filled
from farmland.workbooks.form import SUM, Column, Expected, Form, Part, Row, Value, unit_captions, unit_labels
from farmland.workbooks.read import Progress
from farmland.workbooks.tables import Table, table_csv
from farmland.workbooks.write import write_form
from quotas.actions.nodes import PLAN, VALUE
from quotas.models import QuotaNode, QuotaVersion
from quotas.selectors.sets import QuotaSet

NOUN = "quota"
BEFORE = "before"  # what each was held to by the version that is superseded
LONG_HEAD = ("division", "name", "indicator", "label", "value", "note", "base_version", "was", "noted")


def column_labels() -> dict[str, str]:
    """The columns by code, in the reader's language."""
    return {
        VALUE: pgettext("column", "下达目标"), PLAN: pgettext("column", "本级规划数"),
        BEFORE: pgettext("column", "上一版目标"),
    }  # fmt: skip


def identity_of(version: QuotaVersion) -> str:
    """What the version is, in words that another system's version would not share by chance of its number."""
    return f"{version.owner_id}/{version.indicator}/{version.target_year}/{version.version}"


def title_of(version: QuotaVersion) -> str:
    """The form's title: 河北省耕地保有量目标分解表（2035年）."""
    names = {"name": version.owner.label, "what": version.promise.label, "year": version.target_year}
    return _("%(name)s%(what)s目标分解表（%(year)s年）") % names


# Reading


def read_target_file(
    file: BinaryIO,
    *,
    version: QuotaVersion,
    divisions: Iterable[Division],
    unit: Unit | None,
    progress: Progress = None,
) -> Filled:
    """What a filled-in file of targets says; `divisions` are those that may get one. See `read_file`."""
    return read_file(file, expect(version, divisions), unit, progress)


def expect(version: QuotaVersion, divisions: Iterable[Division]) -> Expected:
    """What a file is read against, in every language of the interface."""
    columns: dict[str, set[str]] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, label in column_labels().items():
                columns.setdefault(code, set()).add("".join(label.split()))
    return Expected(
        noun=NOUN,
        object_id=version.pk,
        identity=identity_of(version),
        columns={code: frozenset(found) for code, found in columns.items()},
        rows={row.code: frozenset({row.name, row.name_en} - {""}) for row in divisions},
        words={},
        units=unit_labels(),
        captions=unit_captions(),
        titles=column_labels(),
    )


# Writing


def write_target_form(found: QuotaSet, user: User, *, unit: Unit, parent_mu: Decimal | None) -> bytes:
    """The form as XLSX, prefilled: a row for each child, and below a prefecture that the reader acts for its counties.

    `parent_mu` is the owner's own target, printed in the title's line.
    """
    return write_form(target_form(found, user, unit=unit, parent_mu=parent_mu), at=timezone.localtime())


def target_form(found: QuotaSet, user: User, *, unit: Unit, parent_mu: Decimal | None) -> Form:
    """The form of a set of targets, areas in `unit`."""
    version, labels = found.version, column_labels()
    values: dict[tuple[str, str], Value] = {}
    has_before = any(member.current for member in found.members.values())
    columns = [Column(VALUE, labels[VALUE], True), Column(PLAN, labels[PLAN], True)]
    columns += [Column(BEFORE, labels[BEFORE], False)] if has_before else []
    rows = rows_of(found, unit, values)
    own = sheets.plain(parent_mu, unit) if parent_mu is not None else "—"
    heads = [Head(column.label, column.code) for column in columns]
    part = Part("targets", str(version.promise.label), tuple(columns), (heads, []), tuple(rows))
    return Form(
        noun=NOUN,
        object_id=version.pk,
        identity=identity_of(version),
        title=title_of(version),
        number=_("目标分解"),
        edition=_("第 %d 版") % version.version + (_("（演示数据）") if version.is_demo else ""),
        reporter=str(version.owner.label),
        moment=_("本级目标 %(value)s %(unit)s") % {"value": own, "unit": unit.label},
        unit=unit.code,
        unit_label=str(unit.label),
        row_head=(_("区划代码"), _("行政区划")),
        parts=(part,),
        values=values,
        words=(),
        guide=guide(unit),
        signs=(_("单位负责人："), _("审核人："), _("填报人："), _("填报日期：　　年　月　日"), _("（盖章）")),
        author=str(user),
    )


def rows_of(found: QuotaSet, unit: Unit, values: dict[tuple[str, str], Value]) -> list[Row]:
    """The rows, each parent before its children; what stands in their cells goes into `values`."""
    top, held = found.version.owner_id, before_of(found)
    rows: list[Row] = []

    def adding(code: str, name: str, depth: int) -> None:
        member = found.members[code]
        nodes = [node.value_mu for place, node in member.nodes.items() if place != code]
        rows.append(Row(SUM + code, code, name, depth))
        if nodes:
            values[SUM + code, VALUE] = Value(sheets.plain(sum(nodes, Decimal(0)), unit))

    def open_row(division: Division, owner: str, depth: int) -> None:
        member = found.members[owner]
        rows.append(Row(division.code, division.code, str(division.label), depth, member.is_open))
        if node := member.nodes.get(division.code):
            put(division.code, node, unit, values)
        if node and division.code in held:
            values[division.code, BEFORE] = Value(sheets.plain(held[division.code], unit))

    adding(top, _("合计"), 0)
    for division in found.members[top].places:
        open_row(division, top, 1)
        if division.code in found.members and division.code != top:
            adding(division.code, _("%s所辖合计") % division.label, 2)
            for below in found.members[division.code].places:
                open_row(below, division.code, 2)
    return rows


def before_of(found: QuotaSet) -> dict[str, Decimal]:
    """What each division is held to by the versions that will be superseded. One query."""
    versions = [member.current for member in found.members.values() if member.current and member.version]
    return dict(QuotaNode.objects.filter(version__in=versions).values_list("division", "value_mu"))


def put(code: str, node: QuotaNode, unit: Unit, values: dict[tuple[str, str], Value]) -> None:
    """What stands in the cells of one target: as it was typed where the unit is the same."""
    text = shown(node.value_mu, node.input_value, node.input_unit, node.input_decimals, unit)
    values[code, VALUE] = Value(text, node.revision, note=node.note, exact=is_exact(text, node.value_mu, unit))
    if node.plan_mu is not None and node.plan_input is not None:
        text = shown(node.plan_mu, node.plan_input, node.plan_unit, node.plan_decimals, unit)
        values[code, PLAN] = Value(text, node.plan_revision, exact=is_exact(text, node.plan_mu, unit))


def shown(value_mu: Decimal, typed: Decimal, typed_unit: str, decimals: int, unit: Unit) -> str:
    """An area in the form's unit."""
    return f"{typed:.{decimals}f}" if UNITS[typed_unit] == unit else sheets.plain(value_mu, unit)


def is_exact(text: str, value_mu: Decimal, unit: Unit) -> bool:
    """Whether the digits are the whole value."""
    return EXACT.multiply(Decimal(text), unit.factor) == value_mu


def guide(unit: Unit) -> tuple[str, ...]:
    """How to fill the form in."""
    return (
        _("白色格由您填报，灰色格不可填写。面积单位一律为%s，请勿换算成其他单位，也不要改动表上的计量单位。")
        % unit.label,
        _("耕地保有量、永久基本农田等目标：下级之和不得低于本级；建设占用规模上限：下级之和不得高于本级。"),
        _("“本级规划数”为下级国土空间规划确定的数，可以不填；填写的不得低于（上限不得高于）下达目标。"),
        _("可以在“说明”表中对任一目标写明理由。"),
        _("请勿插入、删除或合并行列，请勿改动表头和隐藏的行、列、工作表；可以调整列宽和行高。"),
        _("合计为下载时的数，不随填写而变；上传后由系统重新汇总并按规则校验。"),
        _("填好后在目标页上传：先校验并逐格指出错误，确认后一次写入；他人在此期间改过的格列为冲突，由您决定。"),
    )


def write_target_csv(found: QuotaSet, *, unit: Unit) -> bytes:
    """The same targets, one in each line, in UTF-8 with a byte-order mark; facts stand above the head."""
    version, labels = found.version, column_labels()
    values: dict[tuple[str, str], Value] = {}
    names: Mapping[str, str] = {row.code: row.name for row in rows_of(found, unit, values) if row.is_open}
    facts = [("identity", identity_of(version)), ("unit", unit.code), ("unit_label", str(unit.label))]
    facts.append(("at", timezone.localtime().isoformat(timespec="seconds")))
    rows = []
    for code, name in names.items():
        for column in (VALUE, PLAN):
            value = values.get((code, column), Value())
            rows.append(
                [code, name, column, labels[column], value.text, value.note, value.version, value.text, value.note]
            )
    return table_csv(Table(title_of(version), facts, list(LONG_HEAD), rows))
