"""Reads the codes in a scan, in a process of its own: what a hostile file breaks or eats up is this process alone.

`python -m farmland.forms.scan_worker pdf|png|jpg < file` writes {"codes": […]} or {"error": …}. It knows nothing of the
site.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator

import pypdfium2 as pdfium
import zxingcpp
from PIL import Image, ImageOps

SECONDS = 30  # of computing
BYTES = 2_000_000_000  # of address space
MOST_PAGES = 30
MOST_PIXELS = 64_000_000  # of a picture; a page is drawn with at most MOST_DRAWN
MOST_DRAWN = 12_000_000
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
RESOLUTIONS = (150, 300)  # dots per inch; the finer only where the coarser shows nothing on any page


def codes_in(picture: Image.Image) -> list[str]:
    """The texts of the QR codes in a picture, however it is turned."""
    gray = picture.convert("L")
    found = zxingcpp.read_barcodes(gray, formats=QR)
    if not found:
        found = zxingcpp.read_barcodes(ImageOps.autocontrast(gray, cutoff=2), formats=QR)
    return [code.text for code in found]


def pages_of(data: bytes, dpi: int) -> Iterator[Image.Image]:
    """The pages of a PDF as pictures, each of bounded size."""
    document = pdfium.PdfDocument(data)
    for number in range(min(len(document), MOST_PAGES)):
        page = document[number]
        width, height = page.get_size()
        scale = min(dpi / 72, (MOST_DRAWN / max(1, width * height)) ** 0.5)
        yield page.render(scale=scale, grayscale=True).to_pil()


def picture_of(data: bytes) -> Image.Image:
    """A picture, turned upright; raises ValueError for one that is too large."""
    picture = Image.open(io.BytesIO(data), formats=["PNG", "JPEG"])
    if picture.width * picture.height > MOST_PIXELS:
        raise ValueError("too many pixels")
    picture.load()
    turned = ImageOps.exif_transpose(picture) or picture
    turned.thumbnail((5000, 5000))
    return turned


def read(kind: str, data: bytes) -> list[str]:
    """The distinct codes of a file in their order."""
    if kind != "pdf":
        return list(dict.fromkeys(codes_in(picture_of(data))))
    for dpi in RESOLUTIONS:
        found = dict.fromkeys(code for page in pages_of(data, dpi) for code in codes_in(page))
        if found:
            return list(found)
    return []


def limit() -> None:
    """What this process may use up at most."""
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main() -> None:
    """Answer on the standard output."""
    limit()
    try:
        answer: dict[str, object] = {"codes": read(sys.argv[1], sys.stdin.buffer.read())}
    except Exception as error:  # noqa: BLE001  # libraries raise what they like for broken files; the caller has words
        answer = {"error": f"{type(error).__name__}: {error}"[:300]}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
