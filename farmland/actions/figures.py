"""Writes of published figures: each stands on a document, and is followed by a new edition, never edited."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from farmland.indicators import INDICATORS
from farmland.models import Confidence, Figure, Origin, PolicyDocument, Qualifier
from farmland.units import InexactValue, Unit, to_base

# What makes two editions the same statement of the same document; the wording of the note does not.
CONTENT = (
    "value_mu", "input_value", "input_unit", "input_decimals", "basis", "confidence", "qualifier", "document_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """One printed figure: `value` in `unit` with `decimals` printed, of the state at 31 December of `year` (U-7).

    `edition` is given where the source itself names it (preliminary 1, final 2); otherwise it follows from what is
    kept already. `where` names the figure's place in its file, for the message of an error.
    """

    division: str
    indicator: str
    year: int
    value: Decimal
    unit: Unit
    decimals: int
    basis: str
    document: PolicyDocument
    confidence: str = Confidence.QUOTED
    qualifier: str = Qualifier.EXACT
    note: str = ""
    edition: int | None = None
    where: str = ""

    def refuse(self, message: str, code: str) -> ValidationError:
        """The error that names this figure; to be raised."""
        place = self.where or f"{self.division} {self.indicator} {self.year}"
        return ValidationError("%(place)s: %(message)s", code=code, params={"place": place, "message": message})


@transaction.atomic
def publish_figures(*, figures: Sequence[PublishedFigure]) -> int:
    """Add published figures, all or none; answers how many were new (none of them on a second run).

    A value that differs from the one that is kept becomes its next edition when its document is known later, or
    when it names the edition itself (F15); everything else that differs is refused, because what is published is
    never silently changed. Raises ValidationError, with the figure's place, for an unknown indicator (`unknown`), a
    value that cannot be stored exactly (`U-1`) or a silent change (`F15`).
    """
    kept = get_editions(figures)
    added = []
    for figure in figures:
        editions = kept[figure.division, figure.indicator, figure.year]
        row = as_row(figure)
        if any(is_same(row, other) for other in editions.values() if figure.edition in (None, other.edition)):
            continue
        row.edition = next_edition(figure, editions)
        editions[row.edition] = row
        added.append(row)
    Figure.objects.bulk_create(added)
    return len(added)


def get_editions(figures: Iterable[PublishedFigure]) -> dict[tuple[str, str, int], dict[int, Figure]]:
    """The published figures kept for the same divisions, by (division, indicator, year) and edition. One query."""
    rows = Figure.objects.filter(origin=Origin.PUBLISHED, division__in={figure.division for figure in figures})
    kept: dict[tuple[str, str, int], dict[int, Figure]] = defaultdict(dict)
    for row in rows.select_related("document").select_for_update(of=("self",)):
        kept[row.division_id, row.indicator, row.year][row.edition] = row
    return kept


def as_row(figure: PublishedFigure) -> Figure:
    """The unsaved row of a figure, its area in mu (U-1)."""
    if figure.indicator not in INDICATORS:
        raise figure.refuse(_("目录中没有该指标"), "unknown")
    try:
        value_mu = to_base(figure.value, figure.unit)
    except InexactValue as error:
        raise figure.refuse(_("数值不能精确存储: %s") % error, "U-1") from error
    return Figure(
        division_id=figure.division,
        indicator=figure.indicator,
        year=figure.year,
        origin=Origin.PUBLISHED,
        document=figure.document,
        value_mu=value_mu,
        input_value=figure.value,
        input_unit=figure.unit.code,
        input_decimals=figure.decimals,
        basis=figure.basis,
        confidence=figure.confidence,
        qualifier=figure.qualifier,
        note=figure.note,
    )


def is_same(row: Figure, other: Figure) -> bool:
    """Whether both say the same, from the same document."""
    return all(getattr(row, name) == getattr(other, name) for name in CONTENT)


def next_edition(figure: PublishedFigure, editions: dict[int, Figure]) -> int:
    """The number that a figure gets which differs from every edition kept; refuses a silent change."""
    latest = max(editions, default=0)
    if figure.edition is not None:
        if figure.edition != latest + 1:
            raise figure.refuse(_("第%d版已有不同的数, 或缺少前一版; 公布数不改写") % figure.edition, "F15")
        return figure.edition
    before = editions[latest].document if latest else None
    if before and figure.document.known_on <= before.known_on:
        raise figure.refuse(_("与已公布的数不同, 而文件并不更新; 公布数不改写"), "F15")
    return latest + 1
