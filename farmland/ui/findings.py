"""Findings of the rules as they are printed: what asks for something first, each with the way to its cell."""

from dataclasses import dataclass

from farmland.indicators import INDICATORS
from farmland.models import Division
from farmland.rules import TITLES, Detail, Severity
from farmland.selectors.statements import Reading

ORDER = {Severity.HARD: 0, Severity.SOFT: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding, with its title, its place, the part of the sheet in which its cell stands, and the written reason.
    `mark` is the working paper's id of the rule, empty where the rule has but a name of ours, which its title says."""

    code: str
    mark: str
    title: str
    severity: str
    division: Division
    indicator: str
    label: str
    group: str
    detail: Detail
    reason: str


def views(reading: Reading) -> list[FindingView]:
    """The findings of a reading without the empty mandatory cells, the gravest first, then those without a reason."""
    places = {division.code: division for division in reading.rows}
    found = []
    for finding in reading.findings:
        if finding.code == "mandatory":
            continue
        indicator = INDICATORS[finding.indicator]
        found.append(
            FindingView(
                finding.code, finding.code if finding.code[:1].isupper() else "", str(TITLES.get(finding.code, "")), finding.severity.value, places[finding.division],
                finding.indicator, str(indicator.label), indicator.group, finding.detail,
                reading.reasons.get(finding.key, ""),
            )
        )  # fmt: skip
    return sorted(found, key=lambda view: (ORDER[Severity(view.severity)], bool(view.reason)))
