"""One person at two desks at once: real threads, each with its own connection."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from centers.collection import arrivals, duplicate_review
from centers.models import Appointment
from centers.sessions import booking
from donors.models import Donor, Duplicate
from tests.support import factories

from .test_blood import sentences, together

SALMA = {
    "family_name": "Bennani",
    "given_name": "Salma",
    "family_name_ar": "",
    "given_name_ar": "",
    "sex": "F",
    "birth_date": date(1991, 4, 2),
    "document_kind": "",
    "document_number": "",
    "phone": "",
    "email": "",
    "language": "fr",
}


@pytest.mark.parametrize("card", ["", "AB123456"])
def test_registered_at_two_desks_at_once_is_one_row(committed, card):
    by, now = factories.user(), timezone.now()
    more = {"document_kind": "cin", "document_number": card} if card else {}
    desks = [partial(arrivals.enrol, by=by, now=now, **SALMA | more) for _desk in range(4)]
    answers = together(*desks)
    assert Donor.objects.count() == 1
    assert len(sentences(answers)) == 3


def test_a_place_booked_while_two_rows_are_joined_is_the_only_one(committed):
    by, now = factories.user(), timezone.now()
    one, other = (
        factories.donor(family_name="Alaoui", given_name=name, birth_date=date(1990, 3, 7))
        for name in ("Mohamed", "Mohammed")
    )
    pair = Duplicate.objects.create(one=one, other=other, reason="birth", found_at=now)
    slots = [factories.session(days=day).slots.get() for day in (1, 2)]
    booking.book(slot=slots[0], donor=one, now=now)

    def book():
        try:
            with transaction.atomic():
                return booking.book(slot=slots[1], donor=other, now=now)
        except IntegrityError as error:
            return str(error)

    join = partial(duplicate_review.settle, pair=pair, same=True, because="x", by=by, now=now)
    together(join, book)
    assert Duplicate.objects.get().same
    held = Appointment.objects.live().get()
    assert held.slot == slots[0]
    assert [slot.appointments.live().count() for slot in slots] == [1, 0]
