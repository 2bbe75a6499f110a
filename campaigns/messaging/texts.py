"""The texts of one batch: words that many recipients share are rendered once, with gaps for the links."""

from __future__ import annotations

import secrets

from django.utils.html import escape

from campaigns.models import Notification
from donors.models import Channel

from .catalogue import KINDS, Message, Words, message, reader, render, worded


class Texts:
    """Renders like ``catalogue.render``. Made anew for each batch, so that facts are current."""

    def __init__(self) -> None:
        # Unguessable, so that no name or text of a centre can contain it; of seven-bit letters.
        self._mark = secrets.token_hex(8)
        self._shared: dict[tuple[object, ...], Words] = {}

    def render(self, notification: Notification) -> Message:
        kind = KINDS[notification.kind]
        if kind.links is None or notification.channel in (Channel.PUSH, Channel.WHATSAPP):
            return render(notification)
        language, address = reader(notification)
        own = kind.links(notification, language)
        words = self._words(notification, language, own)
        text, html = words.text, words.html
        for name, link in own.items():
            gap = self._gap(name)
            text, html = text.replace(gap, link), html.replace(gap, escape(link))
        own_words = Words(words.subject, text, html)
        return message(notification, language, address, own_words, own.get("stop_link"))

    def _words(self, notification: Notification, language: str, own: dict[str, str]) -> Words:
        n = notification
        same = (n.kind, n.channel, language, n.subject_id, n.wave_id)
        if same not in self._shared:
            gaps = {name: self._gap(name) for name in own}
            self._shared[same] = worded(n, language, gaps)
        return self._shared[same]

    def _gap(self, name: str) -> str:
        return f"[{self._mark}.{name}]"
