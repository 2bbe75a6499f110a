"""The official letter of a memo, and the words for a memo's state."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import pgettext_lazy

from campaigns.models import Memo

# Text and tone of the badge, by ``Memo.state``.
STATES = {
    "in_force": (pgettext_lazy("memo", "In force"), "good"),
    "amended": (pgettext_lazy("memo", "In force, changed since its issue"), "warn"),
    "withdrawn": (pgettext_lazy("memo", "Withdrawn"), "bad"),
    "over": (pgettext_lazy("memo", "Over: its operation is closed"), "quiet"),
}


def sheets(memo: Memo) -> list[dict[str, object]]:
    """Front in Arabic; French, where it was written, on the back. English is not a language of
    official letters."""
    return [
        {
            "language": language,
            "head": [line.strip() for line in settings.LETTERHEAD[language].split("/")],
            "issuer": getattr(memo.issuer, f"name_{language}"),
            "subject": getattr(memo, f"subject_{language}"),
            "body": getattr(memo, f"body_{language}"),
        }
        for language in ("ar", "fr")
        if language in memo.languages
    ]
