"""The annual statement as a form: written for a reader, read back as cells."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from farmland.actions.statements.cells import OPEN, may_type
from farmland.indicators import INDICATORS, Absence, Group, Indicator, of_group
from farmland.models import AnnualStatement, Division, User
from farmland.selectors.statements import Reading, children_of
from farmland.ui import sheets
from farmland.ui.typed import clean
from farmland.units import EXACT, UNITS, Unit
from farmland.workbooks.files import read_file
from farmland.workbooks.filled import Filled
from farmland.workbooks.form import SUM, Column, Expected, Form, Part, Row, Value, unit_captions, unit_labels
from farmland.workbooks.read import Progress
from farmland.workbooks.tables import Table, table_csv
from farmland.workbooks.write import write_form

NOUN = "statement"


def identity_of(statement: AnnualStatement) -> str:
    """What the statement is, in words that another system's statement would not share by chance of its number."""
    return f"{statement.division_id}/{statement.year}/{statement.version}"


# Reading


def read_statement_file(
    file: BinaryIO,
    *,
    statement: AnnualStatement,
    rows: Iterable[Division],
    unit: Unit | None,
    progress: Progress = None,
) -> Filled:
    """What a filled-in file of a statement says; `rows` are its divisions. See `read_file`."""
    return read_file(file, expect(statement, rows), unit, progress)


def expect(statement: AnnualStatement, rows: Iterable[Division]) -> Expected:
    """What a file for the statement is read against, in every language of the interface."""
    columns: dict[str, set[str]] = {code: set() for code in INDICATORS}
    words: dict[str, str] = {str(kind.value): str(kind.value) for kind in Absence}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, indicator in INDICATORS.items():
                label = str(indicator.label)
                columns[code] |= {"".join(label.split()), "".join(sheets_label(indicator).split())}
            words |= {str(kind.label).lower(): str(kind.value) for kind in Absence}
    return Expected(
        noun=NOUN,
        object_id=statement.pk,
        identity=identity_of(statement),
        columns={code: frozenset(found) for code, found in columns.items()},
        rows={row.code: frozenset({row.name, row.name_en} - {""}) for row in rows},
        words=words,
        units=unit_labels(),
        captions=unit_captions(),
        titles={code: str(indicator.label) for code, indicator in INDICATORS.items()},
        unitless=frozenset(code for code, indicator in INDICATORS.items() if not indicator.is_area),
    )


def sheets_label(indicator: Indicator) -> str:
    """The heading of an indicator as a form prints it, its own unit with it."""
    words = {"line": indicator.label, "unit": indicator.display_unit.label}
    return str(indicator.label) if indicator.is_area else _("%(line)s（%(unit)s）") % words


# Writing


def write_statement_form(reading: Reading, user: User, *, unit: Unit) -> bytes:
    """The form as XLSX, prefilled with what the reader sees; only the cells that are theirs to type are open."""
    return write_form(statement_form(reading, user, unit=unit), at=timezone.localtime())


def statement_form(reading: Reading, user: User, *, unit: Unit) -> Form:
    """The form of a statement for a reader: one part for each group, areas in `unit`."""
    statement = reading.statement
    open_rows = own_codes(reading, user)
    values: dict[tuple[str, str], Value] = {}
    parts = tuple(part_of(reading, group, user, unit, open_rows, values) for group in Group)
    name = statement.division.label
    return Form(
        noun=NOUN,
        object_id=statement.pk,
        identity=identity_of(statement),
        title=_("%(name)s%(year)s年度耕地保护统计表") % {"name": name, "year": statement.year},
        number=_("年报"),
        edition=_("第 %d 版") % statement.version + (_("（演示数据）") if statement.is_demo else ""),
        reporter=reporter_of(reading, user),
        moment=_("%d年12月31日") % statement.year,
        unit=unit.code,
        unit_label=str(unit.label),
        row_head=(_("区划代码"), _("行政区划")),
        parts=parts,
        values=values,
        words=(str(Absence.NOT_APPLICABLE.label), str(Absence.BLANK.label)),
        guide=guide(unit, may_add=may_add(reading, open_rows, parts)),
        signs=(
            _("单位负责人："),
            _("审核人："),
            _("填报人："),
            _("联系电话："),
            _("填报日期：　　年　月　日"),
            _("（盖章）"),
        ),
        author=str(user),
    )


def reporter_of(reading: Reading, user: User) -> str:
    """Who fills the form in: the reader's division and line of government."""
    part = next((row.label for row in reading.rows if row.code == reading.root), reading.statement.division.label)
    department = user.get_department_display() if user.department else ""
    return _("%(line)s（%(unit)s）") % {"line": part, "unit": department} if department else str(part)


def own_codes(reading: Reading, user: User) -> set[str]:
    """The rows that the reader may type into now."""
    if not (may_type(user) and reading.statement.status in OPEN and reading.rows):
        return set()
    unit = reading.statement.division
    if not unit.contains(user.division):
        return set()
    is_alone = unit.level == "special" or unit.is_leaf
    rows = [row for row in reading.rows if (row.code == unit.code) == is_alone]
    return {row.code for row in rows if user.division.contains(row)}


def part_of(
    reading: Reading, group: str, user: User, unit: Unit, open_rows: set[str], values: dict[tuple[str, str], Value]
) -> Part:
    """One group as a sheet; what stands in its cells goes into `values`."""
    indicators = of_group(group)
    columns = tuple(Column(i.code, str(i.label), i.department == user.department) for i in indicators)
    children, below = children_of(reading.rows, reading.root), sheets.below(reading, indicators, unit)
    typed = {code for code, name in (*reading.figures, *reading.gaps) if name in {i.code for i in indicators}}
    top = len(reading.statement.division.prefix)
    rows: list[Row] = []
    for division in reading.rows:
        code, depth = division.code, max(0, len(division.prefix) - top) // 2
        if children.get(code):
            words = _("合计") if code == reading.root else division.label
            rows.append(Row(SUM + code, code, words, depth))
            for indicator in indicators:
                values[SUM + code, indicator.code] = Value(clean(below[code, indicator.code].value))
        is_root_sum = code == reading.statement.division_id and bool(children.get(code))
        if not is_root_sum and (not children.get(code) or code in typed):
            name = _("%(name)s（本级）") % {"name": division.label} if children.get(code) else division.label
            rows.append(Row(code, code, name, depth, code in open_rows))
            for indicator in indicators:
                if value := value_of(reading, (code, indicator.code), unit):
                    values[code, indicator.code] = value
    return Part(group, str(Group(group).label), columns, sheets.heads(indicators), tuple(rows))


def value_of(reading: Reading, key: tuple[str, str], unit: Unit) -> Value | None:
    """What stands in a cell; None in an empty one."""
    if figure := reading.figures.get(key):
        text, own = sheets.shown(figure, unit), UNITS[figure.input_unit]
        is_exact = (
            own == unit or figure.value_mu is None or EXACT.multiply(Decimal(text), unit.factor) == figure.value_mu
        )
        return Value(text, figure.revision, note=figure.note, exact=is_exact)
    if gap := reading.gaps.get(key):
        return Value("", gap.revision, gap.kind, str(Absence(gap.kind).label), gap.note)
    return None


def may_add(reading: Reading, open_rows: set[str], parts: tuple[Part, ...]) -> bool:
    """Whether a division that adds up others may type figures of its own in a row that a part does not print."""
    children = children_of(reading.rows, reading.root)
    own = {code for code in open_rows if children.get(code)}
    return any(own - {row.key for row in part.rows} for part in parts)


def guide(unit: Unit, *, may_add: bool) -> tuple[str, ...]:
    """How to fill the form in."""
    adding = _(
        "有下级的地区本级另有数值、而表中没有“（本级）”一行的，请在报表页填写，或用 CSV、JSON 文件按区划代码上传。"
    )
    return (
        _("白色格由您填报，灰色格不可填写。面积单位一律为%s，请勿换算成其他单位，也不要改动表上的计量单位。")
        % unit.label,
        _("填写零或正数，位数按实际掌握的精度；不要填公式、百分比、日期，可粘贴为数值。没有面积填 0。"),
        _("确无此项填“不适用”；有而不掌握填“空缺”，并在“说明”表中选择区划和指标、写明原因。"),
        _("清空一格即删除该格原有的数值；没有动过的格不会改变。"),
        _("请勿插入、删除或合并行列，请勿改动表头和隐藏的行、列、工作表；可以调整列宽和行高。"),
        _("合计为下载时的数，不随填写而变；上传后由系统重新汇总。"),
        _(
            "填好后在报表页上传：先校验并逐格指出错误，确认后一次写入。他人在此期间改过的格会列为冲突，由您决定，不会被直接覆盖。"
        ),
        *((adding,) if may_add else ()),
        _("单位负责人、审核人、填报人在打印件上签字并盖章。"),
    )


LONG_HEAD = ("division", "name", "indicator", "label", "value", "absence", "note", "base_version", "was", "noted")


def write_statement_csv(reading: Reading, user: User, *, unit: Unit) -> bytes:
    """The same figures, one in each line, in UTF-8 with a byte-order mark; facts stand above the head."""
    statement = reading.statement
    facts = [("identity", identity_of(statement)), ("statement", str(statement.pk)), ("unit", unit.code)]
    facts += [("unit_label", str(unit.label)), ("at", timezone.localtime().isoformat(timespec="seconds"))]
    title = _("%(name)s%(year)s年度耕地保护统计表") % {"name": statement.division.label, "year": statement.year}
    rows = [list(line) for line in lines(reading, user, unit)]
    return table_csv(Table(title, facts, list(LONG_HEAD), rows))


def write_statement_json(reading: Reading, user: User, *, unit: Unit) -> bytes:
    """The same figures in the shape of PUT /api/v1/statements/{id}/figures/."""
    statement = reading.statement
    names = [name for name in LONG_HEAD if name not in ("name", "label")]
    figures = [dict(zip(LONG_HEAD, line, strict=True)) for line in lines(reading, user, unit)]
    data = {
        "statement": statement.pk, "identity": identity_of(statement), "unit": unit.code,
        "figures": [{name: figure[name] for name in names} for figure in figures],
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def lines(reading: Reading, user: User, unit: Unit) -> Iterable[tuple[str | int, ...]]:
    """The open cells of the reader, empty ones too; all that is filled where nothing is open."""
    open_rows = own_codes(reading, user)
    children = children_of(reading.rows, reading.root)
    for division in reading.rows:
        if open_rows and division.code not in open_rows:
            continue
        for indicator in INDICATORS.values():
            if open_rows and indicator.department != user.department:
                continue
            key = (division.code, indicator.code)
            figure, gap = reading.figures.get(key), reading.gaps.get(key)
            standing = figure or gap
            if standing is None and (not open_rows or children.get(division.code)):
                continue
            text = sheets.shown(figure, unit) if figure else ""
            absence, note = str(gap.kind) if gap else "", standing.note if standing else ""
            yield (
                division.code, str(division.label), indicator.code, str(indicator.label),
                text, absence, note, standing.revision if standing else 0, text or absence, note,
            )  # fmt: skip
