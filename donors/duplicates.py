"""One person registered twice: found, looked at by somebody, joined, and parted again."""

from __future__ import annotations

from datetime import date

from . import finding, names
from .models import Donor

ALIKE = 85


def namesakes(*, written: list[str], birth_date: date, sex: str) -> list[Donor]:
    """Those of this birth date and sex whose name sounds the same, likeliest first.

    ``written``: Latin given and family name, then the Arabic ones; empty where not known.
    """
    latin, arabic = " ".join(written[:2]), " ".join(written[2:])
    same_day = Donor.objects.filter(birth_date=birth_date, sex=sex)
    born = same_day.filter(name_keys__overlap=names.keys(written))
    found = [
        (max(finding.likeness(names.words(name), donor) for name in (latin, arabic)), donor)
        for donor in born[: finding.CONSIDERED]
    ]
    found.sort(key=lambda row: (-row[0], row[1].pk))
    return [donor for score, donor in found if score >= ALIKE][: finding.MATCHES]
