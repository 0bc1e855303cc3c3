"""The English of the interface: `translations update` collects the messages, `translations compile` makes them usable.

The messages are Chinese, so that Chinese needs no catalogue. Babel does both: nowhere is a system gettext needed.
"""

import io
import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

PACKAGES = ("farmland", "quotas", "assessments")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Without dates and names, so that a file changes only where its messages do.
HEADER = b"""# English of the interface, collected by `manage.py translations update`.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


class Command(BaseCommand):
    """`manage.py translations update` after a change of messages, `manage.py translations compile` at set-up."""

    help = "Collect the messages into the English catalogue (update), or compile it for use (compile)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do."""
        parser.add_argument("verb", choices=["update", "compile"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it. Raises CommandError for a catalogue that cannot be read."""
        if options["verb"] == "update":
            missing = update()
            for message in missing:
                self.stdout.write(f"not translated: {message}")
            self.stdout.write(f"{catalogue_path().relative_to(settings.BASE_DIR)}: {len(missing)} to translate")
        elif compile_catalogue():
            self.stdout.write("Compiled the translations")


def catalogue_path() -> Path:
    """The catalogue that people edit; the compiled one stands beside it."""
    path: Path = settings.LOCALE_PATHS[0]
    return path / "en" / "LC_MESSAGES" / "django.po"


def sources(root: Path) -> Iterator[Path]:
    """Every module and every template, but for the migrations, which repeat the models' texts."""
    for package in PACKAGES:
        yield from (path for path in (root / package).rglob("*.py") if "migrations" not in path.parts)
    yield from (path for path in (root / "templates").rglob("*") if path.is_file())


def collect() -> Catalog:
    """All messages of the code and the templates, untranslated, each with the files that use it."""
    found = Catalog(locale="en", charset="utf-8")
    for path in sorted(sources(settings.BASE_DIR)):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(settings.BASE_DIR).as_posix()
        if path.suffix != ".py":
            # What Django makes of a template reads like Python but for its indentation.
            text = "\n".join(line.strip() for line in templatize(text, origin=name).splitlines())
        messages = extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
        for _line, message, _comments, context in messages:
            found.add(message, locations=[(name, 0)], context=context)
    return found


def read_catalogue() -> Catalog:
    """The catalogue as it stands. Raises CommandError."""
    try:
        with catalogue_path().open("rb") as file:
            return read_po(file, locale="en", charset="utf-8", abort_invalid=True)
    except (OSError, ValueError) as error:
        raise CommandError(f"{catalogue_path()}: {error}") from error


def update() -> list[str]:
    """Bring the catalogue in step with the code; answers the messages that await their English.

    What is no longer used is dropped, and nothing is guessed from similar messages.
    """
    found = collect()
    kept = read_catalogue() if catalogue_path().exists() else Catalog(locale="en")
    for message in found:
        known = kept.get(message.id, message.context) if message.id else None
        if known is not None:
            message.string, message.user_comments = known.string, known.user_comments
    catalogue_path().parent.mkdir(parents=True, exist_ok=True)
    _replace(catalogue_path(), HEADER + as_po(found))
    return [str(message.id) for message in found if message.id and not is_translated(message.string)]


def as_po(catalogue: Catalog) -> bytes:
    """The messages in the order of their text, without line numbers."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=0, omit_header=True, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return buffer.getvalue()


def is_translated(string: Any) -> bool:
    """Whether a message has its text, a plural one all of them."""
    return all(string) if isinstance(string, tuple | list) else bool(string)


def compile_catalogue() -> bool:
    """Make what Django reads; False where that is current already."""
    path = catalogue_path()
    compiled = path.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime_ns == path.stat().st_mtime_ns:
        return False
    changed = path.stat()  # before reading: a change in between is compiled the next time
    buffer = io.BytesIO()
    write_mo(buffer, read_catalogue())
    _replace(compiled, buffer.getvalue())
    os.utime(compiled, ns=(changed.st_atime_ns, changed.st_mtime_ns))
    return True


def _replace(path: Path, content: bytes) -> None:
    """Write the file in one step: a reader finds the old one or the new."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
