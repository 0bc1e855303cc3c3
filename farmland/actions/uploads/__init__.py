"""Files that are filled in and handed back: received, checked, decided upon, applied all or nothing, or cancelled."""

from farmland.actions.uploads.apply import apply_upload
from farmland.actions.uploads.check import add_hints, choices, record_check
from farmland.actions.uploads.receive import may_upload, open_content, receive
from farmland.actions.uploads.states import (
    Cancelled,
    begin,
    cancel,
    decide,
    fail,
    note_progress,
    refuse,
    request_apply,
)

__all__ = [
    "Cancelled",
    "add_hints",
    "apply_upload",
    "begin",
    "cancel",
    "choices",
    "decide",
    "fail",
    "may_upload",
    "note_progress",
    "open_content",
    "receive",
    "record_check",
    "refuse",
    "request_apply",
]
