"""Synthetic yearly figures of every county: seeded, plausible, and adding up exactly to whatever was published.

Pure arithmetic in whole hundredths of a mu; nothing is read or written here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assessments.demo.shares import Leaf, apportion, drawn, settle

YEARS = range(2020, 2026)
SURVEY_YEAR = 2019
LAND, PADDY, IRRIGATED, DRY = "cultivated_land", "paddy", "irrigated", "dry"
STABLE, BASIC, HIGH_STANDARD = "stably_used_cultivated_land", "permanent_basic_farmland", "high_standard_farmland"
ORDER = (LAND, PADDY, IRRIGATED, DRY, STABLE, BASIC, HIGH_STANDARD)
NATION = "000000"
YI_MU = 10_000_000_000  # hundredths of a mu

# Paddy and irrigated land in thousandths of the cultivated land: rice in the south, irrigation in the dry north.
LAND_TYPES = {
    "110000": (10, 780), "120000": (110, 650), "130000": (10, 640), "140000": (1, 280), "150000": (14, 470),
    "210000": (120, 50), "220000": (120, 15), "230000": (255, 8), "310000": (900, 40), "320000": (665, 165),
    "330000": (835, 6), "340000": (520, 100), "350000": (800, 6), "360000": (820, 3), "370000": (12, 700),
    "410000": (85, 630), "420000": (500, 60), "430000": (790, 2), "440000": (660, 30), "450000": (450, 4),
    "460000": (690, 8), "500000": (370, 1), "510000": (460, 8), "520000": (250, 2), "530000": (175, 25),
    "540000": (10, 600), "610000": (50, 220), "620000": (1, 300), "630000": (0, 370), "640000": (130, 330),
    "650000": (9, 950),
}  # fmt: skip
# How far permanent basic farmland lies above the target, in hundredths of a percent; the others are drawn. Hebei and
# Guangdong come near, Zhejiang falls below, so that every status can be seen.
BASIC_MARGINS = {"130000": 30, "440000": 15, "330000": -20}
UNKNOWN_BASIC_SHARE = 67  # percent of the cultivated land, where no target is known
BASIC_LIMIT = 92  # percent of the cultivated land at most
# The nation's high-standard farmland where only a lower bound was published, or nothing yet.
HIGH_STANDARD_TOTALS = {2023: 103 * YI_MU // 10, 2024: 106 * YI_MU // 10, 2025: 108 * YI_MU // 10}

Published = Mapping[tuple[str, str, int], int]  # (division, indicator, year) → hundredths of a mu
Targets = Mapping[tuple[str, str], int]  # (division, indicator) → hundredths of a mu


@dataclass(frozen=True, slots=True)
class Province:
    """A province and its county-level units."""

    code: str
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One province's year: for each leaf its figures in the order of ORDER, in hundredths of a mu."""

    division: str
    year: int
    rows: dict[str, tuple[int, ...]]


@dataclass
class Country:
    """All provinces with what has been published of them (its headline editions) and their official 2035 targets."""

    provinces: Sequence[Province]
    published: Published
    targets: Targets
    totals: dict[tuple[str, int], dict[str, int]] = field(default_factory=dict)

    def sheets(self) -> Iterator[Sheet]:
        """The sheets of every province and year; raises ValueError where a figure would exceed its whole."""
        for year in YEARS:
            self.totals[LAND, year] = self.land_totals(year)
            self.totals[BASIC, year] = {one.code: self.basic_total(one.code, year) for one in self.provinces}
        for year in YEARS:
            self.totals[HIGH_STANDARD, year] = self.high_standard_totals(year)
        for province in self.provinces:
            bases = {indicator: self.base(province, indicator) for indicator in (LAND, BASIC, HIGH_STANDARD)}
            for year in YEARS:
                yield self.sheet(province, year, bases)

    def nation(self, year: int) -> int:
        """The nation's cultivated land: as published, else a thousandth more than the year before."""
        known = self.published.get((NATION, LAND, year))
        return known if known is not None else self.nation(year - 1) * 1001 // 1000

    def land_totals(self, year: int) -> dict[str, int]:
        """The provinces' cultivated land: as published, the others drifting from what was last known of them."""
        fixed = {one.code: self.published[one.code, LAND, year] for one in self.provinces if
                 (one.code, LAND, year) in self.published}  # fmt: skip
        free = {}
        for one in self.provinces:
            if one.code not in fixed:
                since = max(y for y in range(SURVEY_YEAR, year) if (one.code, LAND, y) in self.published)
                drift = 10_000 + drawn(-15, 25, "drift", one.code) * (year - since)
                free[one.code] = self.published[one.code, LAND, since] * drift * self.nation(year) // self.nation(since)
        parts = apportion(self.nation(year) - sum(fixed.values()), list(free.values()))
        return fixed | dict(zip(free, parts, strict=True))

    def basic_total(self, code: str, year: int) -> int:
        """A province's permanent basic farmland: near its target, or to where it was published."""
        known = {y: value for y in YEARS if (value := self.published.get((code, BASIC, y))) is not None}
        if year in known:
            return known[year]
        since, start = next(iter(known.items()), (2023, self.basic_start(code)))
        grown = start * (100_000 + drawn(0, 20, "basic", code) * (year - since)) // 100_000
        return min(grown, self.totals[LAND, year][code] * BASIC_LIMIT // 100)

    def basic_start(self, code: str) -> int:
        """A province's permanent basic farmland in the middle of the years, where nothing was published."""
        target = self.targets.get((code, BASIC))
        if target is None:
            return self.published[code, LAND, SURVEY_YEAR] * UNKNOWN_BASIC_SHARE // 100
        margin = BASIC_MARGINS.get(code, drawn(60, 90, "margin", code))
        return target * (10_000 + margin) // 10_000

    def high_standard_totals(self, year: int) -> dict[str, int]:
        """The provinces' high-standard farmland: as published, in step with the nation's, the rest by their land."""
        nation = self.high_standard(year)
        fixed = {}
        for one in self.provinces:
            known = [y for y in YEARS if (one.code, HIGH_STANDARD, y) in self.published]
            if known:
                since = min(known, key=lambda y: abs(y - year))
                fixed[one.code] = self.published[one.code, HIGH_STANDARD, since] * nation // self.high_standard(since)
        free = {
            one.code: self.totals[BASIC, YEARS[0]][one.code] * drawn(850, 1150, "built", one.code)
            for one in self.provinces
            if one.code not in fixed
        }
        parts = apportion(nation - sum(fixed.values()), list(free.values()))
        return fixed | dict(zip(free, parts, strict=True))

    def high_standard(self, year: int) -> int:
        """The nation's high-standard farmland."""
        known = self.published.get((NATION, HIGH_STANDARD, year))
        return known if known is not None else HIGH_STANDARD_TOTALS[year]

    def base(self, province: Province, indicator: str) -> dict[str, int]:
        """How a province's total is spread over its leaves, stable over the years.

        A leaf or prefecture that something was ever published of, or that has an official target, is given its size.
        """
        year = YEARS[0]
        total = self.totals[indicator, year][province.code]
        codes = {leaf.code for leaf in province.leaves} | {leaf.group for leaf in province.leaves} - {""}
        sizes = {
            code: target * 102 // 100
            for code in sorted(codes)
            if (target := self.targets.get((code, indicator))) is not None
        }
        for code in sorted(codes):
            for known in (SURVEY_YEAR, *YEARS):
                if (value := self.published.get((code, indicator, known))) is not None:
                    whole = self.totals.get((indicator, known), {}).get(province.code, total)
                    sizes[code] = value * total // whole
        if indicator == LAND:
            weights = {leaf.code: weight(leaf) for leaf in province.leaves}
        else:
            land = self.base(province, LAND)
            weights = {code: area * drawn(970, 1030, BASIC, code) for code, area in land.items()}
        return settle(province.leaves, total, weights, sizes)

    def sheet(self, province: Province, year: int, bases: Mapping[str, Mapping[str, int]]) -> Sheet:
        """One province's year."""
        spread = {}
        for indicator, base in bases.items():
            weights = {
                code: size * (100_000 + drawn(-80, 80, "leaf", code) * (year - SURVEY_YEAR))
                for code, size in base.items()
            }
            fixed = {
                code: value
                for code in {leaf.code for leaf in province.leaves} | {leaf.group for leaf in province.leaves}
                if (value := self.published.get((code, indicator, year))) is not None
            }
            spread[indicator] = settle(province.leaves, self.totals[indicator, year][province.code], weights, fixed)
        rows = {
            leaf.code: figures_of(leaf, province.code, *(spread[i][leaf.code] for i in (LAND, BASIC, HIGH_STANDARD)))
            for leaf in province.leaves
        }
        return Sheet(province.code, year, rows)


def weight(leaf: Leaf) -> int:
    """How much cultivated land a county has beside another: districts little, counties much."""
    low, high = (6, 45) if leaf.name.endswith("区") else (60, 160) if leaf.name.endswith("市") else (60, 200)
    return drawn(low, high, "weight", leaf.code)


def figures_of(leaf: Leaf, province: str, land: int, basic: int, built: int) -> tuple[int, ...]:
    """A leaf's figures in the order of ORDER; paddy, irrigated and dry land add up exactly (I-1)."""
    if not built <= basic <= land:
        raise ValueError(f"{leaf.code}: {built}, {basic} and {land} do not lie within each other")
    shares = [share * drawn(900, 1100, "type", leaf.code) // 1000 for share in LAND_TYPES[province]]
    paddy, irrigated = (land * share // 1000 for share in shares)
    if paddy + irrigated > land:
        irrigated = land - paddy
    stable = land * drawn(930, 985, "stable", leaf.code) // 1000
    return land, paddy, irrigated, land - paddy - irrigated, stable, basic, built


def corps(sheet: Sheet, code: str) -> Sheet:
    """The Corps' totals: about a fifth of Xinjiang's, whose land it lies on (U-9)."""
    sums = [sum(column) * drawn(190, 215, "corps") // 1000 for column in zip(*sheet.rows.values(), strict=True)]
    _land, paddy, irrigated, dry, *others = sums
    return Sheet(code, sheet.year, {code: (paddy + irrigated + dry, paddy, irrigated, dry, *others)})
