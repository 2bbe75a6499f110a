"""Who is in the register of people who may be asked, in which order, and who rests."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.models import Askable, Cohort, Notification
from campaigns.planning import register
from centers.models import Appointment
from donors.contact import consent
from donors.models import Contact, Deferral, DeferralReason, Donor, Province
from donors.people import duplicates
from tests.support import factories, supply
from tests.support.owner import owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def listed(now) -> list[Donor]:
    """Everybody in the register, those who rest too, in their turn."""
    register.renew(now=now)
    return [row.donor for row in Askable.objects.select_related("donor").order_by("turn")]


def askable(now) -> list[Donor]:
    """Those who may be asked now."""
    listed(now)
    rested = [row for row in Askable.objects.all() if not row.rests_until or row.rests_until <= now]
    assert sum(Cohort.objects.values_list("askable", flat=True)) == len(rested)
    return [row.donor for row in rested]


@owner()  # nothing begins as sent
def asked_before(donor, now, *days: float, state: str = "sent"):
    """Invitations of so many days ago."""
    for number, ago in enumerate(days):
        when = now - timedelta(days=ago)
        Notification.objects.create(
            kind="appeal_invitation",
            cause=f"appeal:{900 + number}:invitation",
            recipient=f"d:{donor.pk}",
            subject_id=900 + number,
            donor=donor,
            contact=donor.contacts.first(),
            channel="email",
            state=state,
            made_at=when,
            due_at=when,
            settled_at=when,
        )


@pytest.mark.parametrize("group", ["O+", "AB-", ""])
def test_a_row_is_of_the_persons_cohort(now, group):
    donor = factories.donor(blood_group=group)
    register.renew(now=now)
    row, counted = Askable.objects.get(), Cohort.objects.get()
    assert (row.donor, row.contact) == (donor, donor.contacts.get())
    for found in (row, counted):
        assert (found.province_id, found.blood_group, found.channel) == (
            donor.province_id,
            group,
            "email",
        )
    assert (counted.members, counted.askable) == (1, 1)


def test_a_person_is_written_to_at_the_preferred_address(now):
    donor = factories.donor(phone="0612345678")
    donor.contacts.update(verified_at=now, preferred=False)
    donor.contacts.filter(channel="sms").update(preferred=True)
    register.renew(now=now)
    assert Askable.objects.get().contact == donor.contacts.get(channel="sms")
    assert Cohort.objects.get().channel == "sms"


def test_nobody_of_a_group_in_doubt(now):
    donor, gone = (factories.donor(blood_group="O+") for _ in "12")
    duplicates.merge(kept=donor, gone=gone, because="one card", **factories.acts())
    assert listed(now) == [donor]  # merged rows are one person
    supply.group_doubt(gone)
    assert not listed(now)


def test_nobody_without_consent(now):
    donor = factories.donor()
    consent.withdraw(donor=donor, purpose="appeals", now=timezone.now())
    assert not listed(now)


def test_nobody_who_pauses(now, today):
    donor = factories.donor()
    consent.pause(donor=donor, until=today + timedelta(days=1))
    assert not listed(now)
    consent.pause(donor=donor, until=today)
    assert listed(now) == [donor]


@pytest.mark.parametrize("field", ["failed_at", "removed_at"])
def test_nobody_without_a_working_address(now, field):
    donor = factories.donor()
    Contact.objects.filter(donor=donor).update(**{field: now})
    assert not listed(now)


def test_nobody_whose_address_is_not_proved(now):
    donor = factories.donor()
    Contact.objects.filter(donor=donor).update(verified_at=None)
    assert not listed(now)


def test_nobody_who_is_deferred_until_the_day_after(now, today):
    donor = factories.donor()
    Deferral.objects.create(
        donor=donor,
        reason=DeferralReason.objects.first(),
        starts_on=today,
        ends_on=today + timedelta(days=3),
        recorded_at=now,
    )
    assert not listed(now)
    assert listed(now + timedelta(days=4)) == [donor]


def test_nobody_under_age(now, today):
    factories.donor(birth_date=today - timedelta(days=17 * 365))
    assert not listed(now)


def test_nobody_who_holds_a_place(now):
    donor = factories.donor()
    slot = factories.session(days=3).slots.get()
    place = Appointment.objects.create(slot=slot, donor=donor, made_at=now)
    assert not listed(now)
    Appointment.objects.filter(pk=place.pk).update(state="cancelled", settled_at=now)
    assert listed(now) == [donor]


def test_nobody_whose_province_is_not_known(now):
    Donor.objects.filter(pk=factories.donor().pk).update(province=None)
    assert not listed(now)


@pytest.mark.parametrize(
    ("days", "asked"),
    [
        ([13.9], False),
        ([14.1], True),
        ([15, 29.9], False),
        ([15, 30.1], True),
        ([29, 28], False),
        ([31, 32], True),
        ([15, 40, 50], True),
    ],
)
def test_nobody_asked_in_fourteen_days_nor_twice_in_thirty(now, days, asked):
    donor = factories.donor()
    asked_before(donor, now, *days)
    assert bool(askable(now)) is asked
    assert Cohort.objects.get().members == 1  # who rests is counted as one of the cohort


@pytest.mark.parametrize("state", ["skipped", "failed"])
def test_nobody_is_spent_by_a_message_that_did_not_leave(now, state):
    donor = factories.donor()
    asked_before(donor, now, 1, 2, state=state)
    assert askable(now) == [donor]


def test_who_was_asked_longest_ago_comes_first(now):
    recent, long_ago, never = (factories.donor() for _n in range(3))
    asked_before(recent, now, 40)
    asked_before(long_ago, now, 400)
    assert listed(now) == [never, long_ago, recent]


def test_among_equals_the_order_is_a_fixed_shuffle(now):
    people = [factories.donor() for _n in range(8)]
    first = listed(now)
    assert set(first) == set(people) and first != people and first != people[::-1]
    assert listed(now + timedelta(hours=1)) == first


def versions() -> dict[int, str]:
    """By person the transaction and place of the row: another one where it was written anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT donor_id, ctid::text FROM campaigns_askable")
        return dict(cursor.fetchall())


def test_renewal_changes_only_what_differs(now):
    stays, moves, leaves = (factories.donor(blood_group="O+") for _n in range(3))
    listed(now)
    before = versions()
    listed(now)
    assert versions() == before  # a second run changes nothing
    other = Province.objects.get(code="MA-FES")
    Donor.objects.filter(pk=moves.pk).update(province=other)
    consent.withdraw(donor=leaves, purpose="appeals", now=timezone.now())
    listed(now)
    after = versions()
    assert after.keys() == {stays.pk, moves.pk}
    assert after[stays.pk] == before[stays.pk] and after[moves.pk] != before[moves.pk]
    assert set(Cohort.objects.values_list("province", "members")) == {
        (stays.province_id, 1),
        (other.pk, 1),
    }
