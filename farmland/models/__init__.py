"""The facts' tables."""

from farmland.models.attachments import Attachment
from farmland.models.divisions import NATION, XPCC, Division, GrainZone, Level
from farmland.models.documents import PolicyDocument, PolicyParameter
from farmland.models.figures import Basis, Confidence, Figure, Origin, Qualifier
from farmland.models.notices import MailState, Notice, NoticeChoice, NoticeKind, Reminder, ReminderKind
from farmland.models.prints import PrintedForm, SignedCopy
from farmland.models.review import Action, Comment, Correction, FinishedRow, Gap, Reason, ReportingYear, Transition
from farmland.models.revisions import Revision
from farmland.models.statements import SETTLED, AnnualStatement, StatementStatus
from farmland.models.tokens import ApiToken
from farmland.models.uploads import Decision, Demand, IssueKind, Upload, UploadIssue, UploadStatus
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
    "Confidence",
    "Correction",
    "Decision",
    "Demand",
    "Division",
    "Figure",
    "FinishedRow",
    "Gap",
    "GrainZone",
    "IssueKind",
    "Level",
    "MailState",
    "Notice",
    "NoticeChoice",
    "NoticeKind",
    "Origin",
    "PolicyDocument",
    "PolicyParameter",
    "PrintedForm",
    "Qualifier",
    "Reason",
    "Reminder",
    "ReminderKind",
    "ReportingYear",
    "Revision",
    "Role",
    "SignedCopy",
    "StatementStatus",
    "Transition",
    "Upload",
    "UploadIssue",
    "UploadStatus",
    "User",
]
