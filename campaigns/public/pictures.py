"""Images for other sites: a campaign's preview in a shared link, the site's icon on a telephone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from datetime import datetime
from html import escape
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from campaigns.agenda.listing import Day, Standing
from campaigns.models import Campaign
from donors import typeface

# The size that networks show uncropped (Open Graph, 1.91 to 1).
WIDTH, HEIGHT = 1200, 630
MARGIN = 80
TITLE, LINE = 68, 40
LETTERS, MOST_LINES = 27, 3  # of the title, at its font size
RED, INK, QUIET, PAPER = "#9b1c2c", "#1c1d20", "#5b5e66", "#ffffff"


def campaign(of: Campaign, days: Iterable[Day], standing: Standing, now: datetime) -> bytes:
    """PNG of 1200 × 630 in the reader's language, without counts: networks cache it for weeks."""
    coming = [day.session for day in days]
    if standing == Standing.CANCELLED:
        facts = [_("This campaign is cancelled.")]
    elif not coming:
        facts = [_("This campaign is over. Thank you to everybody who came.")]
    else:
        first = coming[0]
        hours = f"{_hour(first.starts_at)} – {_hour(first.ends_at)}"
        facts = [f"{date_format(timezone.localtime(first.starts_at), 'l j F Y')} · {hours}"]
        facts.append(first.name)
    return _card(of.name, facts, _("Giving blood is voluntary, unpaid and anonymous."))


def site() -> bytes:
    """The same card for every other page."""
    return _card(_("Where to give blood"), [_("Campaigns, free places and stock")], "")


def found(name: str) -> Path:
    """A static file of ours, in the source tree."""
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(name)
    return Path(path)


def icon(size: int) -> bytes:
    """The site's icon as a square PNG, with a margin that round masks cut off."""
    drop = found("img/drop.svg").read_text()
    inner = size * 0.6
    at = (size - inner) / 2
    nested = drop.replace("<svg ", f'<svg x="{at}" y="{at}" width="{inner}" height="{inner}" ', 1)
    ground = f'<rect width="{size}" height="{size}" fill="{PAPER}"/>'
    return typeface.png(f"{_svg(size, size)}{ground}{nested}</svg>")


def _card(title: str, facts: list[str], foot: str) -> bytes:
    lines = textwrap.wrap(title, LETTERS)[:MOST_LINES]
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
        f'<rect width="{WIDTH}" height="16" fill="{RED}"/>',
        _text(str(settings.SITE_NAME), 100, LINE - 6, RED, 700),
    ]
    y: float = 200
    for line in lines:
        parts.append(_text(line, y, TITLE, INK, 700))
        y += TITLE * 1.25
    for fact in facts:
        parts.append(_text(textwrap.shorten(fact, 62, placeholder="…"), y, LINE, INK))
        y += LINE * 1.5
    parts.append(_text(foot, HEIGHT - 50, LINE - 8, QUIET))
    return typeface.png(_svg(WIDTH, HEIGHT) + "".join(parts) + "</svg>")


def _svg(width: int, height: int) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'


def _text(words: str, y: float, size: int, colour: str, weight: int = 400) -> str:
    """One line, aligned to the side where reading begins."""
    rtl = get_language_bidi()
    place = f'x="{WIDTH - MARGIN if rtl else MARGIN}" y="{y}"'
    anchor = "end" if rtl else "start"
    # The renderer takes a line's direction from its first character; an Arabic line may begin with
    # a digit.
    embedded = f"\u202b{words}\u202c" if rtl else words
    return (
        f'<text {place} text-anchor="{anchor}" font-family="Readex Pro" font-weight="{weight}"'
        f' font-size="{size}" fill="{colour}">{escape(embedded)}</text>'
    )


def _hour(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i")
