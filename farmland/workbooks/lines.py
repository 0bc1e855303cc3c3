"""A text file as lines of words."""

import csv
import io

from django.utils.translation import gettext as _

from farmland.workbooks.filled import Unreadable
from farmland.workbooks.raw import SheetRead

MOST_LINES = 400_000
SEPARATORS = ",\t;"
csv.field_size_limit(100_000)


def csv_sheet(content: bytes) -> SheetRead:
    """The lines of a CSV file. Raises Unreadable where it is no text."""
    text = decoded(content)
    if any(ord(sign) < 9 for sign in text[:4096]):
        raise no_text()
    head = next((line for line in text.splitlines()[:60] if line.strip() and not line.lstrip('"').startswith("#")), "")
    separator = max(SEPARATORS, key=head.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=separator, strict=True):
            rows.append(row)
            if len(rows) > MOST_LINES:
                raise Unreadable("too_large", _("文件最多 %d 行。") % MOST_LINES)
    except csv.Error:
        raise Unreadable("damaged", _("CSV 文件的引号或换行不完整，不能读取。")) from None
    return SheetRead("", list(rows))


def decoded(content: bytes) -> str:
    """A text file as text: UTF-8, or GBK as Chinese spreadsheets save it."""
    if b"\0" in content[:4096]:
        for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
            if content.startswith(mark):
                return decoded_as(content, encoding)
        raise no_text()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decoded_as(content, "gb18030")


def decoded_as(content: bytes, encoding: str) -> str:
    """The text in an encoding; Unreadable where it is not."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise no_text() from None


def no_text() -> Unreadable:
    """The words for a file that is neither a spreadsheet nor text."""
    return Unreadable("not_a_spreadsheet", _("这不是电子表格。请上传 .xlsx、.ods、.csv 或 .json 文件。"))
