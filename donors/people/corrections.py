"""Corrections of a person's record: the old value is kept and shown, sex and birth date take two."""

from __future__ import annotations

import base64
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Case, F, QuerySet, When
from django.utils.translation import gettext as _

from donors import substance
from donors.errors import AlreadyRegistered, Refused, constraint, refusing
from donors.models import Contact, Donor, Duplicate, Membership, RecordCorrection, Unit, User

from . import identity, names, record_values
from .record_values import NAMES, Value

Field = RecordCorrection.Field
Reason = RecordCorrection.Reason


def of(donor: Donor) -> QuerySet[RecordCorrection]:
    """Corrections of a person under all joined rows, latest first."""
    rows = RecordCorrection.objects.filter(donor__in=donor.linked_rows())
    return rows.select_related("asked_by", "decided_by").order_by("-pk")


def waiting(donor: Donor) -> QuerySet[RecordCorrection]:
    return of(donor).filter(decided_at=None)


def correct(
    *,
    donor: Donor,
    field: str,
    value: Value,
    reason: str,
    because: str,
    by: User,
    now: datetime,
) -> RecordCorrection:
    """Put one field of the record right; ``value`` as in ``record_values``.

    Sex and birth date only wait for a second person (``decide``). Raises ``AlreadyRegistered`` for
    a document that belongs to another row, which is noted as a suspected duplicate.
    """
    because = substance.said(because)
    try:
        with refusing():
            person = _held(donor)
            was = record_values.present(person, field)
            if record_values.same(was, value):
                raise Refused(_("This is what is recorded already."))
            if _waits(person, field):
                raise Refused(_("A correction of this waits for a second person already."))
            noted = RecordCorrection(
                donor=person,
                field=field,
                was=was,
                now=value,
                reason=reason,
                because=because,
                asked_at=now,
                asked_by=by,
            )
            if field not in RecordCorrection.TWO_PEOPLE:
                noted.agreed, noted.decided_at, noted.decided_by = True, now, by
            noted.save(force_insert=True)
            if noted.agreed:
                _apply(person, noted, now)
    except AlreadyRegistered as known:
        _suspect(donor.person, known.donor.person, now)
        raise
    return noted


def _held(donor: Donor) -> Donor:
    """The row in use, locked: two corrections at once would note the same old value."""
    person = Donor.objects.select_for_update(of=("self",)).get(pk=donor.person.pk)
    if person.merged_into:  # joined while this waited for the lock
        return _held(person)
    if person.erased_at:
        raise Refused(_("This person was erased; nothing of their record is left to correct."))
    return person


def _waits(person: Donor, field: str) -> bool:
    return RecordCorrection.objects.filter(donor=person, field=field, decided_at=None).exists()


def decide(*, correction: RecordCorrection, agree: bool, by: User, now: datetime) -> Donor:
    """The second person compares the document, and agrees or does not. The proposer may only take
    it back."""
    with refusing():
        person = _held(correction.donor)
        if agree and by.pk == correction.asked_by_id:
            raise Refused(
                _("You proposed it yourself; another person has to compare the document.")
            )
        open_ones = RecordCorrection.objects.filter(pk=correction.pk, decided_at=None)
        if not open_ones.update(agreed=agree, decided_at=now, decided_by=by):
            raise Refused(_("This has been decided already."))
        if agree:
            correction.refresh_from_db()
            was = record_values.present(person, correction.field)
            if not record_values.same(was, correction.was or {}):
                raise Refused(_("The record has changed since. Propose it anew."))
            _apply(person, correction, now)
    return person


def keep_document(*, donor: Donor, kind: str, number: str, by: User, now: datetime) -> Donor | None:
    """A document that somebody registered without one shows later: it is found from the next scan
    on. A person whose document is known keeps it: another one is a correction.

    Where it belongs to another person it is not kept: the two are noted to be compared, and the
    other one is returned.
    """
    with refusing():
        if _held(donor).document_key:
            return None
        try:
            correct(
                donor=donor,
                field=Field.DOCUMENT,
                value=record_values.document(kind, number),
                reason=Reason.FIRST_CARD,
                because=_("document shown at reception"),
                by=by,
                now=now,
            )
        except AlreadyRegistered as known:
            return known.donor.person
    return None


def _apply(person: Donor, noted: RecordCorrection, now: datetime) -> None:
    value = noted.now or {}
    rows = Donor.objects.filter(pk=person.pk)
    match noted.field:
        case Field.NAMES:
            _rename(rows, value)
        case Field.BIRTH:
            born = date.fromisoformat(value["birth_date"])
            precision = value["birth_precision"]
            rows.update(birth_date=born, birth_precision=precision, compared_at=None)
        case Field.SEX:
            rows.update(sex=value["sex"], compared_at=None)
        case Field.DOCUMENT:
            _take_document(rows, value)
        case Field.PROVINCE:
            rows.update(province=value["province"])
        case Field.UNIT:
            _move(person, value)
        case Field.PHONE | Field.EMAIL:
            _readdress(person, noted, now)


def _rename(rows: QuerySet[Donor], value: Value) -> None:
    written = {name: value[name].strip() for name in NAMES}
    rows.update(
        **written,
        name_key=names.fold(f"{written['family_name']} {written['given_name']}"),
        name_key_ar=names.fold(f"{written['family_name_ar']} {written['given_name_ar']}"),
        name_keys=names.keys(
            [written[n] for n in ("given_name", "family_name", "given_name_ar", "family_name_ar")]
        ),
        compared_at=None,
    )
    identity.learn(written.values())


def _take_document(rows: QuerySet[Donor], value: Value) -> None:
    known = Donor.objects.filter(document_key=value["key"]).exclude(pk__in=rows).first()
    sentence = _("This document belongs to another record. The two are noted to be compared.")
    if known:
        raise AlreadyRegistered(sentence, known)
    try:
        with transaction.atomic():
            rows.update(
                document_kind=value["kind"],
                document_key=value["key"],
                document_sealed=base64.b85decode(value["sealed"]),
            )
    except IntegrityError as error:
        if constraint(error) != "donors_donor_document_key_key":
            raise
        known = Donor.objects.get(document_key=value["key"])
        raise AlreadyRegistered(sentence, known) from error


def _suspect(one: Donor, other: Donor, now: datetime) -> None:
    first, second = sorted([one.pk, other.pk])
    if first != second:
        Duplicate.objects.get_or_create(
            one_id=first,
            other_id=second,
            defaults={"reason": Duplicate.Reason.DOCUMENT, "found_at": now},
        )


def _move(person: Donor, value: Value) -> None:
    """From the day on a member of another unit, or of none; a membership that began later is
    dropped."""
    since = date.fromisoformat(value["since"])
    Membership.objects.filter(donor=person, until=None, since__gte=since).delete()
    Membership.objects.filter(donor=person, until=None).update(until=since)
    if value["unit"]:
        unit = Unit.objects.get(code=value["unit"])
        Membership.objects.create(donor=person, unit=unit, since=since)


def _readdress(person: Donor, noted: RecordCorrection, now: datetime) -> None:
    """The wrong address gets nothing more; the right one has yet to be proved. Where the wrong one
    was preferred, the right one is, or without one another that works."""
    channel = record_values.CHANNELS[Field(noted.field)]
    live = Contact.objects.filter(donor=person, removed_at=None)
    old = live.filter(channel=channel, address=(noted.was or {})["address"])
    old.update(removed_at=now, preferred=False)
    address = (noted.now or {})["address"]
    if address:
        Contact.objects.get_or_create(
            donor=person, channel=channel, address=address, removed_at=None
        )
    if not live.filter(preferred=True).exists():
        right = Case(When(channel=channel, address=address, then=0), default=1)
        proved = F("verified_at").asc(nulls_last=True)
        best = live.order_by(right, F("failed_at").asc(nulls_first=True), proved, "pk")
        live.filter(pk__in=best.values("pk")[:1]).update(preferred=True)
