"""Checks before serving that the keys in the environment are those of the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from .eligibility import questionnaire
from .models import Donor, KeyCheck, Sheet
from .people import encryption, identity

# What goes wrong with another key, as the operator reads it.
WITHOUT = {
    "FIELD_KEY": "no number of a document and no answer before giving can be read",
    "BLIND_INDEX_KEY": (
        "no donor is found by their document, and who is deferred is registered as new"
    ),
    "SECRET_KEY": "everybody who is signed in has to sign in again",
    "LINK_KEY": "the links and codes in messages that were sent open nothing",
}
# For signatures only: another key ends sessions and links but loses no row.
SIGNING = ("SECRET_KEY", "LINK_KEY")
NAMES = ("FIELD_KEY", "BLIND_INDEX_KEY", *SIGNING)
TEXT = "This database was made with this key."


class WrongKeys(Exception):
    """The keys are not the database's; the text is for the operator."""


def check(*, now: datetime | None = None) -> None:
    """Raises ``WrongKeys``. The first start on a database stores a mark of each key."""
    if missing := set(NAMES) - _marks().keys():
        if wrong := missing & _contradicted():
            raise WrongKeys(_sentence(wrong))
        _keep(missing, now or timezone.now())
    if wrong := _wrong(_marks()):
        raise WrongKeys(_sentence(wrong))


def wrong() -> list[str]:
    """Names of the keys that are not the database's; writes nothing, and finds nothing in a database
    without marks."""
    return sorted(_wrong(_marks()))


def _marks() -> dict[str, bytes]:
    return {name: bytes(mark) for name, mark in KeyCheck.objects.values_list("name", "mark")}


def _wrong(marks: dict[str, bytes]) -> set[str]:
    return {name for name, mark in marks.items() if not _made_by(name, mark)}


@transaction.atomic
def renew_signing(*, now: datetime) -> None:
    """Accept a new SECRET_KEY and LINK_KEY: earlier sessions and links become invalid."""
    KeyCheck.objects.filter(name__in=SIGNING).delete()
    check(now=now)


def _keep(names: Iterable[str], now: datetime) -> None:
    """Store marks. When two processes start at once, the first one's mark stays and both compare
    with it."""
    rows = [KeyCheck(name=name, mark=_mark(name), made_at=now) for name in names]
    KeyCheck.objects.bulk_create(rows, ignore_conflicts=True)


def _bound(name: str) -> bytes:
    return b"key." + name.encode()


def _mark(name: str) -> bytes:
    if name == "FIELD_KEY":
        return encryption.seal(TEXT, _bound(name))
    key = getattr(settings, name)
    secret = base64.b64decode(key) if name == "BLIND_INDEX_KEY" else key.encode()
    return hmac.new(secret, _bound(name) + TEXT.encode(), hashlib.sha256).digest()


def _made_by(name: str, mark: bytes) -> bool:
    if name != "FIELD_KEY":
        return hmac.compare_digest(mark, _mark(name))
    try:
        return encryption.unseal(mark, _bound(name)) == TEXT
    except (InvalidTag, ValueError):
        return False


def _contradicted() -> set[str]:
    """Whether the keys fail to open one document and one sheet: the check for a database without
    marks."""
    try:
        donor = Donor.objects.exclude(document_sealed=None).order_by("-pk").first()
        number = identity.open_document(donor) if donor else ""
        if sheet := Sheet.objects.order_by("-pk").first():
            questionnaire.answers(sheet)
    except (InvalidTag, ValueError):
        return {"FIELD_KEY"}
    known = not donor or identity.document_key(number) == donor.document_key
    return set() if known else {"BLIND_INDEX_KEY"}


def _sentence(wrong: Iterable[str]) -> str:
    names = [name for name in NAMES if name in wrong]
    said = (
        f"The database was made with another {', '.join(names)}. Start with what belongs to it, else "
        f"{'; '.join(WITHOUT[name] for name in names)}."
    )
    if not settings.PRODUCTION:
        said += (
            f" They were in {settings.SECRETS}, or in the environment, when the database was made."
        )
    if set(wrong) <= set(SIGNING):
        said += " If they were exchanged on purpose: bin/manage renew_signing_keys."
    return said
