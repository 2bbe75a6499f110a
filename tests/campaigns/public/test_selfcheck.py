from datetime import date, timedelta
from decimal import Decimal

import pytest

from campaigns.public import selfcheck
from campaigns.public.selfcheck import Answers, Word
from donors.clock.calendar import add_months
from donors.clock.partial_dates import PartialDate
from donors.models import DeferralReason
from tests.support import factories

pytestmark = pytest.mark.django_db
ON = date(2027, 3, 8)


def answers(**changed) -> Answers:
    values = {
        "born": PartialDate(date(1990, 3, 7)),
        "sex": "F",
        "weight": Decimal(64),
        "well": True,
        "given_on": None,
        "ended": {},
        "present": [],
        "doubtful": [],
        "for_good": False,
    }
    return Answers(**values | changed)


def reason(code: str) -> DeferralReason:
    return DeferralReason.objects.get(code=code)


def test_nothing_in_the_way_is_today(reference):
    assert selfcheck.judge(answers(), ON) == selfcheck.Verdict(Word.NOW, ON)


def test_latest_end_is_the_day(reference):
    ended = {reason("MA-HIJAMA"): date(2027, 1, 1), reason("MA-SURGERY"): date(2027, 2, 1)}
    verdict = selfcheck.judge(answers(ended=ended), ON)
    assert (verdict.word, verdict.on) == (Word.FROM, date(2027, 7, 1))


def test_what_is_long_over_is_no_reason(reference):
    ended = {reason("MA-HIJAMA"): date(2026, 9, 8)}
    assert selfcheck.judge(answers(ended=ended), ON).word == Word.NOW
    day_before = {reason("MA-HIJAMA"): date(2026, 9, 9)}
    assert selfcheck.judge(answers(ended=day_before), ON).on == ON + timedelta(days=1)


@pytest.mark.parametrize(("sex", "days"), [("F", 92), ("M", 62)])
def test_interval_follows_the_rule_in_force(reference, sex, days):
    given_on = ON - timedelta(days=days - 1)
    assert selfcheck.judge(answers(sex=sex, given_on=given_on), ON).on == ON + timedelta(days=1)
    free = answers(sex=sex, given_on=given_on - timedelta(days=1))
    assert selfcheck.judge(free, ON).word == Word.NOW
    factories.another_version("criterion", f"MA-INTERVAL-WB-{sex}-MIN", value=days + 10)
    assert selfcheck.judge(free, ON).on == ON + timedelta(days=10)


def test_too_young_is_told_from_when(reference):
    born = add_months(ON, -17 * 12 - 6)
    verdict = selfcheck.judge(answers(born=PartialDate(born)), ON)
    assert verdict.word == Word.FROM and verdict.on == add_months(born, 18 * 12)


SICK = {
    "born": PartialDate(date(1950, 1, 1)),
    "weight": Decimal("49.9"),
    "well": False,
    "for_good": True,
}


@pytest.mark.parametrize("changed", [{name: value} for name, value in SICK.items()])
def test_what_has_no_day_is_one_answer_and_the_doctors(reference, changed):
    ended = {reason("MA-SURGERY"): date(2027, 2, 1)}
    alone = selfcheck.judge(answers(**changed), ON)
    assert alone == selfcheck.judge(answers(ended=ended, **changed), ON)
    assert alone == selfcheck.Verdict(Word.DOCTOR)


def test_every_reason_without_a_day_has_the_same_answer(reference):
    for field in ("present", "doubtful"):
        for row in getattr(selfcheck, field)(ON):
            assert selfcheck.judge(answers(**{field: [row]}), ON) == selfcheck.Verdict(Word.DOCTOR)


def test_every_reason_in_use_is_asked_once_or_measured(reference):
    shown = [row for rows in selfcheck.lately(ON).values() for row in rows]
    shown += selfcheck.present(ON) + selfcheck.doubtful(ON) + selfcheck.for_good(ON)
    assert len({row.pk for row in shown}) == len(shown)
    left = set(
        DeferralReason.objects.in_force(ON).filter(in_use=True).values_list("criterion", flat=True)
    ) - {row.criterion for row in shown}
    assert left <= {*selfcheck.NOT_ASKED, "DRUNK", "VACCINE_INACTIVE"}
