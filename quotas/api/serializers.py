"""What programs send and get of promises, for the schema and for reading requests."""

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from farmland.indicators import PROMISED, Direction
from farmland.models import NATION, Confidence, Level
from farmland.rules import Severity
from quotas.actions import Paper, Way
from quotas.models import QuotaAction, QuotaKind, QuotaState

UNITS = ["mu", "wan_mu", "ha", "m2"]
FIRST_YEAR, LAST_YEAR = 1949, 2100


class CodeField(serializers.RegexField):
    """A six-digit division code."""

    def __init__(self, **more: Any) -> None:
        super().__init__(r"^[0-9]{6}\Z", **more)


class DayField(serializers.DateField):
    """A day as 2025-12-31 and in no other way, of the years that the system can speak of."""

    default_error_messages = {"invalid": _("日期应写成 2025-12-31 的样子。")}

    def to_internal_value(self, value: Any) -> date:
        """The day."""
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value), re.ASCII):
            self.fail("invalid")
        day: date = super().to_internal_value(value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail("invalid")
        return day


class TargetQuery(serializers.Serializer):
    """Which targets; `level=county` includes the prefectures that are leaves, `as_of` asks for the end of that day."""

    kind = serializers.ChoiceField(choices=QuotaKind.choices, default=QuotaKind.TARGET)
    indicator = serializers.ChoiceField(choices=list(PROMISED), required=False)
    division = CodeField(required=False)
    period = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)
    as_of = DayField(required=False)
    level = serializers.ChoiceField(choices=Level.choices, required=False)
    within = CodeField(required=False)


class TreeQuery(serializers.Serializer):
    """Which tree; `as_of` asks for the end of that day."""

    indicator = serializers.ChoiceField(choices=list(PROMISED))
    period = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    division = CodeField(default=NATION)
    as_of = DayField(required=False)


class VersionQuery(serializers.Serializer):
    """Which versions."""

    indicator = serializers.ChoiceField(choices=list(PROMISED), required=False)
    owner = CodeField(required=False)
    period = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)
    state = serializers.ChoiceField(choices=QuotaState.choices, required=False)


class LetterQuery(serializers.Serializer):
    """Which letters."""

    period = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)
    upper = CodeField(required=False)
    lower = CodeField(required=False)


class DivisionShape(serializers.Serializer):
    """A division by its code, with its names."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField(allow_blank=True)


class DocumentShape(serializers.Serializer):
    """A document as it is cited."""

    number = serializers.CharField(allow_blank=True)
    title = serializers.CharField()
    issuer = serializers.CharField(allow_blank=True)
    issued_on = serializers.DateField(allow_null=True)


class PlacingShape(serializers.Serializer):
    """What of a target is on the map, and since when it is in the database."""

    placed_mu = serializers.CharField()
    uploaded_on = serializers.DateField(allow_null=True)


class RedoShape(serializers.Serializer):
    """By when a version is to be redone, and the number of the version that asks for it."""

    due_on = serializers.DateField()
    cause = serializers.IntegerField()


class ParentShape(serializers.Serializer):
    """Whose target this one is a part of, and what that one was."""

    owner = serializers.CharField()
    value_mu = serializers.CharField()


class TargetVersionShape(serializers.Serializer):
    """The version that a target stands in."""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=QuotaState.choices)
    owner = serializers.CharField()
    complete = serializers.BooleanField()
    demo = serializers.BooleanField()


class TargetShape(serializers.Serializer):
    """A target in force; `placement` is known within the caller's subtree alone."""

    id = serializers.IntegerField()
    division = DivisionShape()
    indicator = serializers.CharField()
    direction = serializers.ChoiceField(choices=list(Direction))
    period = serializers.IntegerField(allow_null=True)
    value_mu = serializers.CharField()
    plan_mu = serializers.CharField(allow_null=True)
    parent = ParentShape(allow_null=True)
    version = TargetVersionShape()
    document = DocumentShape(allow_null=True)
    confidence = serializers.ChoiceField(choices=Confidence.choices)
    placement = PlacingShape(allow_null=True)
    needs_redo = RedoShape(allow_null=True)


class VersionShape(serializers.Serializer):
    """A version in a list."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=QuotaKind.choices)
    indicator = serializers.CharField()
    direction = serializers.ChoiceField(choices=list(Direction))
    owner = DivisionShape()
    period = serializers.IntegerField(allow_null=True)
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=QuotaState.choices)
    complete = serializers.BooleanField()
    demo = serializers.BooleanField()
    document = DocumentShape(allow_null=True)
    adjustment = DocumentShape(allow_null=True)
    supersedes = serializers.IntegerField(allow_null=True)
    superseded_by = serializers.IntegerField(allow_null=True)
    needs_redo = RedoShape(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)


class NodeShape(serializers.Serializer):
    """One division's target in a version; null where nothing is typed yet."""

    id = serializers.IntegerField(allow_null=True)
    division = DivisionShape()
    value_mu = serializers.CharField(allow_null=True)
    input_value = serializers.CharField(allow_null=True)
    input_unit = serializers.CharField(allow_null=True)
    plan_mu = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()
    plan_version = serializers.IntegerField()


class QuotaFindingShape(serializers.Serializer):
    """What a rule says of a division's target; of the owner's where it is about sums."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=list(Severity))
    division = serializers.CharField()
    detail = serializers.CharField()


class QuotaReasonShape(serializers.Serializer):
    """Why a SOFT finding may stand."""

    code = serializers.CharField()
    division = serializers.CharField()
    text = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class QuotaTransitionShape(serializers.Serializer):
    """One step that was taken."""

    action = serializers.ChoiceField(choices=QuotaAction.choices)
    from_state = serializers.CharField(allow_null=True)
    to_state = serializers.ChoiceField(choices=QuotaState.choices)
    comment = serializers.CharField(allow_blank=True)
    by = serializers.CharField()
    at = serializers.DateTimeField()


class QuotaStepShape(serializers.Serializer):
    """A step open to the caller."""

    name = serializers.ChoiceField(choices=QuotaAction.choices)
    label = serializers.CharField()
    needs_comment = serializers.BooleanField()
    needs_document = serializers.BooleanField()


class VersionDetailShape(VersionShape):
    """A version with all that belongs to it."""

    parent_mu = serializers.CharField(allow_null=True)
    nodes = NodeShape(many=True)
    findings = QuotaFindingShape(many=True)
    reasons = QuotaReasonShape(many=True)
    transitions = QuotaTransitionShape(many=True)
    available_actions = QuotaStepShape(many=True)


class OpenedBody(serializers.Serializer):
    """The targets that a division begins to hand down."""

    indicator = serializers.CharField(max_length=40)
    owner = CodeField()
    period = serializers.IntegerField(min_value=0, max_value=9999)


class DocumentBody(serializers.Serializer):
    """A document as it is typed."""

    number = serializers.CharField(max_length=60, allow_blank=True)
    title = serializers.CharField(max_length=300, allow_blank=True)
    issuer = serializers.CharField(max_length=120, allow_blank=True, default="")
    issued_on = DayField()


class StepBody(serializers.Serializer):
    """What may be said with a step: words, the document that it records, and by when what lies below is redone."""

    comment = serializers.CharField(max_length=2000, allow_blank=True, default="")
    document = DocumentBody(required=False, allow_null=True)
    redo_due_on = DayField(required=False, allow_null=True)


class AdjustmentBody(serializers.Serializer):
    """The superior's document by which targets may be weakened (Q-7); null takes it back."""

    document = DocumentBody(allow_null=True)


class QuotaReasonBody(serializers.Serializer):
    """Why a finding of a SOFT rule stands; an empty text takes the reason back."""

    code = serializers.CharField(max_length=8)
    division = CodeField()
    text = serializers.CharField(max_length=600, allow_blank=True)


class ProposalBody(serializers.Serializer):
    """By what the owner's target is shared out."""

    way = serializers.ChoiceField(choices=Way.choices)
    dry_run = serializers.BooleanField(default=False)


class ProposedShape(serializers.Serializer):
    """One division's share; `version` is what a change of it is based on."""

    division = serializers.CharField()
    value_mu = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=["saved", "unchanged"])
    version = serializers.IntegerField()


class ProposalShape(serializers.Serializer):
    """A proposal, and what the rules find in it."""

    nodes = ProposedShape(many=True)
    findings = QuotaFindingShape(many=True)


class CopyShape(serializers.Serializer):
    """The signed copy of a letter; its content is at `url`."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=["pdf", "png", "jpg"])
    size = serializers.IntegerField()
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    url = serializers.CharField()


class LetterShape(serializers.Serializer):
    """A responsibility letter between a division and the one above it; `version` is what a change is based on."""

    id = serializers.IntegerField()
    period = serializers.IntegerField()
    upper = DivisionShape()
    lower = DivisionShape()
    party_signatory = serializers.CharField(allow_null=True)
    party_signed_on = serializers.DateField(allow_null=True)
    government_signatory = serializers.CharField(allow_null=True)
    government_signed_on = serializers.DateField(allow_null=True)
    signed = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True)
    copy = CopyShape(allow_null=True)
    demo = serializers.BooleanField()
    version = serializers.IntegerField()
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)


class SignaturesBody(serializers.Serializer):
    """Who signed and when; what is left out is empty. `base_version` is the version that this was based on."""

    party_signatory = serializers.CharField(max_length=60, allow_blank=True, default="")
    party_signed_on = DayField(allow_null=True, default=None)
    government_signatory = serializers.CharField(max_length=60, allow_blank=True, default="")
    government_signed_on = DayField(allow_null=True, default=None)
    note = serializers.CharField(max_length=600, allow_blank=True, default="")
    base_version = serializers.IntegerField(min_value=0)


class CopyBody(serializers.Serializer):
    """The signed copy; without `base_version` it belongs to the letter as it stands."""

    file = serializers.FileField(allow_empty_file=True, max_length=1000)  # what is wrong with it the action says
    base_version = serializers.IntegerField(min_value=0, required=False)


class PlacementShape(serializers.Serializer):
    """What of a target is on the map; null where nothing was recorded. `version` is what a change is based on."""

    node = serializers.IntegerField()
    division = DivisionShape()
    indicator = serializers.CharField()
    period = serializers.IntegerField(allow_null=True)
    value_mu = serializers.CharField()
    placed_mu = serializers.CharField(allow_null=True)
    input_value = serializers.CharField(allow_null=True)
    input_unit = serializers.CharField(allow_null=True)
    uploaded_on = serializers.DateField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)


class PlacementBody(serializers.Serializer):
    """The area on the map as text in `unit`, and since when it is in the database."""

    value = serializers.CharField(max_length=40)
    unit = serializers.ChoiceField(choices=UNITS)
    uploaded_on = DayField(allow_null=True, default=None)
    note = serializers.CharField(max_length=600, allow_blank=True, default="")
    base_version = serializers.IntegerField(min_value=0, default=0)


def paper_of(said: dict[str, Any] | None) -> Paper | None:
    """The document that was typed; None for none."""
    return Paper(**said) if said else None
