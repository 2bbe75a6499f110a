"""The site's typeface for pictures and labels: shapes Arabic, needs no font of the system."""

from __future__ import annotations

import functools
import tempfile
from html import escape
from pathlib import Path

import resvg_py
from django.conf import settings
from django.contrib.staticfiles import finders

SCRIPTS = ("arabic", "latin", "latin-ext")


@functools.cache
def fonts() -> list[str]:
    """One file per weight, with all its scripts; made once on a machine."""
    place = settings.VAR_DIR / "fonts"
    place.mkdir(parents=True, exist_ok=True)
    made = []
    for weight in (400, 700):
        path = place / f"readex-pro-{weight}.ttf"
        if not path.exists():
            _make(path, weight)
        made.append(str(path))
    return made


def _make(path: Path, weight: int) -> None:
    # Imported here: needed once per machine, and slow to import.
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    with tempfile.TemporaryDirectory(dir=path.parent) as room:
        parts = []
        for script in SCRIPTS:
            source = finders.find(f"vendor/readex/readex-pro-{script}-wght-normal.woff2")
            font = instantiateVariableFont(TTFont(source), {"wght": weight})
            font.flavor = None
            font["OS/2"].usWeightClass = weight
            parts.append(f"{room}/{script}.ttf")
            font.save(parts[-1])
        whole = f"{room}/whole.ttf"
        Merger().merge(parts).save(whole)
        Path(whole).replace(path)


def png(svg: str) -> bytes:
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, font_files=fonts(), skip_system_fonts=True))


@functools.lru_cache(maxsize=512)
def arabic_line(
    words: str, width: int, height: int, *, bold: bool = False, colour: str = "#000000"
) -> bytes:
    """One line of Arabic as PNG of that many pixels, from the right; smaller where it is long."""
    size = min(height * 0.62, width / ((0.7 if bold else 0.56) * max(len(words), 1)))
    return png(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<text x="{width - 2}" y="{height * 0.68:.0f}" text-anchor="end" font-family="Readex Pro"'
        f' font-weight="{700 if bold else 400}" font-size="{size:.1f}" fill="{colour}">'
        # The renderer takes the direction from the first character, which may be a digit.
        f"{escape(chr(0x202B) + words + chr(0x202C))}</text></svg>"
    )
