"""Two units take the same team on the same day at the same moment."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from campaigns.models import Addressee, Campaign, Offer, TeamDay
from campaigns.offers import taking
from tests.support import asking, factories

from .test_blood import sentences, together

pytestmark = pytest.mark.xdist_group("concurrency")
UNITS = ("SR-TAZ", "PP-OUJ", "CP-GUF")


def test_of_three_units_one_gets_the_team_and_the_others_keep_their_answer(committed):
    asking.memo(*UNITS)
    now, center = timezone.now(), factories.center()
    shown = {"center": center, "team": 1, "beds": 3, "expected": 30, "bags": 24}
    shown |= {"day": timezone.localdate() + timedelta(days=20), "made_at": now}
    shown |= {"expires_at": now + timedelta(days=3)}
    offers = [Offer.objects.create(unit=factories.unit(code), **shown) for code in UNITS]
    acts = [
        partial(
            taking.take,
            offer=offer,
            addressee=Addressee.objects.get(unit=offer.unit),
            by=factories.officer(offer.unit),
            now=now,
        )
        for offer in offers
    ]
    refused = sentences(together(*acts))
    assert refused == ["Another unit has just taken this team on this day. Choose another day."] * 2
    assert TeamDay.objects.count() == 1 == Campaign.objects.count()
    assert Addressee.objects.filter(answer="").count() == 2
    assert Offer.objects.filter(ended_at=None).count() == 2


def test_one_unit_pressing_twice_answers_once(committed):
    asking.memo("SR-TAZ")
    now = timezone.now()
    shown = {"team": 1, "beds": 3, "expected": 30, "bags": 24, "made_at": now}
    shown |= {"day": timezone.localdate() + timedelta(days=20)}
    shown |= {"expires_at": now + timedelta(days=3)}
    offer = Offer.objects.create(unit=factories.unit(), center=factories.center(), **shown)
    by = factories.officer(offer.unit)
    act = partial(taking.take, offer=offer, addressee=Addressee.objects.get(), by=by, now=now)
    assert len(sentences(together(act, act, act))) == 2
    assert Campaign.objects.count() == 1
