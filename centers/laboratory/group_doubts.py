"""A donor's group in doubt: the database holds every bag of theirs; a new sample and a doctor settle it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import CharField, Func, Value
from django.utils.translation import gettext as _

from centers.inventory import stock
from centers.models import Bag, Donation, GroupDoubt, Marker, Recall, Relabelling
from donors.errors import Refused, refusing, retried_on_conflict
from donors.models import User
from donors.people import privacy

from . import screening

ENDED = (Bag.State.SEPARATED, Bag.State.TRANSFUSED, Bag.State.DISCARDED)


@dataclass(frozen=True)
class Read:
    """A donation of the person: the group as it was determined, or what single readers saw."""

    donation: Donation
    group: str
    said: list[tuple[Marker, list[str]]]
    recall: Recall | None
    bags: list[tuple[Bag, bool]]


@dataclass(frozen=True)
class Doubted:
    """What a doctor decides by. ``proof`` is the donation that proves the group on record."""

    known: str
    reads: list[Read]
    proof: Donation | None


def look(*, doubt: GroupDoubt, by: User, now: datetime) -> Doubted:
    """Every donation of the person with its bags, noted as a look into the donor's record."""
    privacy.log_access(donor=doubt.donor, by=by, reason="group in doubt")
    given = Donation.objects.filter(donor__in=doubt.donor.person.linked_rows())
    recalls = {r.donation_id: r for r in Recall.objects.filter(donation__in=given, closed_at=None)}
    rows = given.select_related("center", "donor").order_by("-collected_on", "-pk")
    reads = [_read(donation, recalls.get(donation.pk), doubt) for donation in rows]
    return Doubted(screening.on_record(rows[0]) if reads else "", reads, proof(doubt))


def _read(donation: Donation, recall: Recall | None, doubt: GroupDoubt) -> Read:
    standing = screening.progress(donation)
    said = [
        (row.marker, [str(r.get_outcome_display()) for r in (row.first, row.second) if r])
        for row in standing.rows
        if row.marker.kind == Marker.Kind.GROUP and row.first
    ]
    bags = donation.bags.exclude(state__in=ENDED).select_related("component", "center")
    rows = [(bag, _waits(bag, doubt)) for bag in bags.order_by("pk")]
    return Read(donation, standing.group, said, recall, rows)


def _waits(bag: Bag, doubt: GroupDoubt) -> bool:
    """Does its label show another group than was proved, and is it still here?"""
    other = bag.blood_group not in ("", doubt.group)
    return bool(doubt.group) and other and bag.state == Bag.State.BLOCKED


def proof(doubt: GroupDoubt) -> Donation | None:
    """The last donation whose new sample was read completely and twice as the group on record."""
    sql = """
        SELECT d.id FROM centers_groupdoubt g JOIN centers_donation d
            ON d.donor_id IN (SELECT linked_donor_rows(g.donor_id))
        WHERE g.id = %s AND g.closed_at IS NULL AND group_is_proved(d.id, g)
            AND group_on_record(g.donor_id) IN ('', determined_group(d.id))
        ORDER BY d.id DESC LIMIT 1
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [doubt.pk])
        found = cursor.fetchone()
    return Donation.objects.get(pk=found[0]) if found else None


@retried_on_conflict
def confirm_group(*, doubt: GroupDoubt, because: str, by: User, now: datetime) -> None:
    """A new sample agrees with the group on record: the bags wait to be released again.

    The database refuses it without that sample, and from its readers.
    """
    if not because.strip():
        raise Refused(_("Say what shows that the group on record is right."), "because")
    with refusing():
        list(
            doubt.donor.person.linked_rows()
            .select_for_update(of=("self",), no_key=True)
            .order_by("pk")
        )
        shown = proof(doubt)
        if shown is None:
            raise Refused(
                _(
                    "A new sample decides: have the whole group read again from one, by two "
                    "people, and come back."
                )
            )
        open_one = GroupDoubt.objects.filter(pk=doubt.pk, closed_at=None)
        open_one.update(
            closed_at=now,
            closed_by=by,
            verdict=GroupDoubt.Verdict.STANDS,
            because=because.strip(),
            proof=shown,
        )


@retried_on_conflict
def relabel(*, bag: Bag, because: str, by: User, now: datetime) -> Relabelling:
    """A held bag takes the group that its own readings prove; somebody else releases it.

    The database refuses any other group, an open doubt, and a reader of the bag.
    """
    if not because.strip():
        raise Refused(_("Say what shows the group of this bag."), "because")
    with refusing():
        Donation.objects.select_for_update(of=("self",)).get(pk=bag.donation_id)
        held = Bag.objects.get(pk=bag.pk)
        after = determined(bag.donation)
        if not after or after == held.blood_group:
            raise Refused(
                _(
                    "What was read of this bag itself does not prove that group, or you read it. "
                    "Have its group read again, or discard it."
                )
            )
        return Relabelling.objects.create(
            bag=held, before=held.blood_group, after=after, because=because.strip(), by=by, at=now
        )


def discard(*, bag: Bag, by: User, now: datetime) -> None:
    """Discard a bag whose label shows another group than was proved."""
    stock.discard(bag=bag, reason="label_error", by=by, now=now)


def determined(donation: Donation) -> str:
    """The group of a donation that both readers agree on, as the database reads it; else empty."""
    word = Func(Value(donation.pk), function="determined_group", output_field=CharField())
    group: str = Donation.objects.filter(pk=donation.pk).values_list(word, flat=True)[0]
    return group
