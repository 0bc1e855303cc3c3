"""The rules of the annual statement: figures in, findings out; no rows, no clock, no requests.

They hold for the form, the spreadsheet and the API alike. Hard findings refuse handing in, soft ones need a written
reason, the rest is shown.
"""

from farmland.rules.check import TITLES, check, name_of
from farmland.rules.findings import Detail, Finding, FindingKey, Percent, Severity, open_findings
from farmland.rules.sheet import Areas, Cell, Sheet, Tolerances
from farmland.rules.sums import Sum, add_up

__all__ = [
    "TITLES",
    "Areas",
    "Cell",
    "Detail",
    "Finding",
    "FindingKey",
    "Percent",
    "Severity",
    "Sheet",
    "Sum",
    "Tolerances",
    "add_up",
    "check",
    "name_of",
    "open_findings",
]
