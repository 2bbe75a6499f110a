"""Duplicate records of one person: found, compared by staff, joined, and separated again."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from donors import substance
from donors.clock.calendar import day_and_month_exchanged
from donors.clock.partial_dates import DAY, PartialDate
from donors.errors import Refused
from donors.models import (
    Channel,
    Consent,
    Contact,
    Deferral,
    Donor,
    Duplicate,
    Ground,
    Merge,
    RecordCorrection,
    User,
)

from . import names, search

ALIKE = 78
BATCH = 2000


def namesakes(*, written: list[str], born: PartialDate, sex: str) -> list[Donor]:
    """Donors of this sex who may have this birth date, or have it with day and month exchanged, and
    whose name sounds the same, likeliest first.

    ``written``: Latin given and family name, then the Arabic ones; empty where unknown.
    """
    latin, arabic = " ".join(written[:2]), " ".join(written[2:])
    year = born.earliest.replace(month=1, day=1)
    then = Q(birth_date__range=(year, born.latest), latest_birth_date__gte=born.earliest)
    if born.precision == DAY:
        turned = day_and_month_exchanged(born.earliest)
        then |= Q(birth_date__in=turned, birth_precision=DAY)
    rows = Donor.objects.filter(then, sex=sex, merged_into=None)
    rows = rows.filter(name_keys__overlap=names.keys(written))
    found = [
        (max(search.likeness(names.words(name), donor) for name in (latin, arabic)), donor)
        for donor in rows[: search.CONSIDERED]
    ]
    found.sort(key=lambda row: (-row[0], row[1].pk))
    return [donor for score, donor in found if score >= ALIKE][: search.MATCHES]


def one_at_a_time(*, sex: str, year: int) -> None:
    """Until the end of the transaction nobody else registers a person of this sex and year of
    birth: of two who register one person at the same moment, the second finds the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('register a person'), hashtext(%s))",
            [f"{sex}{year}"],
        )


def written(donor: Donor) -> list[str]:
    return [donor.given_name, donor.family_name, donor.given_name_ar, donor.family_name_ar]


def review(*, now: datetime) -> int:
    """Compare donors not yet compared, up to a limit per call; returns the number of pairs
    found."""
    rows = Donor.objects.filter(compared_at=None, merged_into=None).order_by("pk")[:BATCH]
    donors = list(rows)
    pairs = [pair for donor in donors for pair in _suspects(donor, now)]
    with transaction.atomic():
        Duplicate.objects.bulk_create(pairs, ignore_conflicts=True)
        Donor.objects.filter(pk__in=[d.pk for d in donors]).update(compared_at=now)
    return len(pairs)


def _suspects(donor: Donor, now: datetime) -> list[Duplicate]:
    """Donors with the same birth date, one with day and month exchanged, or a common address, whose
    name sounds the same."""
    born = namesakes(written=written(donor), born=donor.born, sex=donor.sex)
    kinds = {True: Duplicate.Reason.BIRTH, False: Duplicate.Reason.SWAPPED}
    found = {other.pk: kinds[other.born.may_be(donor.born)] for other in born}
    addresses = Contact.objects.filter(donor=donor, removed_at=None).values("address")
    shared = Contact.objects.filter(address__in=addresses, removed_at=None).exclude(donor=donor)
    sharing = Donor.objects.filter(pk__in=shared.values("donor"), merged_into=None)
    for other in sharing[: search.MATCHES]:
        if max(search.likeness(names.words(name), other) for name in _scripts(donor)) >= ALIKE:
            found.setdefault(other.pk, Duplicate.Reason.ADDRESS)
    found.pop(donor.pk, None)
    return [
        Duplicate(one_id=min(pk, donor.pk), other_id=max(pk, donor.pk), reason=reason, found_at=now)
        for pk, reason in found.items()
    ]


def _scripts(donor: Donor) -> tuple[str, str]:
    latin, arabic = written(donor)[:2], written(donor)[2:]
    return " ".join(latin), " ".join(arabic)


@transaction.atomic
def settle_different(*, one: Donor, other: Donor, by: User, now: datetime) -> None:
    """Record that these are two people; the pair is not shown again."""
    first, second = sorted([one.pk, other.pk])
    Duplicate.objects.update_or_create(
        one_id=first,
        other_id=second,
        defaults={"same": False, "settled_at": now, "settled_by": by},
        create_defaults={
            "reason": Duplicate.Reason.BIRTH,
            "found_at": now,
            "same": False,
            "settled_at": now,
            "settled_by": by,
        },
    )


@transaction.atomic
def merge(*, kept: Donor, gone: Donor, by: User, because: str, now: datetime) -> Merge:
    """Join two rows of one person. ``gone`` keeps its donations and points to ``kept``, which gets
    every deferral of either.

    Where the blood groups of the two differ, the database holds all their bags.
    """
    if not because.strip():
        raise Refused(_("Say what shows that this is one person."))
    rows = Donor.objects.select_for_update(of=("self",)).order_by("pk")
    locked = rows.in_bulk([kept.pk, gone.pk])
    kept, gone = locked[kept.pk], locked[gone.pk]
    if kept.merged_into_id or gone.merged_into_id:
        raise Refused(_("One of them has been joined to somebody already. Open the list again."))
    if gone.merged.exists():
        if kept.merged.exists():
            raise Refused(_("Others were joined to both of them. Part those of one first."))
        kept, gone = gone, kept
    if kept.sex != gone.sex:
        raise Refused(_("One is a man, the other a woman. Correct the wrong entry first."))
    if RecordCorrection.objects.filter(donor=gone, decided_at=None).exists():
        raise Refused(_("A correction of one of them waits for a second person. Settle it first."))
    made = _copy_ways_to_reach(kept, gone, now) | {"knew_group": bool(kept.blood_group)}
    if gone.blood_group and not kept.blood_group:
        Donor.objects.filter(pk=kept.pk).update(blood_group=gone.blood_group)
    joined = Merge.objects.create(
        kept=kept, gone=gone, at=now, by=by, because=because.strip(), made=made
    )
    Donor.objects.filter(pk=gone.pk).update(merged_into=kept)
    _copy_deferrals(Deferral.objects.filter(donor=gone, ended_at=None), kept)
    first, second = sorted([kept.pk, gone.pk])
    Duplicate.objects.filter(one=first, other=second).update(
        same=True, settled_at=now, settled_by=by
    )
    return joined


def _copy_deferrals(rows: QuerySet[Deferral], target: Donor) -> None:
    Deferral.objects.bulk_create(
        Deferral(
            donor=target,
            reason_id=row.reason_id,
            permanent=row.permanent,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            recorded_at=row.recorded_at,
            recorded_by_id=row.recorded_by_id,
            copy_of=row,
        )
        for row in rows
    )


def _copy_ways_to_reach(kept: Donor, gone: Donor, now: datetime) -> dict[str, object]:
    """Copy addresses and consents that only ``gone`` had; a withdrawal under either row wins."""
    there = Contact.objects.filter(donor=kept, removed_at=None).values_list("address", flat=True)
    contacts = Contact.objects.bulk_create(
        Contact(
            donor=kept,
            channel=row.channel,
            address=row.address,
            verified_at=row.verified_at,
            failed_at=row.failed_at,
            failed_reason=row.failed_reason,
            failed_code=row.failed_code,
        )
        for row in Contact.objects.filter(donor=gone, removed_at=None)
        .exclude(address__in=list(there))
        .exclude(channel=Channel.PUSH)  # a browser's keys belong to one contact
    )
    answered = Consent.objects.filter(donor=kept).values_list("purpose", flat=True)
    withdrawn = Consent.objects.filter(donor=gone).exclude(withdrawn_at=None)
    agreed = Consent.objects.filter(donor=gone).live()
    refused = set(withdrawn.values_list("purpose", flat=True)) - set(
        agreed.values_list("purpose", flat=True)
    )
    consents = Consent.objects.bulk_create(
        Consent(
            donor=kept,
            purpose=row.purpose,
            text_version=row.text_version,
            language=row.language,
            given_at=row.given_at,
        )
        for row in agreed.exclude(purpose__in=list(answered))
    )
    Consent.objects.live().filter(donor=kept, purpose__in=refused).update(withdrawn_at=now)
    return {"contacts": [c.pk for c in contacts], "consents": [c.pk for c in consents]}


@transaction.atomic
def part(*, merge: Merge, by: User, because: str, now: datetime) -> None:
    """Undo a joining: each row has its own data again.

    Deferrals made under the joined record apply to both: which of the two people was deferred is
    not known.
    """
    if not because.strip():
        raise Refused(_("Say what shows that these are two people."))
    locked = Donor.objects.select_for_update(of=("self",)).order_by("pk")
    rows = locked.in_bulk([merge.kept_id, merge.gone_id])
    kept, gone = rows[merge.kept_id], rows[merge.gone_id]
    undone = Merge.objects.filter(pk=merge.pk, undone_at=None).update(
        undone_at=now, undone_by=by, undone_because=because.strip()
    )
    if not undone:
        raise Refused(_("These two have been parted already."))
    Donor.objects.filter(pk=gone.pk).update(merged_into=None)
    since = Q(donor=kept, copy_of=None, recorded_at__gte=merge.at, ended_at=None)
    _copy_deferrals(Deferral.objects.filter(since), gone)
    copies = Deferral.objects.filter(donor=kept, copy_of__donor=gone, ended_at=None)
    why = substance.said(because) if copies.exists() else ""
    copies.update(ended_at=now, ended_by=by, ended_ground=Ground.ERROR, ended_because=why)
    made = merge.made
    Contact.objects.filter(pk__in=made["contacts"], removed_at=None).update(
        removed_at=now, preferred=False
    )
    Consent.objects.live().filter(pk__in=made["consents"]).update(withdrawn_at=now)
    # The database keeps a group that the bags of ``kept`` themselves prove.
    if not made.get("knew_group", "blood_group" not in made):
        Donor.objects.filter(pk=kept.pk).update(blood_group="")
    first, second = sorted([kept.pk, gone.pk])
    Duplicate.objects.filter(one=first, other=second).update(
        same=False, settled_at=now, settled_by=by
    )
