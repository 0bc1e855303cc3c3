"""Scans as they come back: pictures with a code, without one, turned, coarse, in a PDF."""

import io
import time

import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def sheet(*codes: str, dpi: int = 150, turned: float = 0) -> Image.Image:
    """A page of A4 landscape with codes of the size that the form prints (19 mm)."""
    page = Image.new("L", (int(11.69 * dpi), int(8.27 * dpi)), 250)
    for place, code in enumerate(codes):
        drawn = io.BytesIO()
        segno.make(f"FP1:{code}", error="q").save(drawn, kind="png", scale=10, border=2)
        size = int(19 / 25.4 * dpi)
        page.paste(Image.open(drawn).convert("L").resize((size, size)), (dpi * (2 + 3 * place), dpi))
    return page.rotate(turned, expand=True, fillcolor=250)


def upload(page: Image.Image, kind: str = "png") -> SimpleUploadedFile:
    """The page as a file that is sent."""
    content, dated = io.BytesIO(), time.gmtime(0)  # the same page is the same file
    more = {"resolution": 150, "creationDate": dated, "modDate": dated} if kind == "pdf" else {}
    page.convert("RGB").save(content, {"png": "PNG", "jpg": "JPEG", "pdf": "PDF"}[kind], **more)
    return SimpleUploadedFile(f"签字件.{kind}", content.getvalue())
