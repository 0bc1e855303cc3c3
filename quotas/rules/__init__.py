"""Pure judgements of promises: a figure against its target, and a set of targets against the one above it."""

from quotas.rules.handing_down import Finding, Setting, Share, check, gap_to_parent, in_wan_mu, is_tightened, margin
from quotas.rules.placing import check_placement
from quotas.rules.proposals import propose
from quotas.rules.verdicts import Measured, Status, Thresholds, Verdict, judge, percent_of

__all__ = [
    "Finding",
    "Measured",
    "Setting",
    "Share",
    "Status",
    "Thresholds",
    "Verdict",
    "check",
    "check_placement",
    "gap_to_parent",
    "in_wan_mu",
    "is_tightened",
    "judge",
    "margin",
    "percent_of",
    "propose",
]
