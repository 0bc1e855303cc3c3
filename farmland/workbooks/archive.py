"""The container of a spreadsheet: taken apart under limits before anything reads it, and refused with a reason."""

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree

from django.utils.translation import gettext as _

from farmland.workbooks.filled import Unreadable

MOST_ENTRIES = 1_000
MOST_BYTES = 64_000_000  # of all parts together, unpacked
SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
KEPT = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(workbook|styles|sharedStrings)\.xml|xl/_rels/[^/]+\.rels|xl/worksheets/[^/]+\.xml"
)
MACROS = re.compile(r"vbaProject|xl/(macrosheets|dialogsheets)/|xl/activeX|(^|/)(Basic|Scripts)/", re.IGNORECASE)
OUTSIDE = re.compile(
    r"xl/(externalLinks|embeddings|queryTables)/|xl/connections\.xml|(^|/)Object [0-9]+/", re.IGNORECASE
)
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError)


def damaged() -> Unreadable:
    """The words for a file that ends early or is broken."""
    return Unreadable("damaged", _("文件不完整或已损坏，请重新保存后再上传。"))


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a zip file by name, unpacked under limits.

    Raises Unreadable for one that is damaged, encrypted, too large when unpacked, or carries macros or links.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGED:
        raise damaged() from None
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise too_large()
    if len({name.lower() for name in names}) != len(names) or any(is_odd(name) for name in names):
        raise Unreadable("damaged", _("文件的内部结构不正常（重复或越界的部件），不能读取。"))
    if any(entry.flag_bits & 1 for entry in entries):
        raise encrypted()
    if any(MACROS.search(name) for name in names):
        raise macros()
    if any(OUTSIDE.search(name) for name in names):
        raise Unreadable("external", _("文件含有外部链接、数据连接或嵌入对象。请断开后另存为 .xlsx 再上传。"))
    return unpacked(content, archive)


def unpacked(content: bytes, archive: zipfile.ZipFile) -> dict[str, bytes]:
    """What the entries hold, whatever sizes they declare: nothing is unpacked beyond the limit."""
    parts: dict[str, bytes] = {}
    left = MOST_BYTES
    for entry in archive.infolist():
        if entry.is_dir() or not entry.filename.endswith((".xml", ".rels", "mimetype")):
            continue
        try:
            start = content_start(content, entry.header_offset)
            packed = content[start : start + entry.compress_size]
            if entry.compress_type == zipfile.ZIP_STORED:
                part, is_whole = packed, len(packed) == entry.compress_size
            elif entry.compress_type == zipfile.ZIP_DEFLATED:
                unpacker = zlib.decompressobj(-15)
                part, is_whole = unpacker.decompress(packed, left + 1), unpacker.eof or bool(unpacker.unconsumed_tail)
            else:
                raise damaged()
        except DAMAGED:
            raise damaged() from None
        left -= len(part)
        if left < 0:
            raise too_large()
        if not is_whole or len(part) != entry.file_size or zlib.crc32(part) != entry.CRC:
            raise damaged()
        check_xml(part)
        parts[entry.filename] = part
    return parts


def content_start(content: bytes, offset: int) -> int:
    """Where an entry's bytes begin, behind its local header."""
    header = content[offset : offset + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise damaged()
    return offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")


def is_odd(name: str) -> bool:
    """Whether a name leads out of the archive or hides in it."""
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name or "\0" in name


def check_xml(part: bytes) -> None:
    """Refuse entities, which no spreadsheet program writes, and encodings in which they could hide."""
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part or part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in part[:200]:
        raise Unreadable("entities", _("文件的内部结构不正常（含实体声明），不能读取。"))


def tree_of(part: bytes) -> ElementTree.Element:
    """A small part as a tree."""
    try:
        return ElementTree.fromstring(part)  # entities were refused above
    except (ElementTree.ParseError, ValueError, LookupError):
        raise damaged() from None


def check_links(parts: dict[str, bytes]) -> None:
    """Refuse a workbook with macros by another name, or one that fetches from elsewhere; hyperlinks lead nobody of us."""
    if b"macroEnabled" in parts.get("[Content_Types].xml", b"") or b"vbaProject" in parts.get(
        "[Content_Types].xml", b""
    ):
        raise macros()
    for name, part in parts.items():
        if name.endswith(".rels") and b"External" in part:
            for link in tree_of(part):
                if link.get("TargetMode") == "External" and not (link.get("Type") or "").endswith("/hyperlink"):
                    raise Unreadable(
                        "external", _("文件含有外部链接、数据连接或嵌入对象。请断开后另存为 .xlsx 再上传。")
                    )


def repacked(parts: dict[str, bytes]) -> io.BytesIO:
    """The parts that figures stand in as a zip of our own: what is read is exactly what was checked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            if KEPT.fullmatch(name):
                archive.writestr(zipfile.ZipInfo(name), part)
    buffer.seek(0)
    return buffer


def too_large() -> Unreadable:
    """The words for a file that unpacks to more than any form holds."""
    return Unreadable("too_large", _("文件展开后过大，不是填报表。请删去多余的工作表和空白区域后再上传。"))


def encrypted() -> Unreadable:
    """The words for a file with a password."""
    return Unreadable("encrypted", _("文件设有打开密码，不能读取。请去掉密码后另存再上传。"))


def macros() -> Unreadable:
    """The words for a file with macros."""
    return Unreadable("macros", _("文件含有宏。请另存为不含宏的 .xlsx 再上传。"))
