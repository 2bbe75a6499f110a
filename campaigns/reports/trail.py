"""The audit trail of a person, a bag or a user: who did what, and when; not what was found.

A line names the table and the act, and of a look into a record what it was for. Results, measures,
reasons for deferral and names of donors are not in it: an auditor asks whether the rules of working
were kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Q, Value
from django.utils.translation import gettext as _

from campaigns.account import looks
from centers.isbt128 import donation_numbers
from centers.models import Bag
from donors.clock.calendar import last_moment, midnight
from donors.errors import Refused
from donors.models import AccessLog, Donor, User, UserAccess
from donors.people import privacy, search
from donors.tables.workbook import Cell

from .act_names import named
from .acts import Act, every

MOST = 20_000


@dataclass(frozen=True)
class Line:
    at: datetime
    by: str
    what: str
    act: str
    about: str
    """The donation's number, else that of the donor's card; the name to sign in with of a user."""
    center: str
    why: str = ""
    """Of a look into a record: what it was for; ``because``: the words typed."""
    because: str = ""


def of_donor(donor: Donor, *, by: User) -> list[Line]:
    """Everything about the person, under all their rows; the look is logged."""
    privacy.log_access(donor=donor.person, by=by, reason="audit trail")
    rows = donor.person.linked_rows()
    pairs = {"Duplicate": ("one", "other"), "Merge": ("kept", "gone")}
    found: list[Line] = []
    for act in every():
        paths = pairs.get(act.table, (act.donor,))
        if act.donor:
            about = [Q(**{f"{path}__in": rows}) for path in paths]
            found += _lines(act, _either(about))
    return _sorted(found)


def of_bag(bag: Bag, *, by: User) -> list[Line]:
    """Everything about the bag, its donation and the visit of its donor; the look is logged."""
    privacy.log_access(donor=bag.donation.donor.person, by=by, reason="audit trail")
    found: list[Line] = []
    for act in every():
        if act.bag:
            found += _lines(act, Q(**{act.bag: bag.pk}))
        elif act.donation:
            found += _lines(act, Q(**{act.donation: bag.donation_id}))
        elif act.visit:
            found += _lines(act, Q(**{act.visit: bag.donation.visit_id}))
    return _sorted(found)


def of_user(user: User, *, by: User, since: date, until: date) -> list[Line]:
    """What the user did from ``since`` to ``until``, both days included; the look is logged."""
    privacy.log_trail(user=user, by=by)
    span = (midnight(since), last_moment(until))
    found: list[Line] = []
    for act in every():
        found += _lines(act, Q(**{act.by: user, f"{act.at}__range": span}))
    return _sorted(found)


def _either(conditions: list[Q]) -> Q:
    whole = Q()
    for condition in conditions:
        whole |= condition
    return whole


def _lines(act: Act, about: Q) -> Iterator[Line]:
    def column(path: str, field: str) -> Any:
        return (f"{path}__{field}" if path != "pk" else field) if path else Value("")

    rows = act.rows.filter(about).order_by(f"-{act.at}", "-pk").values_list(
        act.at, f"{act.by}__first_name", f"{act.by}__last_name", f"{act.by}__username",
        column(act.donation, "din"), column(act.donor, "public_id"), column(act.center, "code"),
        column("user" if act.model is UserAccess else "", "username"),
        "reason" if act.model is AccessLog else Value(""),
        "because" if act.model in (AccessLog, UserAccess) else Value(""),
    )[:MOST]  # fmt: skip
    what, verb = named(act)
    for at, first, last, username, din, person, center, account, reason, because in rows:
        who = f"{first or ''} {last or ''}".strip() or _username(username)
        subject = str(din or person or account)
        yield Line(at, who, what, verb, subject, str(center or ""), str(looks.why(reason)), because)


def _username(username: str | None) -> str:
    if username is None:
        return _("The system")
    return _("The donor") if username.startswith("donor-") else username


def _sorted(found: list[Line]) -> list[Line]:
    return sorted(found, key=lambda line: line.at, reverse=True)[:MOST]


def together(lines: list[Line]) -> list[tuple[Line, int]]:
    """Lines of the same minute that say the same are one, with their number."""

    def said(line: Line) -> Line:
        return replace(line, at=line.at.replace(second=0, microsecond=0))

    groups = (list(same) for _key, same in groupby(lines, key=said))
    return [(same[0], len(same)) for same in groups]


def find_donor(text: str) -> Donor:
    """By the number of the card or of a donation. Raises ``Refused``: a name is not enough."""
    donor = search.by_card(text)
    if donor:
        return donor
    return find_bag(text).donation.donor.person


def find_bag(text: str) -> Bag:
    """Any bag of the donation number; the whole blood first. Raises ``Refused``."""
    rows = Bag.objects.select_related("donation__donor__merged_into", "donation", "component")
    bag = rows.filter(donation__din=donation_numbers.read(text)).order_by("pk").first()
    if bag is None:
        raise Refused(_("No bag of this number is known here."), "key")
    return bag


def find_user(text: str) -> User:
    user = User.objects.filter(username__iexact=text.strip()).first()
    if user is None:
        raise Refused(_("Nobody signs in with this name."), "key")
    return user


def rows(lines: list[Line]) -> list[list[Cell]]:
    heads: list[Cell] = [_("When"), _("Who"), _("What"), _("Act"), _("About"), _("Centre")]
    heads += [_("What for"), _("Reason")]
    table = [heads]
    for line in lines:
        table.append([line.at, line.by, line.what, line.act, line.about, line.center])
        table[-1] += [line.why, line.because]
    return table
