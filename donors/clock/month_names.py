"""Months by the names in use in Morocco, in Arabic, French and English, written out or shortened."""

from __future__ import annotations

import unicodedata

NAMES = (
    ("يناير", "جانفي", "كانون الثاني", "janvier", "january", "janv", "jan"),
    ("فبراير", "فيفري", "شباط", "fevrier", "february", "fevr", "fev", "feb"),
    ("مارس", "اذار", "mars", "march", "mar"),
    ("ابريل", "افريل", "نيسان", "avril", "april", "avr", "apr"),
    ("ماي", "مايو", "ايار", "mai", "may"),
    ("يونيو", "يونيه", "جوان", "حزيران", "juin", "june", "jun"),
    ("يوليوز", "يوليو", "جويلية", "تموز", "juillet", "july", "juil", "jul"),
    ("غشت", "اغسطس", "اوت", "اب", "aout", "august", "aug"),
    ("شتنبر", "سبتمبر", "ايلول", "septembre", "september", "sept", "sep"),
    ("اكتوبر", "تشرين الاول", "octobre", "october", "oct"),
    ("نونبر", "نوفمبر", "تشرين الثاني", "novembre", "november", "nov"),
    ("دجنبر", "ديسمبر", "كانون الاول", "decembre", "december", "dec"),
)


def folded(word: str) -> str:
    """Without accents, hamza and capitals, so that spellings of one word are equal."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c) and c != "ـ")


MONTHS = {folded(name): number for number, some in enumerate(NAMES, 1) for name in some}
