"""What is rendered for many at once is the same text that each would get alone."""

from copy import copy

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as some

from campaigns.messaging import catalogue, links
from campaigns.messaging.texts import Texts
from campaigns.models import Notification
from centers.models import Center
from tests.support import appealing, asking, factories

pytestmark = pytest.mark.django_db
APPEALS = ("appeal_invitation", "appeal_stand_down")
MEMOS = ("memo_issued", "memo_handed", "memo_reminder", "memo_late")


@pytest.fixture
def rows(reference, now, monkeypatch):
    """Messages of one appeal with two places to come to, and of one memo to two officers."""
    # A signature holds the second in which it was made.
    monkeypatch.setattr(links.ShortSigner, "timestamp", lambda self: "1aBcDe")
    appealing.opened(now, people=3)
    for code in ("SR-TAZ", "PP-OUJ"):
        factories.officer(factories.unit(code))
    asking.memo("SR-TAZ", "PP-OUJ")
    kinds = ["appeal_invitation", "memo_issued"]
    found = Notification.objects.filter(kind__in=kinds).order_by("pk")
    made = list(found.select_related("donor", "user", "contact", "wave__session"))
    away = copy(made[0])
    away.wave = copy(away.wave)
    away.wave.pk, away.wave.session = -1, copy(away.wave.session)
    away.wave.session.center = Center.objects.exclude(pk=made[0].wave.session.center_id).first()
    away.wave = away.wave
    return [*made, away]


def test_the_kinds_with_links_are_those_tried_here():
    assert {kind.name for kind in catalogue.KINDS.values() if kind.links} == {*APPEALS, *MEMOS}


TURN = some.tuples(
    some.integers(0, 20),
    some.integers(0, 3),
    some.sampled_from(["email", "sms"]),
    some.sampled_from(["ar", "fr", "en"]),
)


@hypothesis(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(turns=some.lists(TURN, min_size=1, max_size=12))
def test_texts_of_a_batch_are_those_of_each_message_alone(rows, turns):
    texts = Texts()
    for place, kind, channel, language in turns:
        row = copy(rows[place % len(rows)])
        if row.user:
            row.kind, row.user.language = MEMOS[kind], language
        else:
            row.kind, row.channel, row.donor.language = APPEALS[kind % 2], channel, language
        assert texts.render(row) == catalogue.render(row)


def test_a_batch_renders_the_words_of_an_appeal_once(rows, django_assert_num_queries):
    texts, mine = Texts(), [row for row in rows if row.donor][:3]
    texts.render(mine[0])
    with django_assert_num_queries(0):
        for row in mine:
            row.donor.language = mine[0].donor.language
            assert texts.render(row).text
