"""Names of places and bodies as short as an SMS needs them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language

# The long official beginnings, and what everybody calls them.
BEGINNINGS = (
    ("Centre Régional de Transfusion Sanguine de ", "CRTS "),
    ("Centre Régional de Transfusion Sanguine d’", "CRTS "),
    ("Regional Blood Transfusion Centre, ", "CRTS "),
    ("Centre National de Transfusion Sanguine et d’Hématologie", "CNTSH"),
    ("National Centre for Blood Transfusion and Haematology", "CNTSH"),
    ("Centre de transfusion de l’", ""),
    ("Transfusion centre, ", ""),
    ("Blood bank, ", "Blood bank "),
    ("Banque de sang de ", "Banque de sang "),
    ("المركز الجهوي لتحاقن الدم ", "مركز الدم "),
    ("المركز الوطني لتحاقن الدم ومبحث الدم", "المركز الوطني للدم"),
)
# Room for a place and for a memo's reference beside a link: in two parts of Arabic, else in one.
PLACE = {"ar": 26, "fr": 35, "en": 35}
REFERENCE = {"ar": 20, "fr": 24, "en": 24}


def cut(text: str, room: int) -> str:
    """At most so many letters, cut between words where that leaves half of them."""
    text = " ".join(text.split())
    if len(text) <= room:
        return text
    whole = text[: room + 1].rpartition(" ")[0]
    return (whole if len(whole) * 2 >= room else text[:room]).rstrip(" ,–-(")


def short(name: str, room: int = 0) -> str:
    for long, brief in BEGINNINGS:
        if name.startswith(long):
            name = brief + name[len(long) :]
            break
    for mark in (" – ", " ("):  # the hospital behind the name of the bank
        name = name.partition(mark)[0] or name
    return cut(name, room or PLACE[get_language() or "ar"])


def reference(text: str) -> str:
    return cut(text, REFERENCE[get_language() or "ar"])


def day(moment: datetime | date | None, *, hour: bool = False) -> str:
    if isinstance(moment, datetime):
        moment = localtime(moment)
    return date_format(moment, "d/m H:i" if hour else "d/m") if moment else ""


def head(place: str, on: str) -> str:
    """How a text begins: the place, then the day."""
    comma = "، " if get_language() == "ar" else ", "
    return comma.join(word for word in (place, on) if word)
