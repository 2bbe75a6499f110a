"""An answer lives until its campaign is agreed, and is asked again when the campaign falls through."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.messaging import catalogue
from campaigns.models import Addressee, Campaign, Notification, PastAnswer
from campaigns.operations import operations
from campaigns.organising import (
    addressee_answers,
    drives,
    handing_over,
    memo_answers,
    memo_results,
)
from donors.errors import Refused
from donors.models import Officer
from donors.units import officer_reach, officers, tree
from tests.support import asking, factories
from tests.support.attack import refused
from tests.support.owner import owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(reference):
    return factories.officer(factories.unit("SR-TAZ"))


@pytest.fixture
def memo(officer):
    return asking.memo("SR-TAZ")


def will(memo, by, days: int = 3, code: str = "SR-TAZ") -> Campaign:
    addressee_answers.answer_will(
        addressee=memo.addressees.get(unit__code=code),
        planned_on=timezone.localdate() + timedelta(days=days),
        expected_donors=60,
        center=factories.center(),
        by=by,
        now=timezone.now(),
    )
    return Campaign.objects.get(addressee__memo=memo, state="asked")


def test_a_unit_changes_its_answer_and_the_earlier_one_stays(memo, officer):
    first = will(memo, officer)
    second = will(memo, officer, days=5)
    first.refresh_from_db()
    assert (first.state, second.state) == ("withdrawn", "asked")
    past = PastAnswer.objects.get()
    assert (past.planned_on, past.ended) == (first.planned_on, "changed")
    manager = Notification.objects.filter(kind="campaign_withdrawn")
    assert manager.count() == 0  # the centre has no manager here
    row = memo.addressees.get()
    addressee_answers.answer_cannot(
        addressee=row, because="No room", by=officer, now=timezone.now()
    )
    row.refresh_from_db()
    assert (row.answer, row.planned_on, PastAnswer.objects.count()) == ("cannot", None, 2)
    assert not Campaign.objects.filter(state="asked").exists()


def test_an_agreed_campaign_stands(memo, officer):
    asking.confirm(will(memo, officer))
    with pytest.raises(Refused, match="agreed"):
        will(memo, officer, days=6)
    row = memo.addressees.get()
    said = refused("UPDATE campaigns_addressee SET answer = '' WHERE id = %s", row.pk)
    assert "agreed_answer_stands" in said


def test_an_answer_is_not_taken_back_without_its_past(memo, officer):
    will(memo, officer)
    row = memo.addressees.get()
    said = refused(
        "UPDATE campaigns_addressee SET answer = '', answered_at = NULL, answered_by_id = NULL"
        " WHERE id = %s",
        row.pk,
    )
    assert "addressee_keeps_what_was_said" in said


@pytest.mark.parametrize("change", ["UPDATE campaigns_pastanswer SET because = 'x'", None])
def test_past_answers_are_append_only(memo, officer, change):
    will(memo, officer)
    will(memo, officer, days=6)
    refused(change or "DELETE FROM campaigns_pastanswer")


def test_a_centre_that_declines_reopens_the_row_and_asks_once(memo, officer):
    campaign = will(memo, officer)
    manager = factories.staff(campaign.center, "manager")
    drives.decline(campaign=campaign, because="No team", by=manager, now=timezone.now())
    row = memo.addressees.get()
    assert (row.answer, row.reopened, row.reopened_because) == ("", "declined", "No team")
    (asked,) = Notification.objects.filter(user=officer, kind__startswith="memo_reop")
    assert not Notification.objects.filter(kind="campaign_declined").exists()
    text = catalogue.render(asked).text
    assert "No team" in text and memo.reference in text
    line = memo_answers.lines(memo, Addressee.objects.all(), timezone.now())[0]
    assert line.state == "reopened"
    account = memo_results.of(memo).total
    assert (account.will, account.units, account.campaigns) == (0, 1, 0)
    again = will(memo, officer, days=7)
    assert again.pk != campaign.pk and memo.addressees.get().answer == "will"


def test_a_cancelled_campaign_reopens_the_row(memo, officer):
    campaign = asking.confirm(will(memo, officer))
    manager = factories.staff(campaign.center, "manager")
    drives.cancel(campaign=campaign, because="Flood", by=manager, now=timezone.now())
    assert memo.addressees.get().reopened == "cancelled"


def test_a_day_that_passed_without_a_decision_reopens_the_row_once(memo, officer):
    campaign = will(memo, officer)
    after = timezone.now() + timedelta(days=4)
    assert (drives.lapse(now=after), drives.lapse(now=after)) == (1, 0)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.decided_by) == ("lapsed", None)
    assert memo.addressees.get().reopened == "missed"
    assert Notification.objects.filter(kind="memo_reopened").count() == 1


def test_a_campaign_to_which_nobody_came_reopens_the_row(memo, officer):
    asking.confirm(will(memo, officer))
    assert drives.close_past(now=timezone.now() + timedelta(days=6)) == 1
    assert memo.addressees.get().reopened == "missed"


def test_nothing_is_asked_again_once_the_operation_is_closed(memo, officer):
    campaign = will(memo, officer)
    operations.close(operation=memo.operation, by=memo.issued_by, now=timezone.now(), because="x")
    manager = factories.staff(campaign.center, "manager")
    drives.decline(campaign=campaign, because="No team", by=manager, now=timezone.now())
    assert memo.addressees.get().answer == "will"
    assert Notification.objects.filter(kind="campaign_declined", user=officer).exists()


def test_a_superior_answers_for_a_silent_unit_and_is_named(memo):
    above = factories.officer(factories.unit("DGSN"))
    will(memo, above)
    row = memo.addressees.get()
    assert row.on_behalf and row.answered_by == above


def test_a_superior_reminds_once_a_day(memo):
    above, row = factories.officer(factories.unit("DGSN")), memo.addressees.get()
    addressee_answers.remind(addressee=row, by=above, now=timezone.now())
    with pytest.raises(Refused, match="today"):
        addressee_answers.remind(addressee=row, by=above, now=timezone.now())
    assert Notification.objects.filter(kind="memo_late").count() == 1


def test_a_successor_is_told_once_of_what_is_open(memo, officer, now):
    assert handing_over.tend(now=timezone.now()) == 0  # who had the memo is told nothing again
    successor = factories.officer(factories.unit("SR-TAZ"))
    for _beat in range(2):
        handing_over.tend(now=timezone.now())
    (told,) = Notification.objects.filter(kind="memo_handed")
    assert told.user == successor


def test_an_absent_officer_is_told_on_the_day_of_return(reference, today):
    away = factories.officer(factories.unit("SR-TAZ"))
    officer_reach.be_away(
        user=away, since=today, until=today + timedelta(days=1), now=timezone.now()
    )
    memo = asking.memo("SR-TAZ")
    assert not Notification.objects.filter(user=away).exists()
    assert handing_over.tend(now=timezone.now()) == 0
    assert handing_over.tend(now=timezone.now() + timedelta(days=1)) == 1
    assert Notification.objects.get(user=away).subject_id == memo.pk


def test_rows_of_a_merged_unit_go_to_its_successor(memo, officer):
    by = factories.administrator()
    tree.merge(
        unit=factories.unit("SR-TAZ"), into=factories.unit("PP-FES"), by=by,
        because="decision 9", now=timezone.now(),
    )  # fmt: skip
    for _beat in range(2):
        handing_over.tend(now=timezone.now())
    old = memo.addressees.get(unit__code="SR-TAZ")
    assert old.passed_to == memo.addressees.get(unit__code="PP-FES")
    assert old.passed_to.reopened == "passed"
    with pytest.raises(Refused, match="successor"):
        will(memo, by)
    refused("UPDATE campaigns_addressee SET passed_to_id = NULL WHERE id = %s", old.pk)
    will(memo, officer, code="PP-FES")
    assert memo_results.of(memo).total.units == 1


def test_a_memo_is_forwarded_to_units_below(reference):
    by, below = factories.officer(factories.unit("PP-OUJ")), factories.unit("CP-GUF")
    factories.officer(below)
    memo = asking.memo("PP-OUJ")
    row = memo.addressees.get()
    units = [below, factories.unit("SR-TAZ")]  # the second is under another command
    assert addressee_answers.forward(addressee=row, units=units, by=by, now=timezone.now()) == 1
    new = memo.addressees.get(unit=below)
    assert (new.forwarded_from, new.forwarded_by) == (row, by)
    with pytest.raises(Refused):
        addressee_answers.forward(addressee=row, units=units, by=by, now=timezone.now())


def test_an_officer_who_left_is_told_nothing(memo, officer):
    command = Officer.objects.get(user=officer)
    with owner():
        Officer.objects.filter(pk=command.pk).update(until=timezone.localdate())
    campaign = will(memo, factories.administrator())
    manager = factories.staff(campaign.center, "manager")
    drives.decline(campaign=campaign, because="No team", by=manager, now=timezone.now())
    assert not Notification.objects.filter(kind="memo_reopened").exists()
    assert not officers.of(factories.unit("SR-TAZ"), timezone.now()).exists()
