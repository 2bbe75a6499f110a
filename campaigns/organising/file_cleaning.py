"""Attachments without what their authors do not see: metadata, scripts, comments, files inside.

``python -m campaigns.organising.file_cleaning`` reads a file from its standard input and writes its
kind, a line end and the cleaned file. The kind is told by the content, never by the name.
"""

from __future__ import annotations

import io

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from donors import child_parser
from donors.child_parser import Unfit
from donors.errors import Refused

MOST_BYTES = 5 * 1024 * 1024
MOST_PAGES = 100
MOST_PIXELS = 40_000_000
WIDEST = 3000  # pixels; wider pictures are made smaller

SENTENCES = {
    "empty": gettext_noop("This file is empty."),
    "large": gettext_noop("The file is larger than 5 MB."),
    "kind": gettext_noop("Only a PDF or a picture (PNG, JPEG) can be attached."),
    "locked": gettext_noop("This PDF is locked with a password. Save it without one."),
    "pages": gettext_noop("This PDF has more than 100 pages."),
    "pixels": gettext_noop("This picture is too large. Make it smaller."),
    "broken": gettext_noop("The file is damaged. Save it once more and try again."),
    "time": gettext_noop("Reading this file took too long. Save it once more and try again."),
}
# What a reader of the pages needs of the whole document; the rest may act or tell.
OF_DOCUMENT = {"/Type", "/Pages", "/Lang", "/MarkInfo", "/StructTreeRoot", "/PageLabels"}
OF_OBJECTS = ("/Metadata", "/PieceInfo", "/AA", "/LastModified", "/AF")
# Segments of a JPEG that hold data about it: APP1 (Exif, XMP), APP3 to APP13, APP15, comments.
TELLING = {0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE}


def sentence(key: str) -> str:
    return _(SENTENCES[key])


def clean(content: bytes) -> tuple[str, bytes]:
    """Kind and cleaned content. Raises ``Refused`` with what to do instead."""
    if not content:
        raise Refused(sentence("empty"), "file")
    if len(content) > MOST_BYTES:
        raise Refused(sentence("large"), "file")
    out = child_parser.parsed(
        module="campaigns.organising.file_cleaning",
        content=content,
        sentences=SENTENCES,
        field="file",
    )
    kind, _end, cleaned = out.partition(b"\n")
    if len(cleaned) > MOST_BYTES:
        raise Refused(sentence("large"), "file")
    return kind.decode(), cleaned


def _kind_and_clean(content: bytes) -> tuple[str, bytes]:
    """The child's work; raises ``Unfit``."""
    if content.startswith(b"%PDF-"):
        return "pdf", _pdf(content)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png", _picture(content, "PNG")
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg", _picture(content, "JPEG")
    raise Unfit("kind")


def _pdf(content: bytes) -> bytes:
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise Unfit("locked")
            if not 1 <= len(pdf.pages) <= MOST_PAGES:
                raise Unfit("pages")
            for key in set(pdf.Root.keys()) - OF_DOCUMENT:
                del pdf.Root[key]
            if "/Info" in pdf.trailer:
                del pdf.trailer["/Info"]
            for page in pdf.pages:
                if "/Annots" in page:  # links, comments with names, forms, files inside
                    del page["/Annots"]
            for one in pdf.objects:
                _strip(one)
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
    except pikepdf.PasswordError as error:
        raise Unfit("locked") from error
    except pikepdf.PdfError as error:
        raise Unfit("broken") from error
    return out.getvalue()


def _strip(one: object) -> None:
    import pikepdf

    if not isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        return
    for key in OF_OBJECTS:
        if key in one:
            del one[key]
    if isinstance(one, pikepdf.Stream) and one.get("/Filter") == pikepdf.Name.DCTDecode:
        one.write(jpeg_alone(one.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)


def jpeg_alone(data: bytes) -> bytes:
    """The picture without its telling segments, nothing encoded anew."""
    out, at = bytearray(data[:2]), 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] not in TELLING:
            out += data[at:end]
        at = end
    return bytes(out + data[at:])


def _picture(content: bytes, name: str) -> bytes:
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=[name]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Unfit("pixels")
            upright = ImageOps.exif_transpose(opened)
            see_through = name == "PNG" and upright.has_transparency_data
            pixels = upright.convert("RGBA" if see_through else "RGB")
    except Image.DecompressionBombError as error:
        raise Unfit("pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Unfit("broken") from error
    pixels.thumbnail((WIDEST, WIDEST))
    alone = Image.new(pixels.mode, pixels.size)
    alone.paste(pixels)
    out = io.BytesIO()
    alone.save(out, name, optimize=True, **({"quality": 88} if name == "JPEG" else {}))
    return out.getvalue()


def _written(content: bytes) -> bytes:
    kind, clean = _kind_and_clean(content)
    return kind.encode() + b"\n" + clean


if __name__ == "__main__":
    child_parser.work(_written)
