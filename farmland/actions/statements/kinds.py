"""What a file of evidence is, by its content alone: neither its name nor the type that a browser declares is believed.

Nine kinds are let in and everything else is refused, so this is a list and no library: `filetype` and `puremagic` know
hundreds of signatures, but neither OFD, macros, encodings of text nor what hides behind a second signature.
"""

import codecs
import re
import struct
import zipfile
from typing import IO, Any
from zipfile import ZipFile

PDF, PNG, JPEG, XLSX, DOCX, OFD, TEXT = "pdf", "png", "jpg", "xlsx", "docx", "ofd", "txt"
# The endings under which a kind may be kept; the first is given to a file with any other.
ENDINGS = {
    PDF: (".pdf",), PNG: (".png",), JPEG: (".jpg", ".jpeg"), XLSX: (".xlsx",), DOCX: (".docx",), OFD: (".ofd",),
    TEXT: (".txt", ".csv"),
}  # fmt: skip
END, END64, LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
MOST_OF_DIRECTORY = 1_000_000  # some 15,000 entries; an honest document has a few hundred at most
MARKUP = ("<!doctype", "<html", "<script", "<svg", "<?xml", "<iframe", "<body")
CONTROL = re.compile("[\\x00-\\x08\\x0b\\x0e-\\x1f\\x7f-\\x9f]")  # all but tab and the breaks of lines and pages
CHUNK = 64 * 1024
# What zipfile raises for archives that are broken, cut off, encrypted, or packed in a way it does not know.
UNREADABLE = (zipfile.BadZipFile, NotImplementedError, ValueError, RuntimeError, OSError, EOFError, struct.error)


def kind_of(content: IO[bytes]) -> str:
    """The kind of a file that can be rewound, "" for none of those that are let in. Reads it in pieces."""
    content.seek(0)
    head = content.read(16)
    if head.startswith(b"PK\x03\x04"):
        return kind_of_archive(content)
    if not head.startswith((b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return TEXT if is_text(content) else ""
    if has_archive_behind(content):  # a picture that is an archive too (a JAR, say) is none
        return ""
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    return PNG if head[12:16] == b"IHDR" else ""


def has_archive_behind(content: IO[bytes]) -> bool:
    """Whether the file ends as an archive does, with the comment that one may have."""
    size = content.seek(0, 2)
    content.seek(max(0, size - 22 - 65_535))
    tail = content.read()
    at = tail.rfind(END)
    return 0 <= at <= len(tail) - 22 and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)


def directory_size(content: IO[bytes]) -> int | None:
    """The bytes of an archive's directory; None where the file does not end with a plain end record (no comment)."""
    size = content.seek(0, 2)
    content.seek(max(0, size - 22 - 20 - 56))
    tail = content.read()
    if tail[-22:-18] != END or tail[-2:] != b"\0\0":
        return None
    if tail[-42:-38] != LOCATOR64:
        return int(struct.unpack("<L", tail[-10:-6])[0])
    return int(struct.unpack("<Q", tail[40:48])[0]) if len(tail) == 98 and tail.startswith(END64) else None


def kind_of_archive(content: IO[bytes]) -> str:
    """XLSX, DOCX or OFD by the archive's directory, nothing of which is unpacked; "" where it carries macros."""
    size = directory_size(content)
    if size is None or size > MOST_OF_DIRECTORY:
        return ""
    try:
        with ZipFile(content) as archive:
            names = [entry.filename for entry in archive.infolist()]
            found = kinds_by_names(names)
            is_sound = len(found) == 1 and len(set(names)) == len(names)
            if not is_sound or (found[0] != OFD and has_macros(archive, names)):
                return ""
            return found[0]
    except UNREADABLE:
        return ""


def kinds_by_names(names: list[str]) -> list[str]:
    """The kinds whose main part is among the names."""
    is_office = "[Content_Types].xml" in names
    parts = {
        XLSX: is_office and any(name.startswith("xl/workbook") and name.endswith(".xml") for name in names),
        DOCX: is_office and any(name.startswith("word/document") and name.endswith(".xml") for name in names),
        OFD: "OFD.xml" in names,
    }
    return [kind for kind, is_there in parts.items() if is_there]


def has_macros(archive: ZipFile, names: list[str]) -> bool:
    """Whether a document carries macros: by the names of its parts, or by their types, as a part may have any name."""
    low = [name.lower() for name in names]
    if any("vbaproject" in name or "macrosheet" in name for name in low):
        return True
    with archive.open("[Content_Types].xml") as part:
        types = part.read(MOST_OF_DIRECTORY + 1)
    plain = types.replace(b"\0", b"").lower()  # in UTF-16 too
    is_hidden = len(types) > MOST_OF_DIRECTORY or b"&#" in plain or b"<!" in plain  # written so as not to be found
    return is_hidden or any(word in plain for word in (b"macro", b"vbaproject"))


def is_text(content: IO[bytes]) -> bool:
    """Whether the file is plain text in UTF-8 or GB18030: no control characters, no markup, no program's first line."""
    return any(is_text_in(content, encoding) for encoding in ("utf-8-sig", "gb18030"))


def is_text_in(content: IO[bytes], encoding: str) -> bool:
    """Whether all of it decodes, and nothing in it is more than text."""
    decoder, before, is_first = codecs.getincrementaldecoder(encoding)(), "", True
    content.seek(0)
    try:
        while piece := content.read(CHUNK):
            text = decoder.decode(piece)
            if not is_harmless(before + text, is_first=is_first):
                return False
            before, is_first = text[-16:], False
        return is_harmless(before + decoder.decode(b"", final=True), is_first=False)
    except UnicodeError:
        return False


def is_harmless(text: str, *, is_first: bool) -> bool:
    """Whether a piece of text is neither binary, nor markup, nor the beginning of a program or another format."""
    if CONTROL.search(text):
        return False
    if is_first and text.lstrip().startswith(("<", "#!", "{\\rtf", "MZ", "%!PS")):
        return False
    low = text.lower()
    return not any(word in low for word in MARKUP)


def plain_file(content: Any) -> IO[bytes]:
    """The readable stream of an uploaded file."""
    return content.file if hasattr(content, "file") else content
