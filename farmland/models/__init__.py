"""The facts' tables."""

from farmland.models.attachments import Attachment
from farmland.models.divisions import NATION, XPCC, Division, GrainZone, Level
from farmland.models.documents import PolicyDocument, PolicyParameter
from farmland.models.figures import Basis, Confidence, Figure, Origin, Qualifier
from farmland.models.review import Action, Comment, Correction, FinishedRow, Gap, Reason, ReportingYear, Transition
from farmland.models.revisions import Revision
from farmland.models.statements import SETTLED, AnnualStatement, StatementStatus
from farmland.models.tokens import ApiToken
from farmland.models.users import Role, User

__all__ = [
    "NATION",
    "SETTLED",
    "XPCC",
    "Action",
    "AnnualStatement",
    "ApiToken",
    "Attachment",
    "Basis",
    "Comment",
    "Correction",
    "Confidence",
    "Division",
    "Figure",
    "FinishedRow",
    "Gap",
    "GrainZone",
    "Level",
    "Origin",
    "PolicyDocument",
    "PolicyParameter",
    "Qualifier",
    "Reason",
    "ReportingYear",
    "Revision",
    "Role",
    "StatementStatus",
    "Transition",
    "User",
]
