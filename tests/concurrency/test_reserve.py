"""Two transfers, each harmless alone, that together would take what a centre keeps."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from centers.distribution import transfers
from centers.models import Transfer
from donors.errors import Refused
from tests.support import blood, factories, planned, supply

from .test_blood import sentences, together

pytestmark = pytest.mark.xdist_group("concurrency")


def test_two_approvals_at_once_leave_the_reserve(committed):
    bags = [supply.fresh(blood.red_cells()) for _ in range(3)]
    here, by = bags[0].center, factories.user()
    planned.floor(here, relief=1)
    both = [planned.propose(here, factories.center(code)) for code in ("CRTS-FES", "CRTS-RAB")]
    now = timezone.now()
    acts = [
        partial(transfers.decide, transfer=each, approved=True, by=by, now=now) for each in both
    ]
    answers = together(*acts)
    assert len(sentences(answers)) == 1 and "would keep less" in sentences(answers)[0]
    assert Transfer.objects.filter(state="approved").count() == 1


def test_two_boxes_packed_at_once_leave_the_reserve(committed):
    bags = [supply.fresh(blood.red_cells()) for _ in range(3)]
    here, by, now = bags[0].center, factories.user(), timezone.now()
    made = [
        supply.transfer(here, factories.center(code), count=1) for code in ("CRTS-FES", "CRTS-RAB")
    ]
    planned.floor(here, relief=2)
    acts = [
        partial(transfers.put_in, transfer=each, bag=bag, by=by, now=now)
        for each, bag in zip(made, bags, strict=False)
    ]
    answers = sentences(together(*acts))
    assert len(answers) == 1 and "has fallen" in answers[0]
    with pytest.raises(Refused):
        transfers.put_in(transfer=made[0], bag=bags[2], by=by, now=now)
