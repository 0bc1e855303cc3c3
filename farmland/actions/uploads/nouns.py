"""What a filled-in file may be of: the statement, and whatever else is registered here. Receiving, checking, deciding and
applying are the same for all of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from farmland.actions.sorted_cells import Decided, FileCell, Odd, Sorted
from farmland.models import AnnualStatement, Upload, UploadIssue, User
from farmland.selectors.statements import Key
from farmland.units import Unit

Typed = tuple[User | None, datetime | None]  # who filled a cell in, and when


class Noun(Protocol):
    """What a file of one kind means. `record` is the row that it is for; `on` is what its cells are judged against."""

    code: str

    def get(self, pk: int) -> Any:
        """The row that a file is for."""

    def lock(self, pk: int) -> Any:
        """The row under its lock, inside the caller's transaction."""

    def must_accept(self, record: Any, by: User) -> None:
        """Raise Refused (403, 409) where the user hands no file in for the row now."""

    def must_be_typing(self, by: User) -> str:
        """Why the user writes nothing (any more); "" where they do."""

    def closed(self, record: Any) -> str:
        """A sentence that says why the row takes no figures now; "" while it takes them."""

    def ground(self, record: Any, *, unit: Unit, by: User) -> Any:
        """What the cells are judged against, as the tables have it now."""

    def sort_out(self, cells: Iterable[FileCell], on: Any, chosen: Mapping[Key, Decided] | None = None) -> Sorted:
        """Judge every cell."""

    def write(self, found: Sorted, on: Any, *, at: datetime, upload: int, between: Callable[[], None]) -> None:
        """Write what was judged, inside the caller's transaction; `between` is asked now and then and may raise."""

    def typed(self, conflicts: Sequence[Odd]) -> list[Typed]:
        """Who filled in what stands in each, and when."""

    def hints(self, upload: Upload, found: Sorted, on: Any, *, unit: Unit, at: datetime) -> list[UploadIssue]:
        """What the rules find in the whole as it would be, unsaved."""

    def statement(self, record: Any) -> AnnualStatement | None:
        """The statement that a notice about the file is of, where it is one."""


NOUNS: dict[str, Noun] = {}


def register(noun: Noun) -> None:
    """Let files be of this noun too."""
    NOUNS[noun.code] = noun


def noun_of(upload: Upload) -> Noun:
    """What a file is of."""
    return NOUNS[upload.noun]
