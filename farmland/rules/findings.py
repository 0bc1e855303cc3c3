"""What a check finds: a rule's id, how grave it is, the cell it speaks of, and a sentence with the numbers in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise

from farmland.units import AREA_DECIMALS, WAN_MU, Unit, after_number, number

# Wide enough that nothing storable is rounded; traps nothing, so that odd input is found and not raised.
ARITHMETIC = Context(prec=60, rounding=ROUND_HALF_UP, traps=[])


class Severity(StrEnum):
    """What a finding asks for (domain A.0, rule severities)."""

    HARD = "hard"  # refused until it is put right
    SOFT = "soft"  # accepted with a written reason alone
    INFO = "info"  # shown


class FindingKey(NamedTuple):
    """What stays the same while the numbers change: a written reason is kept under it."""

    code: str
    division: str
    indicator: str


@dataclass(frozen=True, slots=True)
class Percent:
    """A parameter of a sentence that is printed in percent with two decimals (U-3)."""

    value: Decimal
    is_signed: bool = False

    def __str__(self) -> str:
        return number(self.value, signed=self.is_signed) + "%"


@dataclass(frozen=True, slots=True)
class Detail:
    """A sentence in the reader's language: `message` is its Chinese template, `params` what is put in.

    A Decimal among the params is an area in mu, printed with its `unit`; the rest is printed as it is. More than
    `decimals` are printed where these would hide what the sentence is about: no difference is ever shown as 0.00, and
    `stated` and `expected` differ by `gap` as they are printed.
    """

    message: str | Promise
    params: Mapping[str, object] = field(hash=False)
    unit: Unit = WAN_MU
    decimals: int | None = None  # None: those of the unit

    def __str__(self) -> str:
        with localcontext(ARITHMETIC):
            unit, places = after_number(self.unit.label), self._places()
            shown = {
                name: f"{number(self._in_unit(value), decimals=places)} {unit}"
                if isinstance(value, Decimal)
                else str(value)
                for name, value in self.params.items()
            }
            return str(self.message) % shown

    def _in_unit(self, area_mu: Decimal) -> Decimal:
        return area_mu / self.unit.factor

    def _places(self) -> int:
        """The fewest decimals, at least those asked for, at which the numbers of the sentence agree."""
        least = self.unit.decimals if self.decimals is None else self.decimals
        most = max(least, AREA_DECIMALS + self.unit.factor.adjusted() + 1)
        exact = {name: self._in_unit(value) for name, value in self.params.items() if isinstance(value, Decimal)}
        return next((places for places in range(least, most) if _agree(exact, places)), most)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of one cell. `code` is the rule's id, such as I-1."""

    code: str
    severity: Severity
    division: str
    indicator: str
    detail: Detail

    @property
    def key(self) -> FindingKey:
        """Its identity, by which a written reason is matched."""
        return FindingKey(self.code, self.division, self.indicator)

    def printed_in(self, unit: Unit, decimals: int | None = None) -> "Finding":
        """The same finding with its areas printed in another unit."""
        return replace(self, detail=replace(self.detail, unit=unit, decimals=decimals))


def comparison(
    code: str,
    severity: Severity,
    cell: tuple[str, str],
    message: str | Promise,
    *,
    stated: Decimal,
    expected: Decimal,
    **more: object,
) -> Finding:
    """A finding about two areas in mu that should agree: what the cell says, what it is held against, and the gap."""
    params = {"stated": stated, "expected": expected, "gap": abs(stated - expected)} | more
    return Finding(code, severity, *cell, Detail(message, params))


def open_findings(
    findings: Iterable[Finding], reasons: Mapping[FindingKey, str]
) -> tuple[list[Finding], list[Finding]]:
    """What refuses handing in: the hard findings, and the soft ones for which nobody has written a reason.

    A reason never excuses a hard finding, and one of spaces alone is none.
    """
    findings = list(findings)
    hard = [finding for finding in findings if finding.severity is Severity.HARD]
    soft = [finding for finding in findings if finding.severity is Severity.SOFT]
    return hard, [finding for finding in soft if not reasons.get(finding.key, "").strip()]


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=ARITHMETIC)


def _agree(exact: Mapping[str, Decimal], places: int) -> bool:
    """Whether so many decimals show no area as zero that is none, and the gap as the difference of its sides."""
    shown = {name: _rounded(value, places) for name, value in exact.items()}
    if any(bool(shown[name]) != bool(value) for name, value in exact.items()):
        return False
    return "gap" not in shown or abs(shown["stated"] - shown["expected"]) == shown["gap"]
