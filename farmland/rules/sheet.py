"""What the rules read: one statement as it is typed, what it is held against, and the parameters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from farmland.indicators import Absence, Group, of_group

Cell = tuple[str, str]  # division, indicator
Areas = Mapping[Cell, Decimal | None]  # in mu


@dataclass(frozen=True, slots=True)
class Tolerances:
    """The parameters of the rules with their defaults; each names the rules that read it."""

    reconcile_tolerance_pct: Decimal = Decimal("1.00")  # I-2: of the flows; S-1: of the survey's figure (§0.5)
    grades_tolerance_pct: Decimal = Decimal("0.01")  # I-4: of the cultivated land (A.0)
    # I-6: which categories count as not stably used (A.0 leaves it to a parameter).
    unstable_counted: tuple[str, ...] = tuple(
        indicator.code for indicator in of_group(Group.UNSTABLE) if indicator.code.startswith("unstable_")
    )
    outlier_min_rows: int = 5  # P-1: with fewer rows nothing is compared
    outlier_threshold: Decimal = Decimal("3.5")  # P-1: deviations as a multiple of the scaled MAD
    outlier_min_deviation_pct: Decimal = Decimal("1.00")  # P-1: in points; what decides where the MAD is zero
    outlier_floor_mu: Decimal = Decimal(1_000)  # P-1: rows below it in both years are left out
    zero_flows_are_odd: bool = True  # P-2: whether flows, too, need a reason to be zero after a positive year


@dataclass(frozen=True)
class Sheet:
    """One statement: the rows that are typed, in order, and all that the rules compare them with. Areas in mu.

    `parent` leads from a division to the one above it inside the statement, and must leave out what is never added
    (the XPCC, U-9). `half_steps` say what the last typed decimal may hide (F2). `previous` is last year's current
    statement, `survey` what the survey published for this year on the same basis, `targets` the floors.
    """

    unit: str
    rows: tuple[str, ...]
    values: Areas
    parent: Mapping[str, str] = field(default_factory=dict)
    absences: Mapping[Cell, str] = field(default_factory=dict)
    notes: Mapping[Cell, str] = field(default_factory=dict)
    half_steps: Areas = field(default_factory=dict)
    previous: Areas = field(default_factory=dict)
    survey: Areas = field(default_factory=dict)
    targets: Areas = field(default_factory=dict)
    mandatory: frozenset[str] = frozenset()
    tolerances: Tolerances = Tolerances()

    def value(self, division: str, indicator: str) -> Decimal | None:
        """What is typed, in mu; None where nothing is, which is not zero."""
        return area(self.values, (division, indicator))

    def absence(self, division: str, indicator: str) -> str | None:
        """Why the cell has no number; None where it has one, or nothing was said."""
        if self.value(division, indicator) is not None:
            return None
        return self.absences.get((division, indicator))

    def has_any(self, division: str, indicators: Iterable[str]) -> bool:
        """Whether one of the lines has a number."""
        return any(self.value(division, indicator) is not None for indicator in indicators)

    def total(self, division: str, indicators: Iterable[str]) -> Decimal | None:
        """The sum of some lines of a row, in mu."""
        return self.total_of((division, indicator) for indicator in indicators)

    def total_of(self, cells: Iterable[Cell]) -> Decimal | None:
        """The sum of some cells in mu; None where one of them is missing.

        What does not apply adds nothing: a county without lakes has no cultivated land on their beds.
        """
        total = Decimal(0)
        for division, indicator in cells:
            value = self.value(division, indicator)
            if value is not None:
                total += value
            elif self.absence(division, indicator) != Absence.NOT_APPLICABLE:
                return None
        return total


def area(areas: Areas, cell: Cell) -> Decimal | None:
    """The area of a cell in mu; None where there is none, or what stands there is no number."""
    value = areas.get(cell)
    return value if value is not None and value.is_finite() else None
