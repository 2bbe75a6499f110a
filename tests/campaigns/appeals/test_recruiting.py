from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.appeals import recruiting
from campaigns.models import Notification
from centers.models import Appointment
from donors.contact import consent
from donors.models import Contact, Deferral, DeferralReason, Donor, Province
from donors.people import duplicates
from tests.support import appealing, factories, supply
from tests.support.owner import owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def appeal(reference, now):
    return appealing.opened(now, people=0)


def chosen(appeal, now, ring=0):
    return list(recruiting.candidates(appeal, ring=ring, now=now))


def ago(now, **span):
    return now - timedelta(**span)


@pytest.mark.parametrize(
    ("group", "asked"), [("O+", True), ("O-", True), ("A+", False), ("AB-", False), ("", False)]
)
def test_candidates_are_of_a_known_compatible_group(appeal, now, group, asked):
    factories.donor(blood_group=group)
    assert bool(chosen(appeal, now)) is asked


def test_candidates_are_of_no_group_in_doubt(appeal, now):
    donor, gone = (factories.donor(blood_group="O+") for _ in "12")
    duplicates.merge(kept=donor, gone=gone, because="one card", **factories.acts())
    assert chosen(appeal, now) == [donor]
    supply.group_doubt(gone)
    assert not chosen(appeal, now)


def test_candidates_consent(appeal, now):
    donor = factories.donor(blood_group="O+")
    consent.withdraw(donor=donor, purpose="appeals", now=timezone.now())
    assert not chosen(appeal, now)


def test_candidates_are_not_pausing(appeal, now, today):
    donor = factories.donor(blood_group="O+")
    consent.pause(donor=donor, until=today + timedelta(days=1))
    assert not chosen(appeal, now)
    consent.pause(donor=donor, until=today)
    assert chosen(appeal, now)


@pytest.mark.parametrize("field", ["failed_at", "removed_at"])
def test_candidates_have_a_working_address(appeal, now, field):
    donor = factories.donor(blood_group="O+")
    Contact.objects.filter(donor=donor).update(**{field: now})
    assert not chosen(appeal, now)


def test_candidates_have_proved_their_address(appeal, now):
    donor = factories.donor(blood_group="O+")
    Contact.objects.filter(donor=donor).update(verified_at=None)
    assert not chosen(appeal, now)


def test_candidates_are_not_deferred(appeal, now):
    Deferral.objects.create(
        donor=factories.donor(blood_group="O+"),
        reason=DeferralReason.objects.first(),
        starts_on=timezone.localdate(now),
        ends_on=timezone.localdate(now) + timedelta(days=3),
        recorded_at=now,
    )
    assert not chosen(appeal, now)


def test_candidates_are_of_age(appeal, now, today):
    factories.donor(blood_group="O+", birth_date=today - timedelta(days=17 * 365))
    assert not chosen(appeal, now)


def test_candidates_have_no_appointment(appeal, now):
    donor = factories.donor(blood_group="O+")
    slot = factories.session(days=3).slots.get()
    Appointment.objects.create(slot=slot, donor=donor, made_at=now)
    assert not chosen(appeal, now)


@owner()  # nothing begins as sent
def asked_before(donor, when, number=1):
    for count in range(number):
        Notification.objects.create(
            kind="appeal_invitation",
            cause=f"appeal:{900 + count}:invitation",
            recipient=f"d:{donor.pk}",
            subject_id=900 + count,
            donor=donor,
            contact=donor.contacts.first(),
            channel="email",
            state="sent",
            made_at=when,
            due_at=when,
            settled_at=when,
        )
    Donor.objects.filter(pk=donor.pk).update(last_asked_at=when)


@pytest.mark.parametrize(
    ("days", "times", "asked"),
    [(13, 1, False), (15, 1, True), (15, 2, False), (29, 2, False), (31, 2, True)],
)
def test_candidates_were_not_asked_lately_nor_too_often(appeal, now, days, times, asked):
    asked_before(factories.donor(blood_group="O+"), ago(now, days=days), times)
    assert bool(chosen(appeal, now)) is asked


def test_rings_widen(appeal, now):
    near = factories.donor(blood_group="O+")
    fes = factories.donor(blood_group="O+", province=Province.objects.get(code="MA-FES"))
    agadir = factories.donor(blood_group="O+", province=Province.objects.get(code="MA-AGD"))
    assert chosen(appeal, now, ring=0) == [near]
    assert chosen(appeal, now, ring=2) == [near, fes]
    assert chosen(appeal, now, ring=3) == [near, fes, agadir]


def test_near_comes_first_then_who_was_asked_longest_ago(appeal, now):
    far = factories.donor(blood_group="O+", province=Province.objects.get(code="MA-FES"))
    recent, long_ago, never = (factories.donor(blood_group="O+") for _n in range(3))
    Donor.objects.filter(pk=recent.pk).update(last_asked_at=ago(now, days=40))
    Donor.objects.filter(pk=long_ago.pk).update(last_asked_at=ago(now, days=400))
    assert chosen(appeal, now, ring=2) == [never, long_ago, recent, far]


def test_candidates_of_the_same_group_come_before_those_who_only_fit(appeal, now):
    rare = factories.donor(blood_group="O-")
    far = Province.objects.exclude(pk=appeal.center.province_id)
    near = recruiting.provinces_within(appeal, 2)[1]
    same = factories.donor(blood_group="O+", province=far.get(pk=near))
    assert chosen(appeal, now, ring=2) == [same, rare]
