"""What files are on their way out; a file of evidence: to be saved, never to be run or shown in a page of ours."""

from typing import Protocol

from django.core.files.storage import storages
from django.http import FileResponse

from farmland.actions.statements import path_of

OPAQUE = "application/octet-stream"
OFFICE = "application/vnd.openxmlformats-officedocument"
XLSX = f"{OFFICE}.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
# What we found the content to be, never what the browser that sent it said; text stays opaque, as it may be anything.
TYPES = {
    "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "ofd": "application/ofd",
    "xlsx": XLSX, "docx": f"{OFFICE}.wordprocessingml.document", "txt": OPAQUE,
}  # fmt: skip


class Stored(Protocol):
    """A row whose file lies in the storage of evidence."""

    name: str
    kind: str
    size: int
    sha256: str


def evidence_response(attachment: Stored) -> FileResponse:
    """The content as a stream, under its own name."""
    response = FileResponse(
        storages["evidence"].open(path_of(attachment.sha256)),
        as_attachment=True,
        filename=attachment.name,
        content_type=TYPES.get(attachment.kind, OPAQUE),
    )
    response["Content-Length"] = str(attachment.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-cache"
    return response
