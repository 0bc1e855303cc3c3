"""The code of a printed form: as it is typed, and as it stands in a scan or photograph."""

import json
import logging
import os
import re
import subprocess
import sys

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _

from farmland.actions.statements.kinds import JPEG, PDF, PNG, kind_of, plain_file
from farmland.selectors.prints import ALPHABET, CODE_LENGTH
from farmland.ui.prints import PREFIX, grouped
from farmland.workflow import Refused

SECONDS = 30
MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
log = logging.getLogger(__name__)


def clean_code(text: str) -> str:
    """A code as it is kept: without spaces and hyphens, in capitals, what is mistaken put right; "" for what is none."""
    wide = text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
    bare = re.sub(r"[\s\-‐-―−]+", "", wide).upper().removeprefix(PREFIX).translate(MISREAD)
    return bare if len(bare) == CODE_LENGTH and set(bare) <= set(ALPHABET) else ""


def read_code(content: File) -> str:
    """The one code in a scan (PDF, PNG, JPG); "" where there is none.

    Raises Refused (422) for a file that is no scan, too large, broken, or carries the codes of several forms.
    """
    if (content.size or 0) > settings.EVIDENCE_MAX_BYTES:
        most = settings.EVIDENCE_MAX_BYTES // 1_000_000
        raise Refused(422, "evidence_too_large", _("文件超过 %d MB：请压缩图片，或拆分后分别上传。") % most)
    kind = kind_of(plain_file(content))
    if kind not in (PDF, PNG, JPEG):
        raise Refused(422, "not_a_scan", _("请上传扫描件或照片：PDF、PNG 或 JPG。"))
    content.seek(0)
    found = {
        code for text in run_worker(kind, content.read()) if text.startswith(PREFIX) and (code := clean_code(text))
    }
    if len(found) > 1:
        raise Refused(422, "several_codes", _("文件中有 %d 份不同打印件的校验码：请分别上传。") % len(found))
    return found.pop() if found else ""


def code_from(content: File, typed: str) -> tuple[str, bool]:
    """The code of a signed copy, and whether it was read from the file. Raises Refused (422) where there is none, or
    what is typed is not what the file carries."""
    try:
        code = read_code(content)
    except Refused as refused:
        if not typed or refused.code == "several_codes":  # one of them is another form's
            raise
        code = ""  # an OFD, say: which kinds are kept at all is judged where it is filed
    if code and typed and code != typed:
        raise Refused(422, "other_code", _("文件上的校验码是 %s，与输入的不同。") % grouped(code))
    if not code and not typed:
        raise Refused(422, "no_code", _("没有在文件中读到校验码：请输入打印件上的校验码，或重新扫描。"))
    return code or typed, bool(code)


def run_worker(kind: str, data: bytes) -> list[str]:
    """The texts of all QR codes in a file. Raises Refused (422) where it cannot be read in time, or at all."""
    command = [sys.executable, "-m", "farmland.forms.scan_worker", kind]
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=SECONDS, cwd=settings.BASE_DIR, env=environment,
        )  # fmt: skip
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as late:
        raise Refused(422, "scan_too_slow", _("文件太复杂，没有在规定时间内读完：请只上传有校验码的一页。")) from late
    except ValueError as broken:
        log.warning("a scan could not be read: %s", done.stderr[-500:].decode(errors="replace"))
        raise Refused(422, "scan_unreadable", unreadable()) from broken
    if "error" in answer:
        log.info("a scan could not be read: %s", answer["error"])
        raise Refused(422, "scan_unreadable", unreadable())
    return [str(code) for code in answer["codes"]]


def unreadable() -> str:
    """What is said of a file that cannot be read."""
    return _("文件已损坏、加了密或图像过大，无法读取：请重新扫描后上传。")
