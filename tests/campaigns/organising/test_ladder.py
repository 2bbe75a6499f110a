"""A silent unit climbs the ladder: itself, the level above in one digest, the issuer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep

import pytest
from django.db import connection, transaction
from django.utils import timezone

from campaigns.messaging import catalogue, outbox
from campaigns.models import Notification
from campaigns.operations import operations
from campaigns.organising import addressee_answers, ladder, unit_steps
from donors.models import Absence
from donors.units import officer_reach
from tests.support import asking, factories, locks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_day(settings):
    settings.QUIET_HOURS = (24, 0)


def told(kind: str) -> list[Notification]:
    return list(Notification.objects.filter(kind=kind).order_by("pk"))


def cannot(memo, code: str, by=None) -> None:
    row = memo.addressees.get(unit__code=code)
    addressee_answers.answer_cannot(
        addressee=row, because="No room", by=by or factories.officer(row.unit), now=timezone.now()
    )


def test_a_silent_unit_is_reminded_once_a_day_before_the_deadline(reference):
    officer = factories.officer(factories.unit("SR-TAZ"))
    memo = asking.memo("SR-TAZ")
    assert ladder.tend(now=memo.deadline_at - timedelta(hours=25)) == 0
    for hours in (24, 23, 1):
        ladder.tend(now=memo.deadline_at - timedelta(hours=hours))
    assert [n.user for n in told("memo_reminder")] == [officer]


def test_nothing_is_sent_at_night(reference, settings):
    factories.officer(factories.unit("SR-TAZ"))
    memo = asking.memo("SR-TAZ")
    at = memo.deadline_at - timedelta(hours=23)
    settings.QUIET_HOURS = (0, 23) if timezone.localtime(at).hour < 23 else (22, 6)
    assert ladder.tend(now=at) == 0


def test_a_short_memo_is_not_followed_by_its_reminder_at_once(reference):
    factories.officer(factories.unit("SR-TAZ"))
    memo = asking.memo("SR-TAZ", deadline_at=timezone.now() + timedelta(hours=10))
    assert ladder.tend(now=timezone.now()) == 0
    assert ladder.tend(now=memo.deadline_at - timedelta(hours=4)) == 1


def test_the_level_above_reads_one_digest_of_its_silent_units(reference):
    above = factories.officer(factories.unit("DGSN"))
    memo = asking.memo("SR-TAZ", "PP-OUJ", "PP-FES")
    cannot(memo, "PP-FES")
    ladder.tend(now=memo.deadline_at)
    assert not told("memo_escalated")
    late = memo.deadline_at + ladder.ABOVE
    for _beat in range(2):
        ladder.tend(now=late)
    (digest,) = told("memo_escalated")
    assert digest.user == above
    rows = memo.addressees.exclude(escalated_to=None)
    assert {row.unit.code for row in rows} == {"SR-TAZ", "PP-OUJ"}


def test_a_level_without_an_officer_is_passed_over_and_named(reference):
    silent, between = factories.unit("CP-GUF"), factories.unit("CP-GUF").parent
    above = factories.officer(factories.unit("DGSN"))
    memo = asking.memo(silent.code)
    ladder.tend(now=memo.deadline_at + ladder.ABOVE)
    assert [n.user for n in told("memo_escalated")] == [above]
    assert between in unit_steps.skipped_levels(memo)


def test_an_absent_officer_does_not_stand_for_a_level(reference, today):
    silent = factories.unit("CP-GUF")
    away = factories.officer(silent.parent)
    above = factories.officer(factories.unit("DGSN"))
    memo = asking.memo(silent.code)
    officer_reach.be_away(
        user=away, since=today, until=today + timedelta(days=30), now=timezone.now()
    )
    ladder.tend(now=memo.deadline_at + ladder.ABOVE)
    assert [n.user for n in told("memo_escalated")] == [above] and Absence.objects.exists()


def test_the_issuer_is_told_at_last_and_at_once_where_nobody_is_above(reference):
    memo = asking.memo("SR-TAZ")  # no officer anywhere
    ladder.tend(now=memo.deadline_at + ladder.ABOVE)
    assert [n.user for n in told("memo_silent")] == [memo.issued_by]
    assert memo.addressees.get().escalated_to is None
    assert "SR-TAZ" in {call.addressee.unit.code for call in unit_steps.calls(memo, timezone.now())}


def test_the_issuer_waits_a_day_where_a_level_above_was_told(reference):
    factories.officer(factories.unit("SR-TAZ").parent)
    memo = asking.memo("SR-TAZ")
    ladder.tend(now=memo.deadline_at + ladder.ABOVE)
    assert not told("memo_silent")
    ladder.tend(now=memo.deadline_at + ladder.ISSUER)
    assert memo.issued_by in [n.user for n in told("memo_silent")]


def test_nobody_is_told_of_answered_units_or_a_closed_operation(reference):
    for code in ("SR-TAZ", "DGSN"):
        factories.officer(factories.unit(code))
    memo = asking.memo("SR-TAZ", "PP-OUJ")
    cannot(memo, "SR-TAZ")
    operations.close(operation=memo.operation, by=memo.issued_by, now=timezone.now(), because="x")
    assert ladder.tend(now=memo.deadline_at + timedelta(days=3)) == 0
    assert not told("memo_late") + told("memo_escalated") + told("memo_silent")


def test_a_queued_reminder_is_not_sent_to_a_unit_that_answered_meanwhile(reference):
    officer = factories.officer(factories.unit("SR-TAZ"))
    memo = asking.memo("SR-TAZ")
    Notification.objects.update(due_at=timezone.now() + timedelta(days=9))
    ladder.tend(now=memo.deadline_at)
    cannot(memo, "SR-TAZ", officer)
    Notification.objects.filter(kind="memo_late").update(due_at=timezone.now())
    outbox.deliver(now=timezone.now())
    (late,) = told("memo_late")
    assert (late.state, late.error) == ("skipped", "memo answered or over")


def test_the_digest_names_the_silent_units_and_no_other(reference):
    factories.officer(factories.unit("DGSN"))
    soon = timezone.now() + timedelta(milliseconds=300)
    memo = asking.memo("SR-TAZ", "PP-OUJ", deadline_at=soon)
    ladder.tend(now=soon + ladder.ABOVE)
    cannot(memo, "PP-OUJ")
    (digest,) = told("memo_escalated")
    while timezone.now() <= soon:
        sleep(0.05)
    text = catalogue.render(digest).text
    assert factories.unit("SR-TAZ").name_ar in text and factories.unit("PP-OUJ").name_ar not in text


def test_two_beats_at_once_tell_once(committed):
    for code in ("SR-TAZ", "PP-OUJ", "DGSN"):
        factories.officer(factories.unit(code))
    memo = asking.memo("SR-TAZ", "PP-OUJ")
    late = memo.deadline_at + ladder.ISSUER

    def beat() -> int:
        try:
            return ladder.tend(now=late)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            list(memo.addressees.select_for_update())
            beats = [pool.submit(beat) for _number in range(2)]
            locks.until_waiting(2)
        assert sum(beat.result() for beat in beats) == 6  # each step of each row by one of them
    assert len(told("memo_late")) == 2 and len(told("memo_escalated")) == 1
