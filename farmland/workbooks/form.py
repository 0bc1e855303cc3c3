"""What a form is: its rows, columns and parts, who types what, and the words that may stand in a cell. No noun is known here."""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from farmland.ui.sheets import Head
from farmland.units import AREA_UNITS
from farmland.workbooks.numbers import canonical

COLON = chr(0xFF1A)  # of full width
FORMAT, FORMAT_VERSION = "farmland-form", 1
IDS = "_form"  # the hidden sheet of ids and versions
SUM = "Σ"  # begins the key of a row that adds up others
ASIDE = "-"  # the key of a row that holds no figures: sign-off, remarks
NOTES = "notes"  # the part that holds the remarks


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its code, and whether the reader may type in it."""

    code: str
    label: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row: `key` is the code of what it is about, after SUM where it adds up others."""

    key: str
    code: str
    name: str
    depth: int = 0
    is_open: bool = False

    @property
    def is_sum(self) -> bool:
        """Whether it adds up others."""
        return self.key.startswith(SUM)


@dataclass(frozen=True, slots=True)
class Part:
    """One sheet of a form: its columns under one or two lines of headings, and its rows."""

    code: str
    label: str
    columns: tuple[Column, ...]
    heads: tuple[list[Head], list[Head]]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """What stands in a cell: digits, or why there are none (a code, and the word for it); on which version; and what is
    remarked on it. Digits that are not `exact` were rounded to be shown."""

    text: str = ""
    version: int = 0
    absence: str = ""
    word: str = ""
    note: str = ""
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """A whole form. `identity` says in words what `object_id` is, so that another system's number is no match."""

    noun: str
    object_id: int
    identity: str
    title: str
    number: str  # 表号
    edition: str
    reporter: str  # 填报单位
    moment: str
    unit: str
    unit_label: str
    row_head: tuple[str, str]
    parts: tuple[Part, ...]
    values: Mapping[tuple[str, str], Value]
    words: tuple[str, ...]
    guide: tuple[str, ...]
    signs: tuple[str, ...]
    author: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a filled-in form is read against: everything by code, labels in every language."""

    noun: str
    object_id: int
    identity: str
    columns: Mapping[str, frozenset[str]]  # code → its labels
    rows: Mapping[str, frozenset[str]]  # code → its names
    words: Mapping[str, str]  # 不适用 → not_applicable
    units: Mapping[str, frozenset[str]]  # code → its labels
    captions: frozenset[str] = field(default_factory=frozenset)  # 计量单位 in every language
    titles: Mapping[str, str] = field(default_factory=dict)  # code → its label, to quote
    unitless: frozenset[str] = field(default_factory=frozenset)  # columns that have a unit of their own


def unit_labels() -> dict[str, frozenset[str]]:
    """The labels of each unit of area in every language of the interface, by code."""
    found: dict[str, set[str]] = {code: set() for code in AREA_UNITS}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, unit in AREA_UNITS.items():
                found[code].add(str(unit.label))
    return {code: frozenset(labels) for code, labels in found.items()}


def unit_captions() -> frozenset[str]:
    """What stands before the unit of a form, in every language of the interface."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.add(_("计量单位：%s").replace(COLON, ":").partition(":")[0].strip())
    return frozenset(found)


def seal(text: str) -> str:
    """The short mark of a locked cell's content, by which a change to it is noticed."""
    return f"x{binascii.crc_hqx(text.encode(), 0):x}" if text else "x"


ROUNDED = "~"
DOUBT = "⚠"  # begins what was no figure: its formula or format is gone, and it must not pass for one


def state_of(value: Value | None, *, is_open: bool) -> str:
    """What the hidden sheet says of a cell: an open one's version and what stood in it, a locked one's seal."""
    if not is_open:
        return seal(canonical(value.text) or value.word if value else "")
    if value is None:
        return "0"
    return f"{value.version}:{'' if value.exact else ROUNDED}{value.text or value.absence}"
