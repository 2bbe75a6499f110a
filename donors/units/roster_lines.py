"""Columns and cells of a line in a list of people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_noop

from donors.clock import partial_dates
from donors.clock.partial_dates import PartialDate
from donors.errors import Refused
from donors.people.identity import CARD, normalise_document, normalise_phone
from donors.people.names import ARABIC, fold

HEADINGS = {
    "family_name": ("nom", "nom de famille", "family name", "last name", "surname", "name"),
    "given_name": ("prenom", "given name", "first name"),
    "family_name_ar": ("الاسم العائلي", "النسب", "اللقب", "nom arabe", "nom en arabe", "arabic family name"),
    "given_name_ar": ("الاسم الشخصي", "الاسم", "prenom arabe", "prenom en arabe", "arabic given name"),
    "birth_date": ("تاريخ الازدياد", "تاريخ الميلاد", "تاريخ الولادة", "date de naissance", "ne le", "naissance", "date of birth", "birth date", "born"),
    "sex": ("الجنس", "sexe", "sex", "genre", "gender"),
    "document_number": ("رقم البطاقة الوطنية", "رقم البطاقة", "البطاقة الوطنية", "cin", "cine", "cnie", "n cin", "no cin", "carte nationale", "identity card", "national id", "card"),
    "phone": ("الهاتف", "رقم الهاتف", "telephone", "tel", "gsm", "portable", "mobile", "phone"),
    "email": ("البريد الإلكتروني", "البريد", "email", "e mail", "mail", "courriel", "adresse email"),
    "language": ("اللغة", "langue", "language"),
}  # fmt: skip
SEXES = {
    "M": ("m", "h", "homme", "masculin", "male", "man", "ذكر", "ر", "رجل"),
    "F": ("f", "femme", "feminin", "female", "woman", "أنثى", "ا", "امرأة"),
}
LANGUAGES = {
    "ar": ("ar", "arabe", "arabic", "العربية", "عربية"),
    "fr": ("fr", "francais", "french", "الفرنسية", "فرنسية"),
    "en": ("en", "anglais", "english", "الإنجليزية"),
}
EXCEL_BEGINS = date(1899, 12, 30)
SERIAL = range(3_000, 60_000)
FORMULA = re.compile(r"^[=+\-@\t]")
OLDEST, YOUNGEST = 110, 16
DAY_FIRST, MONTH_FIRST, MIXED = "day", "month", "mixed"
MONTHS = 12
TWO_AND_YEAR = re.compile(r"^\s*(\d{1,2})([/.\-])(\d{1,2})\2(?:\d{4}|\d{2})\b")
FAULTS = {
    "name": gettext_noop("The name is missing: family name and given name, in Arabic or Latin letters."),
    "formula": gettext_noop("A name begins like a formula (=, +, -, @). Write the name alone."),
    "birth_date": gettext_noop("The date of birth is missing or unclear. Write it like 07/03/1990; the year alone where no more is known."),
    "order": gettext_noop("In this list some dates begin with the month and some with the day. Write this one like 1990-03-07."),
    "age": gettext_noop("The date of birth cannot be right for somebody who may give."),
    "sex": gettext_noop("The sex is missing or unclear. Write F or M."),
    "document": gettext_noop("The card number is unclear. It is like AB123456."),
    "phone": gettext_noop("The phone number is unclear. It is like 06 61 12 34 56."),
    "email": gettext_noop("The e-mail address is unclear."),
    "twice": gettext_noop("The same person is further up in this list."),
}  # fmt: skip


def columns(heading: list[str]) -> dict[str, int]:
    """The column of each field, by its heading in any of the three languages; the first match
    wins."""
    known = {fold(alias): name for name, aliases in HEADINGS.items() for alias in aliases}
    found: dict[str, int] = {}
    for place, cell in enumerate(heading):
        name = known.get(fold(cell))
        if name:
            found.setdefault(name, place)
    return found


def missing(found: dict[str, int]) -> list[str]:
    """Required headings that the file lacks."""
    wanted = [name for name in ("birth_date", "sex") if name not in found]
    latin = {"family_name", "given_name"} <= found.keys()
    arabic = {"family_name_ar", "given_name_ar"} <= found.keys()
    return wanted if latin or arabic else ["family_name", "given_name", *wanted]


def order_of(dates: Iterable[str]) -> str:
    """In which order the dates of one list name day and month: 12/25/1990 decides 03/07/1990."""
    pairs = [pair for text in dates if (pair := TWO_AND_YEAR.match(_digits(text)))]
    day = any(int(pair[1]) > MONTHS for pair in pairs)
    month = any(int(pair[3]) > MONTHS for pair in pairs)
    return MIXED if day and month else MONTH_FIRST if month else DAY_FIRST


def _in_order(text: str, order: str) -> str:
    """The date with its day first; empty where nothing says which number is the day."""
    pair = TWO_AND_YEAR.match(text)
    if pair is None or order == DAY_FIRST:
        return text
    first, second = int(pair[1]), int(pair[3])
    if order == MIXED and max(first, second) <= MONTHS and first != second:
        return ""
    swapped = second > MONTHS if order == MIXED else True
    rest = text[pair.end(3) :]
    return f"{pair[3]}{pair[2]}{pair[1]}{rest}" if swapped else text


def read(
    row: list[str], found: dict[str, int], on: date, order: str = DAY_FIRST
) -> tuple[dict[str, str], str]:
    """The values of the line, and the code of its first fault (empty if none)."""
    cells = {name: row[place].strip() if place < len(row) else "" for name, place in found.items()}
    said = dict.fromkeys(HEADINGS, "") | {k: _digits(v) for k, v in cells.items()}
    if said["birth_date"] and not _in_order(said["birth_date"], order):
        return said, "order"
    said["birth_date"] = _in_order(said["birth_date"], order)
    for name in ("family_name", "given_name"):
        if ARABIC.search(said[name]) and not said[f"{name}_ar"]:
            said[f"{name}_ar"], said[name] = said[name], ""
    checks: tuple[tuple[str, Callable[[dict[str, str], date], bool]], ...] = (
        ("name", _name), ("formula", _formula), ("birth_date", _birth_date), ("age", _age),
        ("sex", _sex), ("document", _document), ("phone", _phone), ("email", _email),
    )  # fmt: skip
    fault = next((code for code, holds in checks if not holds(said, on)), "")
    said["language"] = _one_of(LANGUAGES, said["language"]) or "ar"
    return said, fault


def _digits(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)


def _name(said: dict[str, str], on: date) -> bool:
    latin = said["family_name"] and said["given_name"]
    return bool(latin or said["family_name_ar"] and said["given_name_ar"])


def _formula(said: dict[str, str], on: date) -> bool:
    names = ("family_name", "given_name", "family_name_ar", "given_name_ar")
    return not any(FORMULA.match(said[name]) for name in names)


def _birth_date(said: dict[str, str], on: date) -> bool:
    text = said["birth_date"].split(" ")[0]
    if text.isdecimal() and int(text) in SERIAL:
        said["birth_date"] = (EXCEL_BEGINS + timedelta(days=int(text))).isoformat()
        return True
    born = partial_dates.read(text) or _two_digit_year(text, on)
    said["birth_date"] = born.isoformat() if born else said["birth_date"]
    return born is not None


def _two_digit_year(text: str, on: date) -> PartialDate | None:
    """07/03/60 is 1960."""
    try:
        born = datetime.strptime(text, "%d/%m/%y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    return PartialDate(born.replace(year=born.year - 100) if born > on else born)


def _age(said: dict[str, str], on: date) -> bool:
    years = on.year - int(said["birth_date"][:4])
    return YOUNGEST <= years <= OLDEST


def _sex(said: dict[str, str], on: date) -> bool:
    said["sex"] = _one_of(SEXES, said["sex"])
    return bool(said["sex"])


def _one_of(words: dict[str, tuple[str, ...]], text: str) -> str:
    key = fold(text)
    return next((value for value, spelt in words.items() if key in map(fold, spelt)), "")


def _document(said: dict[str, str], on: date) -> bool:
    said["document_number"] = normalise_document(said["document_number"])
    return not said["document_number"] or bool(CARD.fullmatch(said["document_number"]))


def _phone(said: dict[str, str], on: date) -> bool:
    text = said["phone"]
    if re.fullmatch(r"[5-7]\d{8}", text):
        text = f"0{text}"  # a spreadsheet dropped the leading zero
    try:
        said["phone"] = normalise_phone(text) if text else ""
    except Refused:
        return False
    return True


def _email(said: dict[str, str], on: date) -> bool:
    said["email"] = said["email"].lower()
    return not said["email"] or bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", said["email"]))
