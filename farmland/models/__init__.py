"""The facts' tables."""

from farmland.models.divisions import NATION, XPCC, Division, GrainZone, Level
from farmland.models.documents import PolicyDocument, PolicyParameter
from farmland.models.revisions import Revision
from farmland.models.statements import (
    SETTLED,
    AnnualStatement,
    Basis,
    Confidence,
    Figure,
    Origin,
    Qualifier,
    StatementStatus,
)
from farmland.models.tokens import ApiToken
from farmland.models.users import Role, User

__all__ = [
    "NATION",
    "SETTLED",
    "XPCC",
    "AnnualStatement",
    "ApiToken",
    "Basis",
    "Confidence",
    "Division",
    "Figure",
    "GrainZone",
    "Level",
    "Origin",
    "PolicyDocument",
    "PolicyParameter",
    "Qualifier",
    "Revision",
    "Role",
    "StatementStatus",
    "User",
]
