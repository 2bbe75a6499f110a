"""The HTML beside a mail's plain text: the same sentences, with the place, one button and fewer
addresses. Styles are inline, for many mail programs drop a style sheet; nothing comes from outside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from string import Template
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from centers.models import Session

TEXT = "margin:0 0 16px;font-size:17px;line-height:1.55"
SMALL = "margin:0 0 12px;font-size:14px;line-height:1.5"
URL = re.compile(r"https?://[^\s<>]+")
CODE = re.compile(r"\b\d{6}\b")
ITEM = "- "

# What the one button of a message says, by the beginning of its kind.
BUTTONS: dict[str, Promise] = {
    "appeal_invitation": gettext_lazy("Choose a time or say no"),
    "appeal_stand_down": gettext_lazy("A place on a later day"),
    "second_gift": gettext_lazy("Choose a place or a week"),
    "early_warning": gettext_lazy("Open the stock"),
    "booking_confirmed": gettext_lazy("See, change or give back my place"),
    "visit_reminder": gettext_lazy("See, change or give back my place"),
    "session_moved": gettext_lazy("See, change or give back my place"),
    "place_offered": gettext_lazy("See and take the place"),
    "session_cancelled": gettext_lazy("Other times"),
    "place_released": gettext_lazy("Other times"),
    "waiting_moved": gettext_lazy("See my place in the line"),
    "waiting_joined": gettext_lazy("See my place in the line"),
    "waiting_over": gettext_lazy("Other days and places"),
    "roster_invitation": gettext_lazy("Decide for yourself"),
    "officer_invited": gettext_lazy("Accept"),
    "blood_followed": gettext_lazy("My donations"),
    "campaign_story": gettext_lazy("How it went"),
    "bag_recalled": gettext_lazy("Answer for these bags"),
    "bag_news": gettext_lazy("Answer for these bags"),
    "bag": gettext_lazy("Open the alarms"),
    "memo": gettext_lazy("Open the memo"),
    "campaign": gettext_lazy("Open the campaign"),
}


@dataclass(frozen=True)
class Place:
    """``hour``: whether the person comes at that time; a session's own beginning is only a day."""

    session: Session
    starts_at: datetime
    hour: bool = True


def label(kind: str) -> str:
    return str(BUTTONS.get(kind) or BUTTONS.get(kind.partition("_")[0]) or _("Open the page"))


def of_context(
    kind: str, subject: str, text: str, context: dict[str, Any], own: dict[str, str]
) -> str:
    """The mail of a kind's rendered words, in the language in force. ``own``: its personal
    addresses, or the gaps that stand for them."""
    action = str(context.get("link") or context.get("page") or context.get("list_link") or "")
    addresses = {action, *own.values()}
    return _document(kind, subject, text, action, addresses, _where(context))


def _where(context: dict[str, Any]) -> Place | None:
    """Where to come and when, if the message asks somebody to come."""
    if "advice" in context and not context["advice"].against:
        slot = context["slot"]
        return Place(slot.session, slot.starts_at)
    if session := context.get("come_to"):
        return Place(session, session.starts_at, hour=False)
    return None


def _document(
    kind: str, subject: str, text: str, action: str, addresses: set[str], place: Place | None
) -> str:
    blocks = [block for block in text.split("\n\n") if block.strip()]
    parts = [_block(block, label(kind), action, addresses) for block in blocks]
    if kind.endswith("_code") and (code := CODE.search(text)):
        parts.insert(1, _code(code[0]))
    if place:  # after the sentence that says what it is about
        parts.insert(1, _place(place))
    return _layout(get_language() or "ar").substitute(title=escape(subject), body="\n".join(parts))


def _block(block: str, button: str, action: str, addresses: set[str]) -> str:
    """A paragraph, with its list and the address that ends it."""
    made: list[str] = []
    sentence, items = "", ""
    for raw in [*block.splitlines(), ""]:
        line = raw.strip()
        if items and not line.startswith(ITEM):
            made.append(f'<ul style="{TEXT};padding:0 24px">{items}</ul>')
            items = ""
        if line.startswith(ITEM):
            made.append(_paragraph(sentence))
            sentence = ""
            items += f"<li>{_linked(line.removeprefix(ITEM))}</li>"
        elif line and line == action:
            made += [_paragraph(sentence), _button(button, action)]
            sentence = ""
        elif line in addresses or URL.fullmatch(line):
            made.append(_lesser(sentence or button, line))
            sentence = ""
        else:
            made.append(_paragraph(sentence))
            sentence = line
    return "\n".join(part for part in [*made, _paragraph(sentence)] if part)


def _lesser(sentence: str, url: str) -> str:
    """An address beside the button: its sentence is the link."""
    words = escape(sentence.rstrip(" :"))
    return f'<p class="quiet" style="{SMALL};color:#566069">{_anchor(url, words)}</p>'


def _paragraph(sentence: str) -> str:
    return _paragraph_of(_linked(sentence)) if sentence else ""


def _paragraph_of(html: str) -> str:
    return f'<p style="{TEXT}">{html}</p>'


def _code(code: str) -> str:
    style = "margin:0 0 16px;font-size:32px;letter-spacing:6px;font-weight:bold;text-align:center"
    return f'<p dir="ltr" style="{style}">{escape(code)}</p>'


def _anchor(url: str, words: str) -> str:
    return f'<a class="link" href="{escape(url)}" style="color:#9b1c2c">{words}</a>'


def _linked(line: str) -> str:
    """Escaped, with the addresses inside it as links."""
    made, end = "", 0
    for found in URL.finditer(line):
        made += escape(line[end : found.start()]) + _anchor(found[0], escape(found[0]))
        end = found.end()
    return made + escape(line[end:])


def _button(words: str, url: str) -> str:
    """A cell with a ground of its own: Outlook ignores the padding of a link."""
    link = "display:inline-block;padding:14px 22px;color:#ffffff;font-size:17px;font-weight:bold"
    return (
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0" align="center"'
        ' style="margin:4px auto 22px">\n<tr><td class="button" bgcolor="#9b1c2c"'
        ' style="border-radius:8px;background-color:#9b1c2c;text-align:center">'
        f'<a href="{escape(url)}" style="{link};text-decoration:none">{escape(words)}</a>'
        "</td></tr></table>"
    )


def map_url(session: Session) -> str:
    where = f"{session.latitude:.5f}", f"{session.longitude:.5f}"
    query = "mlat={}&mlon={}#map=15/{}/{}".format(*where, *where)
    return f"https://www.openstreetmap.org/?{query}"


def _place(place: Place) -> str:
    session = place.session
    starts_at = localtime(place.starts_at)
    when = date_format(starts_at, "DATETIME_FORMAT" if place.hour else "DATE_FORMAT")
    to_map = _anchor(map_url(session), escape(_("Show on a map")))
    address = [session.room, session.center.name, session.center.city]
    lines = [line for line in dict.fromkeys(address) if line and line != session.name]
    small = "margin:0;font-size:15px;line-height:1.5"
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'
        ' style="margin:0 0 20px">\n<tr><td class="place" bgcolor="#f9e9ea"'
        ' style="padding:14px 16px;border-radius:8px;background-color:#f9e9ea">'
        f'<p style="margin:0 0 4px;font-size:17px;font-weight:bold">{escape(when)}</p>\n'
        f'<p style="margin:0;font-size:17px">{escape(session.name)}</p>'
        f'<p class="quiet" style="{small};color:#566069">{escape(" · ".join(lines))}</p>\n'
        f'<p style="{small};margin-top:6px">{to_map}</p>'
        "</td></tr></table>"
    )


@cache
def _layout(language: str) -> Template:
    """What is around the message, rendered once per language."""
    with override(language):
        return Template(render_to_string("messages/layout.html"))
