"""Several clerks typing the same papers."""

from __future__ import annotations

from functools import partial

from django.utils import timezone

from centers.models import Bag, Donation, Keying, PaperRecord
from tests.support import factories
from tests.support.papers import begun, key, sheet

from .test_blood import sentences, together


def test_clerks_who_type_one_paper_at_once_make_one_donation(committed):
    record = begun(factories.session(), factories.donor())
    clock = f"{timezone.localtime():%H:%M}"
    read = sheet(record, arrived=clock, started=clock, ended=clock, times_sure=True)
    answers = together(*[partial(key, record, read, factories.user()) for _clerk in range(6)])
    assert sentences(answers) == ["This paper was dealt with already."] * 4
    assert (Donation.objects.count(), Bag.objects.count(), Keying.objects.count()) == (1, 1, 2)


def test_one_paper_taken_off_the_pile_by_many_hands_is_one(committed):
    session, donor = factories.session(), factories.donor()
    answers = together(*[partial(begun, session, donor) for _clerk in range(6)])
    assert PaperRecord.objects.count() == 1
    assert set(sentences(answers)) <= {"This paper is being entered already."}
