"""Pictures drawn anew in two sizes: no metadata, no place, nothing hidden in the file is kept.

``python -m campaigns.preparing.picture_drawing`` reads a file from its standard input and writes a
line with width, height and the bytes of the large picture, then the large and the small one.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from donors import child_parser
from donors.child_parser import Unfit

if TYPE_CHECKING:
    from PIL import Image as Images

MOST_PIXELS = 50_000_000  # a camera of a telephone; more may be a bomb of a few packed bytes
LEAST_SIDE = 300
LARGE, SMALL = 1280, 480
QUALITY = 78
FORMATS = ("JPEG", "PNG", "WEBP")

SENTENCES = {
    "broken": gettext_noop("This is no picture in JPEG, PNG or WebP."),
    "pixels": gettext_noop("The picture has too many pixels. Make it smaller."),
    "small": gettext_noop("The picture is smaller than 300 pixels."),
    "time": gettext_noop("Reading this file took too long. Save it once more and try again."),
}


@dataclass(frozen=True)
class Drawn:
    """``width`` and ``height`` are of the large picture, in pixels; both pictures are WebP."""

    width: int
    height: int
    large: bytes
    small: bytes


def drawn(content: bytes) -> Drawn:
    """Raises ``Refused`` with what to do instead."""
    out = child_parser.parsed(
        module="campaigns.preparing.picture_drawing",
        content=content,
        sentences=SENTENCES,
        field="file",
    )
    line, _end, both = out.partition(b"\n")
    width, height, size = map(int, line.split())
    return Drawn(width, height, both[:size], both[size:])


def _draw(content: bytes) -> bytes:
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Unfit("pixels")
            if min(image.size) < LEAST_SIDE:
                raise Unfit("small")
            image.draft("RGB", (LARGE * 2, LARGE * 2))
            large = _without_transparency(ImageOps.exif_transpose(image))
    except Image.DecompressionBombError as error:
        raise Unfit("pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Unfit("broken") from error
    large.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    small = large.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    first = _webp(large)
    return b"%d %d %d\n" % (*large.size, len(first)) + first + _webp(small)


def _without_transparency(image: Images.Image) -> Images.Image:
    """In plain colours on white, a new picture that carries nothing of the file."""
    from PIL import Image

    rgba = image.convert("RGBA")
    ground = Image.new("RGB", rgba.size, "white")
    ground.paste(rgba, mask=rgba.getchannel("A"))
    return ground


def _webp(image: Images.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


if __name__ == "__main__":
    child_parser.work(_draw, exhausted="pixels")
