"""Turns what the files cite into documents: title, number, issuer and date as far as they are certain."""

import calendar
import re
from contextlib import suppress
from datetime import date
from hashlib import sha256
from itertools import pairwise

from farmland.models import PolicyDocument

# The day the collection was assembled: a source without a date is known from here on, never earlier.
ASSEMBLED_ON = date(2026, 11, 23)
TITLE_LENGTH = 300

NUMBER = re.compile(r"[\u4e00-\u9fff]{2,6}〔[0-9]{4}〕[0-9]+号")
FULL_DATE = re.compile(r"(?<![0-9])([12][0-9]{3})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?![0-9])")
MONTH = re.compile(r"(?<![0-9-])([12][0-9]{3})-(0[1-9]|1[0-2])(?![0-9-])")
# A year counts as a document's date only in brackets or in its number; "2023年度" says what a figure is about.
YEAR = re.compile(r"[(〔](?:[^()〔〕0-9]* )?([12][0-9]{3})末?[)〕]|〔([12][0-9]{3})〕| ([12][0-9]{3})末\)")
BOOK = re.compile(r"(《[^》]*》)")
BRACKET_WITH_DIGITS = re.compile(r"\([^()]*[0-9][^()]*\)")
STATED_VALUE = re.compile(r"\s*: [^:]*[0-9]\s*(亿亩|万亩|[万千]?公顷).*$")

ISSUERS = (
    ("中共中央办公厅 国务院办公厅", "中共中央办公厅、国务院办公厅"),
    ("中办 国办", "中共中央办公厅、国务院办公厅"),
    ("国务院关于", "国务院"),
    ("国务院《关于", "国务院"),
    ("《国务院关于", "国务院"),
    ("湖南省人民政府办公厅", "湖南省人民政府办公厅"),
    ("上海市人民政府", "上海市人民政府"),
    ("北京市规划和自然资源委员会", "北京市规划和自然资源委员会"),
    ("贵州省人民政府批复", "贵州省人民政府"),
    ("自然资源部", "自然资源部"),
    ("农业农村部", "农业农村部"),
    ("《第三次全国国土调查主要数据公报》", "国务院第三次全国国土调查领导小组办公室、自然资源部、国家统计局"),
)

# What the collection's editor wrote in English, as the pages show it.
EDITOR = (
    (re.compile(r"original page not checked"), "原页未核对"),
    (re.compile(r"rounded, agrees"), "取整, 相符"),
    (re.compile(r"\. Includes 新疆生产建设兵团"), "; 含新疆生产建设兵团"),
    (re.compile(r"^exact: "), ""),
    (re.compile(r"and cumulative (\S+) since 2020 are consistent"), r"与2020年以来累计\1相符"),
    (re.compile(r"fixed by closure of the national total"), "由全国合计闭合推定"),
)


def segments(source: str) -> list[str]:
    """The sources named one after the other: split at every semicolon outside brackets."""
    depth, cuts = 0, [-1]
    for place, sign in enumerate(source):
        depth += (sign == "(") - (sign == ")")
        if sign == ";" and depth == 0:
            cuts.append(place)
    return [source[start + 1 : end].strip() for start, end in pairwise([*cuts, len(source)])]


def readable(text: str) -> str:
    """The editor's remarks in the language of the pages."""
    for pattern, words in EDITOR:
        text = pattern.sub(words, text)
    return text


def title_of(source: str) -> str:
    """The title as cited: a named publication without its number and dates, anything else as it stands."""
    text = STATED_VALUE.sub("", source)
    if "《" not in text:
        return text[:TITLE_LENGTH]
    parts = [part if BOOK.fullmatch(part) else BRACKET_WITH_DIGITS.sub("", part) for part in BOOK.split(text)]
    return NUMBER.sub("", "".join(parts)).replace("()", "").strip()[:TITLE_LENGTH]


def date_of(text: str) -> tuple[int, str, date]:
    """How exactly the text gives a date (3 day, 2 month, 1 year, 0 not at all), its wording, and its last day."""
    for match in FULL_DATE.finditer(text):
        with suppress(ValueError):  # 2023-02-30 is no day
            return 3, match[0], date(int(match[1]), int(match[2]), int(match[3]))
    if month_found := MONTH.search(text):
        year, month = int(month_found[1]), int(month_found[2])
        return 2, month_found[0], date(year, month, calendar.monthrange(year, month)[1])
    if year_found := YEAR.search(text):
        year = int(next(filter(None, year_found.groups())))
        return 1, str(year), date(year, 12, 31)
    return 0, "", ASSEMBLED_ON


class Library:
    """The documents that the files cite: one for every distinct source, unsaved until the loader keeps them."""

    def __init__(self) -> None:
        self.documents: dict[str, PolicyDocument] = {}
        self._exactness: dict[str, int] = {}

    def cite(self, source: str, *, number: str = "", date_text: str = "") -> PolicyDocument:
        """The document of a source. `number` and `date_text` are those of a column of their own, where there is one.

        The same number, or without a number the same title, is the same document; the most exact date wins.
        """
        main, *others = segments(readable(source))
        found = NUMBER.search(main)
        number = number or (found[0] if found else "")
        title = title_of(main)
        key = sha256((number or title).encode()).hexdigest()[:16]
        exactness, wording, known_on = date_of(date_text or f"{BOOK.sub('', main)}{number}")
        if key not in self.documents:
            note = "转引: " + "; ".join(others) if others else ""
            self.documents[key] = PolicyDocument(
                key=key, title=title, number=number, issuer=issuer_of(title), note=note, known_on=known_on
            )
        if exactness > self._exactness.get(key, -1):
            date_document(self.documents[key], exactness, date_text or wording, known_on)
            self._exactness[key] = exactness
        return self.documents[key]


def issuer_of(title: str) -> str:
    """Who issued it, where the title says so."""
    return next((issuer for start, issuer in ISSUERS if title.startswith(start)), "")


def date_document(document: PolicyDocument, exactness: int, wording: str, known_on: date) -> None:
    """Set the dates: a day of publication (公布) tells since when it is known, not when it was issued."""
    document.date_text = wording
    document.known_on = known_on
    document.issued_on = known_on if exactness == 3 and "公布" not in wording else None
