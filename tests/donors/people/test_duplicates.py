from datetime import date, timedelta

import pytest

from donors.clock.partial_dates import PartialDate
from donors.contact import consent, verification
from donors.eligibility import criteria, deferrals
from donors.errors import Refused
from donors.models import Contact, Deferral, DeferralReason, Donor, Duplicate, Merge
from donors.people import duplicates, search
from tests.support import factories
from tests.support.attack import refused

pytestmark = pytest.mark.django_db
BORN = date(1990, 3, 7)


@pytest.fixture
def pair(reference):
    one = factories.donor(family_name="Alaoui", given_name="Mohamed", birth_date=BORN)
    other = factories.donor(family_name="El Alaoui", given_name="Mohammed", birth_date=BORN)
    return one, other


@pytest.fixture
def by():
    return factories.user()


def reason(code="MA-SURGERY"):
    return DeferralReason.objects.get(code=code)


def join(pair, by, now, **more):
    values = {"because": "same card"} | more
    return duplicates.merge(kept=pair[0], gone=pair[1], by=by, now=now, **values)


def test_review_finds_a_pair_once(pair, now):
    factories.donor(family_name="Alaoui", given_name="Mohamed", birth_date=date(1991, 1, 1))
    assert duplicates.review(now=now) >= 1
    found = Duplicate.objects.get()
    assert (found.one, found.other, found.reason) == (*pair, "birth")
    Donor.objects.update(compared_at=None)
    duplicates.review(now=now)
    assert Duplicate.objects.count() == 1


def test_review_finds_a_pair_in_two_scripts_with_day_and_month_exchanged(reference, now):
    latin = {"family_name": "El Guerrouj", "given_name": "Salaheddine"}
    arabic = {"family_name_ar": "الكروج", "given_name_ar": "صلاح الدين"}
    one = factories.donor(**latin, birth_date=BORN)
    blank = {"family_name": "", "given_name": ""}
    other = factories.donor(**blank, **arabic, birth_date=date(1990, 7, 3))
    factories.donor(**blank, **arabic, birth_date=date(1990, 7, 4))
    duplicates.review(now=now)
    found = [(d.one, d.other, d.reason) for d in Duplicate.objects.all()]
    assert found == [(one, other, "swapped")]


def test_review_finds_who_shares_an_address(reference, now):
    one = factories.donor(family_name="Alaoui", given_name="Salma", email="s@example.org")
    other = factories.donor(
        family_name="Alaoui", given_name="Salma", email="s@example.org", birth_date=BORN
    )
    factories.donor(family_name="Bennani", given_name="Karim", email="s@example.org")
    duplicates.review(now=now)
    assert [(d.one, d.other, d.reason) for d in Duplicate.objects.all()] == [
        (one, other, "address")
    ]


def test_two_people_are_never_asked_about_again(pair, by, now):
    duplicates.review(now=now)
    duplicates.settle_different(one=pair[1], other=pair[0], by=by, now=now)
    Donor.objects.update(compared_at=None)
    duplicates.review(now=now)
    assert Duplicate.objects.get().same is False


def test_who_defers_either_row_defers_the_person(pair, by, now, today):
    kept, gone = pair
    deferrals.defer(donor=gone, reason=reason(), starts_on=today, by=by, now=now)
    assert criteria.assess(donor=kept, on=today).allowed
    join(pair, by, now)
    assert not criteria.assess(donor=kept, on=today).allowed
    assert not criteria.eligible(Donor.objects.filter(pk__in=[kept.pk, gone.pk]), today).exists()


def test_a_deferral_that_comes_late_reaches_the_person(pair, by, now, today):
    """From a result of a donation that was given under the other row."""
    kept, gone = pair
    join(pair, by, now)
    late = deferrals.defer(donor=gone, reason=reason(), starts_on=today, by=by, now=now)
    assert not criteria.assess(donor=kept, on=today).allowed
    deferrals.end(deferral=late, by=by, ground="other", because="entered in error", now=now)
    assert criteria.assess(donor=kept, on=today).allowed


def test_the_joined_row_is_asked_nothing_and_leads_to_the_person(pair, by, now, today):
    kept, gone = pair
    number = Contact.objects.get(donor=gone).address
    join(pair, by, now)
    gone.refresh_from_db()
    assert gone.person == kept
    assert set(kept.linked_rows()) == {kept, gone}
    assert search.find(str(gone.public_id)) == [kept]
    assert search.find("mohammed alaoui 07/03/1990") == [kept]
    asked = verification.ask_to_sign_in(address=number, born=PartialDate(BORN), sender="", now=now)
    assert asked.contact.donor == kept


def test_a_no_said_under_either_row_is_a_no(pair, by, now):
    kept, gone = pair
    consent.withdraw(donor=gone, purpose="appeals", now=now)
    consent.give(donor=gone, purpose="news", language="ar", now=now)
    join(pair, by, now)
    assert consent.purposes(kept) == {"news"}


def test_parted_each_has_again_what_was_theirs(pair, by, now, today):
    kept, gone = pair
    before = deferrals.defer(donor=gone, reason=reason(), starts_on=today, by=by, now=now)
    consent.give(donor=gone, purpose="news", language="ar", now=now)
    joined = join(pair, by, now)
    duplicates.part(merge=joined, by=by, because="two cards", now=now)
    gone.refresh_from_db()
    assert gone.person == gone
    assert criteria.assess(donor=kept, on=today).allowed
    assert not criteria.assess(donor=gone, on=today).allowed
    assert Deferral.objects.live(today).get() == before
    assert consent.purposes(kept) == {"appeals"}
    assert consent.purposes(gone) == {"appeals", "news"}
    assert Contact.objects.filter(donor=kept, removed_at=None).count() == 1
    with pytest.raises(Refused, match="parted already"):
        duplicates.part(merge=joined, by=by, because="again", now=now)


def test_parted_a_deferral_since_then_stays_with_both(pair, by, now, today):
    """It is not known which of the two was deferred."""
    kept, gone = pair
    joined = join(pair, by, now)
    later = now + timedelta(hours=1)
    deferrals.defer(donor=kept, reason=reason(), starts_on=today, by=by, now=later)
    duplicates.part(merge=joined, by=by, because="two cards", now=later)
    for donor in (kept, gone):
        assert not criteria.assess(donor=donor, on=today).allowed


def test_a_group_that_only_one_row_knew_is_given_and_taken_back(pair, by, now):
    kept, gone = pair
    Donor.objects.filter(pk=gone.pk).update(blood_group="O-")
    joined = join(pair, by, now)
    kept.refresh_from_db()
    assert kept.blood_group == "O-"
    duplicates.part(merge=joined, by=by, because="two cards", now=now)
    kept.refresh_from_db()
    assert kept.blood_group == ""


def test_groups_that_differ_are_joined_and_each_keeps_its_own_on_parting(pair, by, now):
    for donor, group in zip(pair, ("O-", "A+"), strict=True):
        Donor.objects.filter(pk=donor.pk).update(blood_group=group)
    joined = join(pair, by, now)
    duplicates.part(merge=joined, by=by, because="two cards", now=now)
    for donor, group in zip(pair, ("O-", "A+"), strict=True):
        donor.refresh_from_db()
        assert donor.blood_group == group


def test_a_merge_needs_its_reason_and_happens_once(pair, by, now):
    with pytest.raises(Refused, match="Say what shows"):
        join(pair, by, now, because="  ")
    join(pair, by, now)
    with pytest.raises(Refused, match="joined to somebody already"):
        join(pair, by, now)


def test_three_rows_become_one_person(pair, by, now):
    third = factories.donor(family_name="Alaoui", given_name="Mohamed", birth_date=BORN)
    join(pair, by, now)
    duplicates.merge(kept=third, gone=pair[0], by=by, because="same card", now=now)
    assert set(pair[0].linked_rows()) == {*pair, third}


def test_the_database_joins_nobody_by_hand(pair, by, now):
    kept, gone = pair
    sql = "UPDATE donors_donor SET merged_into_id = %s WHERE id = %s"
    assert "joined in one step" in refused(sql, kept.pk, gone.pk)
    assert "joined in one step" in refused(sql, kept.pk, kept.pk)
    joined = join(pair, by, now)
    assert "undone with a reason" in refused(
        "UPDATE donors_merge SET gone_id = %s WHERE id = %s", kept.pk, joined.pk
    )
    assert "never deleted" in refused("DELETE FROM donors_merge")
    assert Merge.objects.count() == 1
