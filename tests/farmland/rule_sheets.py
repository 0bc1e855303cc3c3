"""Small statements for the tests of the rules."""

from decimal import Decimal

from farmland.indicators import INDICATORS
from farmland.rules import Severity, Sheet, check

D = Decimal
TINY = D("0.000001")  # one millionth of a mu
TOWN = "130200"
LAND, BASIC, STABLE = "cultivated_land", "permanent_basic_farmland", "stably_used_cultivated_land"
GRADES = [f"grade_{number}" for number in range(1, 11)]
IN = [code for code in INDICATORS if code.startswith("in_")]
OUT = [code for code in INDICATORS if code.startswith("out_")]
UNSTABLE = [code for code in INDICATORS if code.startswith("unstable_")]
PLANTING = ["planted_grain", "planted_other", "planted_rotation", "fallow", "planted_between_trees", "unplanted"]
CLASSES = ["paddy", "irrigated", "dry"]
HARD, SOFT, INFO = Severity.HARD, Severity.SOFT, Severity.INFO


def cells(areas: dict, division: str = TOWN) -> dict:
    """The lines of one row, in mu."""
    return {(division, code): None if value is None else D(value) for code, value in areas.items()}


def row(areas: dict, **more) -> Sheet:
    """A statement of one row; `absent` lines do not apply; what is compared is given by line."""
    for name in ("previous", "survey", "targets", "half_steps"):
        more[name] = cells(more.get(name, {}))
    absences = {(TOWN, code): "not_applicable" for code in more.pop("absent", ())}
    return Sheet(unit=TOWN, rows=(TOWN,), values=cells(areas), absences=absences, **more)


def found(sheet: Sheet) -> list[tuple]:
    return [(finding.code, finding.severity, finding.indicator) for finding in check(sheet)]


def spread(codes: list[str], total: str | Decimal) -> dict:
    """A total on the first line, zero on the rest."""
    return dict.fromkeys(codes, D(0)) | {codes[0]: D(total)}


def whole_row(total: Decimal, parts: list[Decimal]) -> dict:
    """All lines of a row that satisfies the identities; `parts` are shares of the total between 0 and 1."""
    paddy, irrigated, unstable, basic = (total * part for part in parts)
    areas = dict.fromkeys(INDICATORS, D(0)) | spread(GRADES, total) | spread(PLANTING, total) | spread(IN, total)
    areas |= {LAND: total, "paddy": paddy, "irrigated": irrigated, "dry": total - paddy - irrigated}
    return areas | {UNSTABLE[0]: unstable, STABLE: total - unstable, BASIC: basic}
