"""The database's refusals about people, attacked with raw SQL."""

import pytest
from django.utils import timezone

from donors.contact import consent
from donors.eligibility import deferrals
from donors.models import AccessLog, Consent, DeferralReason
from donors.people import privacy
from tests.support import factories
from tests.support.attack import refused

pytestmark = pytest.mark.django_db


def test_access_log_is_append_only(reference, now):
    donor = factories.donor()
    privacy.log_access(donor=donor, by=factories.user(), reason="reception")
    assert "append-only" in refused("UPDATE donors_accesslog SET reason = 'x'")
    assert "append-only" in refused("DELETE FROM donors_accesslog")
    assert "append-only" in refused("TRUNCATE donors_accesslog")
    assert AccessLog.objects.count() == 1
    privacy.log_trail(user=factories.user(), by=factories.user())
    assert "append-only" in refused("UPDATE donors_useraccess SET because = 'x'")
    assert "append-only" in refused("TRUNCATE donors_useraccess")
    assert "when it happens" in refused(
        "INSERT INTO donors_useraccess (user_id, by_id, at)"
        " SELECT user_id, by_id, at + interval '1 hour' FROM donors_useraccess"
    )


def test_donor_is_never_deleted(reference):
    donor = factories.donor()
    assert "never deleted" in refused("DELETE FROM donors_donor WHERE id = %s", donor.pk)


def test_donor_group_sex_and_name_are_real(reference):
    donor = factories.donor()
    assert "donor_group_is_a_group" in refused(
        "UPDATE donors_donor SET blood_group = 'X+' WHERE id = %s", donor.pk
    )
    assert "donor_sex_is_known" in refused(
        "UPDATE donors_donor SET sex = '' WHERE id = %s", donor.pk
    )
    assert "donor_bears_a_name" in refused(
        "UPDATE donors_donor SET family_name = '', family_name_ar = '' WHERE id = %s", donor.pk
    )


def test_deferral_is_ended_never_changed(reference, today, now):
    donor = factories.donor()
    reason = DeferralReason.objects.get(code="MA-VACCINE")
    by = factories.user()
    deferral = deferrals.defer(donor=donor, reason=reason, starts_on=today, by=by, now=now)
    change = "UPDATE donors_deferral SET {} WHERE id = %s"
    assert "never changed" in refused(change.format("ends_on = ends_on - 10"), deferral.pk)
    assert "never changed" in refused(change.format("starts_on = starts_on - 400"), deferral.pk)
    ended = "ended_at = now(), ended_ground = 'error', ended_because = {}"
    for because in ("''", "'x'"):
        nothing = change.format(ended.format(because) + f", ended_by_id = {by.pk}")
        assert "reason_that_says_something" in refused(nothing, deferral.pk)
    nobody = change.format(ended.format("'entered for another donor'"))
    assert "ended_by_somebody" in refused(nobody, deferral.pk)
    assert "never deleted" in refused("DELETE FROM donors_deferral WHERE id = %s", deferral.pk)


def test_consent_twice_is_one_row(reference):
    donor = factories.donor()
    now = timezone.now()
    consent.give(donor=donor, purpose="appeals", language="fr", now=now)
    assert Consent.objects.live().filter(donor=donor, purpose="appeals").count() == 1
    consent.withdraw(donor=donor, purpose="appeals", now=now)
    consent.give(donor=donor, purpose="appeals", language="fr", now=now)
    assert Consent.objects.filter(donor=donor, purpose="appeals").count() == 2
    assert "consent_given_once" in refused(
        "INSERT INTO donors_consent (donor_id, purpose, text_version, language, given_at)"
        " VALUES (%s, 'appeals', 'x', 'ar', now())",
        donor.pk,
    )
