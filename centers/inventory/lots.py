"""Lots of bags and reagents: their expiry, where they were used, and their recall."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from centers.isbt128 import lots as scanned
from centers.models import Bleeding, Center, Donation, ExtendedReading, Lot, Recall, Result
from donors.clock.calendar import local_day
from donors.errors import Refused, refusing
from donors.models import User

from . import recalls

SOON = timedelta(days=30)
# Names used in this time without a row are asked about.
LATELY = timedelta(days=60)


def keep(
    *, center: Center, kind: str, number: str, what: str, expires_on: date, by: User, now: datetime
) -> Lot:
    """Enter a lot, or put right what it is of and when it expires."""
    number = scanned.read(number, field="number")
    if not number or not what.strip():
        raise Refused(_("Write the number of the lot and what it is."), "number")
    with refusing():
        lot = Lot.objects.select_for_update(of=("self",)).filter(
            center=center, kind=kind, number__iexact=number
        ).first() or Lot(center=center, kind=kind, number=number)
        if lot.recalled_at:
            raise Refused(_("This lot is recalled already."), "number")
        lot.what, lot.expires_on = what.strip(), expires_on
        lot.entered_at, lot.entered_by = now, by
        # The program's role may not change what a lot is.
        kept = ["what", "expires_on", "entered_at", "entered_by"]
        lot.save(update_fields=kept if lot.pk else None)
    return lot


def listed(*, center: Center, text: str = "") -> QuerySet[Lot]:
    """The lots of a centre, the ones that expire first on top."""
    found = center.lots.select_related("entered_by", "recalled_by")
    if text.strip():
        found = found.filter(Q(number__icontains=text.strip()) | Q(what__icontains=text.strip()))
    return found.order_by("recalled_at", "expires_on", "number")


def unknown(*, center: Center, now: datetime) -> list[tuple[str, str]]:
    """Kind and number of lots that were used lately and have no row, so that nobody knows their
    expiry."""
    known = Lot.objects.filter(center=center, number__iexact=OuterRef("text"))
    bags = Bleeding.objects.filter(visit__session__center=center, started_at__gte=now - LATELY)
    read = Result.objects.filter(donation__center=center, entered_at__gte=now - LATELY)
    beyond = ExtendedReading.objects.filter(donation__center=center, read_at__gte=now - LATELY)
    found = []
    for kind, *used in ((Lot.Kind.BAGS, bags), (Lot.Kind.REAGENT, read, beyond)):
        texts: set[str] = set()
        for rows in used:
            named = rows.exclude(lot="").annotate(text=Upper("lot"))
            named = named.filter(~Exists(known.filter(kind=kind)))
            texts.update(named.values_list("text", flat=True).distinct())
        found += [(kind.value, text) for text in sorted(texts)]
    return found


def donations(lot: Lot) -> QuerySet[Donation]:
    """Donations of the lot's centre that were taken into its bags, or read with its reagent."""
    given = Donation.objects.filter(center=lot.center_id)
    if lot.kind == Lot.Kind.BAGS:
        bled = Bleeding.objects.filter(visit__donation=OuterRef("pk"), lot__iexact=lot.number)
        given = given.filter(Exists(bled))
    else:
        said = {"donation": OuterRef("pk"), "lot__iexact": lot.number}
        beyond = ExtendedReading.objects.filter(**said)
        given = given.filter(Exists(Result.objects.filter(**said)) | Exists(beyond))
    return given.order_by("-collected_on", "-pk")


def is_expired(lot: Lot, now: datetime) -> bool:
    return lot.expires_on < local_day(now)


def expires_soon(lot: Lot, now: datetime) -> bool:
    return not lot.recalled_at and lot.expires_on < local_day(now + SOON)


def recall(*, lot: Lot, because: str, by: User, now: datetime) -> list[Recall]:
    """Nobody uses the lot from now on, and every donation that it touched is recalled: what is here is
    blocked, what has left is followed.

    Donations whose recall is open already keep that one.
    """
    if not because.strip():
        raise Refused(_("Say why it is recalled."), "because")
    with refusing():
        held = Lot.objects.select_for_update(of=("self",)).get(pk=lot.pk)
        if held.recalled_at:
            raise Refused(_("This lot is recalled already."))
        held.recalled_at, held.recalled_by = now, by
        held.recalled_because = because.strip()
        held.save(update_fields=["recalled_at", "recalled_by", "recalled_because"])
        words = _("Lot %(number)s: %(because)s") % {
            "number": held.number,
            "because": held.recalled_because,
        }
        open_ones = Recall.objects.filter(donation=OuterRef("pk"), closed_at=None)
        touched = donations(held).filter(~Exists(open_ones)).order_by("pk")
        return [
            recalls.begin(
                donation=donation,
                cause=Recall.Cause.LOT,
                because=words[:200],
                by=by,
                now=now,
            )
            for donation in touched
        ]
