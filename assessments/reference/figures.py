"""What the files say about published figures: the 2019 survey, the national series and the examples below it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.reference.documents import Library, readable, segments
from assessments.reference.rows import UNIT_NAMES, Area, Row
from farmland.actions.figures import PublishedFigure
from farmland.models import NATION, Basis, Confidence, PolicyDocument, Qualifier
from farmland.units import QIAN_HA, WAN_HA, WAN_MU, YI_MU, half_step

SURVEY_COLUMNS = (
    "code", "province", "area_1000ha", "area_wan_ha_published", "area_wanmu_published", "area_wanmu",
    "area_wanmu_basis", "reference_date", "source", "confidence",
)  # fmt: skip
SERIES_COLUMNS = ("year", "indicator", "scope", "value", "unit", "value_wanmu", "note", "source", "confidence")
EXAMPLE_COLUMNS = ("code", "name", "year", "indicator", "value", "unit", "source", "note", "confidence")

SURVEY_YEAR = 2019
YEARBOOK = "《中国统计年鉴》"
NATIONWIDE = "全国"
SAME = "同上"

# The series' own names: indicator, and the edition where the source names one (preliminary 1, final 2).
SERIES: dict[str, tuple[str, int | None]] = {
    "cultivated_land_area": ("cultivated_land", 1),
    "cultivated_land_area_final": ("cultivated_land", 2),
    "cultivated_land_area_exact": ("cultivated_land", 2),
    "cultivated_land_type:水田": ("paddy", None),
    "cultivated_land_type:水浇地": ("irrigated", None),
    "cultivated_land_type:旱地": ("dry", None),
    "high_standard_farmland_cumulative": ("high_standard_farmland", None),
}
EXACT_ROW, CHANGE_ROW = "cultivated_land_area_exact", "cultivated_land_change_vs_2019"
EXAMPLES = {"cultivated": "cultivated_land", "permanent_basic": "permanent_basic_farmland"}

AT_LEAST = re.compile(r"「超过」|下限")
APPROXIMATE = re.compile(r"约数|时点不明确|^约[0-9.]+亿亩")
FORMULA_AND_SOURCE = re.compile(r"(?P<formula>[^(]*[0-9」][^(]*?)\s*\((?P<source>.*)\)")
FORMULA_ALONE = re.compile(r"[0-9.+\- ]+")


@dataclass(frozen=True, slots=True)
class CitedRow:
    """A row with its source and note written out."""

    row: Row
    source: str
    note: str


def basis_of(indicator: str, year: int) -> str:
    """On what survey a figure stands: the second (2009), the third (2019), later the yearly change survey."""
    if indicator == "high_standard_farmland":
        return Basis.AGRI_STATISTICS
    if indicator == "permanent_basic_farmland":
        return Basis.PBF_DATABASE
    if year < SURVEY_YEAR:
        return Basis.SURVEY2
    return Basis.SURVEY3 if year == SURVEY_YEAR else Basis.CHANGE_SURVEY


def qualifier_of(wording: str, indicator: str, area: Area) -> str:
    """How exactly the source states it, in its own words; cultivated land to 0.1 亿亩 (500 万亩) is approximate."""
    if AT_LEAST.search(wording):
        return Qualifier.AT_LEAST
    if APPROXIMATE.search(wording):
        return Qualifier.APPROX
    is_coarse = indicator == "cultivated_land" and area.unit is YI_MU and area.decimals < 2
    return Qualifier.APPROX if is_coarse else Qualifier.EXACT


def get_survey(rows: Sequence[Row], names: Mapping[str, str], library: Library) -> list[PublishedFigure]:
    """survey_2019.csv: the third survey's cultivated land of the 31 provinces and the nation."""
    figures = []
    for row in rows:
        code = row.check_name("province", names)
        if row["reference_date"] != f"{SURVEY_YEAR}-12-31":
            raise row.refuse(_("时点应为 2019-12-31"))
        area = survey_area(row)
        document, note = survey_source(row)
        if area.unit is not WAN_MU:
            name = next(name for name, unit in UNIT_NAMES.items() if unit is area.unit)
            note = "; ".join(filter(None, [note, f"原值为{name}, ×1.5折合万亩, 尾差±0.08万亩"]))
        figures.append(
            make(row, code, "cultivated_land", SURVEY_YEAR, area, library.cite(document), row.confidence(), note)
        )
    return figures


def survey_area(row: Row) -> Area:
    """The area as it was printed: in 万亩 where published so, else in hectares; all columns must agree with it."""
    hectares, wan_ha = row.area("area_1000ha", QIAN_HA), row.area("area_wan_ha_published", WAN_HA)
    wan_mu, stated = row.area("area_wanmu", WAN_MU), row.area("area_wanmu_published", WAN_MU)
    if hectares is None or wan_mu is None:
        raise row.refuse(_("缺少面积"))
    if wan_ha and wan_ha.mu != hectares.mu:
        raise row.refuse(_("万公顷与千公顷不符"))
    if row["area_wanmu_basis"] == "published":
        within = half_step(QIAN_HA, hectares.decimals) + half_step(WAN_MU, wan_mu.decimals)
        if stated is None or stated.mu != wan_mu.mu or abs(hectares.mu - wan_mu.mu) > within:
            raise row.refuse(_("公布的万亩数与其他列不符"))
        return wan_mu
    if not row["area_wanmu_basis"].startswith("derived") or hectares.mu != wan_mu.mu:
        raise row.refuse(_("万亩数不等于千公顷×1.5"))
    if stated and abs(stated.mu - wan_mu.mu) > half_of_last_digit(stated):
        raise row.refuse(_("公布的整数与万亩数不符"))
    return wan_ha or hectares


def half_of_last_digit(area: Area) -> Decimal:
    """Half a unit of the last digit that is not a trailing zero, in mu: 10600 万亩 was rounded to hundreds."""
    exponent = area.value.normalize().as_tuple().exponent
    return half_step(area.unit, -int(exponent))


def survey_source(row: Row) -> tuple[str, str]:
    """The source that the stored value was taken from, and the others as a note."""
    parts = segments(readable(row["source"]))
    if row["area_wanmu_basis"] == "published":
        return parts[0], "; ".join(parts[1:])
    chosen = next((part for part in parts if YEARBOOK in part), parts[0])
    others = [part for part in parts if part is not chosen]
    return chosen.removeprefix("exact: "), "; ".join(others)


def get_series(
    rows: Sequence[Row], library: Library, survey: Sequence[PublishedFigure]
) -> tuple[list[PublishedFigure], list[Row]]:
    """national_series.csv: the nation's figures, and the rows that no figure of the catalogue is asked for."""
    figures, left_out = [], []
    change = {int(row["year"]): row for row in rows if row["indicator"] == CHANGE_ROW}
    survey_mu = {figure.division: figure for figure in survey}
    for row in rows:
        check_series_row(row)
        name = row["indicator"]
        is_survey = name == "cultivated_land_area" and row["year"] == str(SURVEY_YEAR)  # survey_2019.csv prints it
        if name not in SERIES or row["scope"] != NATIONWIDE or is_survey or not row["value"]:
            left_out.append(row)
            continue
        area = row.area("value", row.unit("unit"))
        if area is None:  # unreachable: blanks are left out above
            continue
        year, (indicator, edition) = row.year("year"), SERIES[name]
        if name == EXACT_ROW:
            area, document, note = exact_area(row, area, change.get(year), survey_mu.get(NATION), library)
        else:
            document, note = cite(row, library)
        figures.append(make(row, NATION, indicator, year, area, document, row.confidence(), note, edition))
    return figures, left_out


def check_series_row(row: Row) -> None:
    """What every row of the series must satisfy, also one that is left out."""
    value, wan_mu = row.number("value"), row.number("value_wanmu")
    row.confidence(may_be_blank=value is None)
    if row["year"]:
        row.year("year")
    if row["indicator"] in SERIES:
        area = row.area("value", row.unit("unit"))
        if area and wan_mu is not None and area.mu != wan_mu * WAN_MU.factor:
            raise row.refuse(_("value_wanmu 与 value 不符"))


def exact_area(
    row: Row, stated: Area, change: Row | None, survey: PublishedFigure | None, library: Library
) -> tuple[Area, PolicyDocument, str]:
    """The year's area from the survey's printed figure and the change since; must agree with what is stated."""
    if change is None or survey is None or not (added := change.number("value")):
        raise row.refuse(_("缺少 %s 或 2019 年全国数") % CHANGE_ROW)
    if UNIT_NAMES.get(change["unit"]) is not WAN_MU or survey.unit is not WAN_MU:
        raise row.refuse(_("单位应为万亩"))
    area = Area(survey.value + added, WAN_MU, survey.decimals)
    if abs(area.mu - stated.mu) > half_step(stated.unit, stated.decimals):
        raise row.refuse(_("推算数与 2019 年数加净增不符"))
    note = "; ".join(filter(None, [row["note"], f"{survey.value} + {added} = {area.value}万亩"]))
    return area, library.cite(change["source"]), note


def get_examples(
    rows: Sequence[Row], names: Mapping[str, str], library: Library
) -> tuple[list[PublishedFigure], list[CitedRow]]:
    """subnational_examples.csv: figures, and the rows of targets (同上 means what the row above says)."""
    figures, targets = [], []
    source = note = ""
    for row in rows:
        code = row.check_name("name", names)
        row.year("year")
        confidence, area = row.confidence(), row.area("value", row.unit("unit"))
        if area is None:
            raise row.refuse(_("缺少数值"))
        note = note if row["note"] == SAME else "" if row["note"] == confidence else row["note"]
        if FORMULA_ALONE.fullmatch(row["source"]):
            note = "; ".join(filter(None, [note, row["source"]]))
        elif row["source"] != SAME:
            source = row["source"]
        if not source:
            raise row.refuse(_("缺少出处"))
        if row["indicator"] not in EXAMPLES:
            targets.append(CitedRow(row, source, note))
            continue
        document = library.cite(source)
        indicator = EXAMPLES[row["indicator"]]
        figures.append(make(row, code, indicator, row.year("year"), area, document, confidence, note))
    return figures, targets


def cite(row: Row, library: Library) -> tuple[PolicyDocument, str]:
    """The document of a row, and its note; of a derived row the formula belongs to the note."""
    source, note = row["source"], row["note"]
    if row["confidence"] == Confidence.DERIVED and (match := FORMULA_AND_SOURCE.fullmatch(source)):
        source, note = match["source"], "; ".join(filter(None, [note, match["formula"]]))
    if not source:
        raise row.refuse(_("缺少出处"))
    return library.cite(source), note


def make(
    row: Row,
    division: str,
    indicator: str,
    year: int,
    area: Area,
    document: PolicyDocument,
    confidence: str,
    note: str,
    edition: int | None = None,
) -> PublishedFigure:
    """The figure to be published."""
    return PublishedFigure(
        division=division,
        indicator=indicator,
        year=year,
        value=area.value,
        unit=area.unit,
        decimals=area.decimals,
        basis=basis_of(indicator, year),
        document=document,
        confidence=confidence,
        qualifier=qualifier_of(note, indicator, area),
        note=note,
        edition=edition,
        where=row.where,
    )
