"""The delays from message to answer and from answer to visit, and the page of what was learnt."""

import itertools
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from campaigns.appeals import responses
from campaigns.models import Notification, Pledge
from campaigns.planner.response import ANSWER, VISIT, DelayCurve
from campaigns.planning import delays, rates
from centers.models import Appointment, Center
from tests.support import appealing, factories
from tests.support.owner import past_the_guards


@pytest.fixture(autouse=True)
def _without_a_second_factor(settings):
    settings.DEMO = True


def sample(curve: DelayCurve, count: int) -> list[float]:
    """Delays at equal steps of the curve's share."""
    found, hours = [], 0.0
    for step in range(count):
        share = (step + 0.5) / count
        low, high = 0.0, 5000.0
        for _turn in range(60):
            hours = (low + high) / 2
            low, high = (hours, high) if curve.share(hours) < share else (low, hours)
        found.append(hours)
    return found


def test_without_counts_the_prior_is_believed():
    assert delays.of_answers([]).curve == ANSWER
    assert delays.of_visits([]).curve == VISIT


@pytest.mark.parametrize(
    ("true", "made"),
    [
        (DelayCurve(0.4, 2.0, 30.0), delays.of_answers),
        (DelayCurve(0.9, 0.2, 12.0), delays.of_answers),
        (DelayCurve(0.3, 10.0, 60.0), delays.of_visits),
    ],
)
def test_many_counts_give_the_curve_they_came_from(true, made):
    curve = made(sample(true, 4000)).curve
    assert all(abs(curve.share(h) - true.share(h)) < 0.05 for h in (1, 3, 6, 12, 24, 48, 96))


def test_more_counts_move_the_curve_further():
    true = DelayCurve(0.2, 4.0, 48.0)
    at = [delays.of_answers(sample(true, n)).curve.share(1.0) for n in (0, 10, 100, 2000)]
    assert all(before > after for before, after in itertools.pairwise(at))


def test_bins_hold_every_count_once_and_their_shares_make_a_whole():
    delay = delays.of_answers([0.0, 0.25, 0.26, 96.0, 97.0, 4000.0])
    assert delay.counts == (2, 1, 0, 0, 0, 0, 0, 0, 1, 2) and delay.total == 6
    for share in ("prior", "learnt"):
        assert sum(getattr(one, share) for one in delay.bins) == pytest.approx(100)
    assert all(one.low <= one.high for one in delay.bins)


def test_what_is_believed_of_a_bin_lies_in_its_band():
    # Two bins far from any curve of the kind: the fitted curve leaves them, the counts do not.
    for hours in ([], [10.0] * 60, [0.1] * 30 + [60.0] * 50):
        for one in delays.of_answers(hours).bins:
            assert one.low <= one.learnt <= one.high


@pytest.fixture
def answered(reference, now):
    """Ten days ago three people were asked by e-mail; two said yes, after two and after 30 hours."""
    appeal = appealing.opened(now)
    sent = now - timedelta(days=10)
    slot = responses.slots(appeal, now).get()
    for row, hours in zip(appealing.invited(appeal)[:2], (2, 30), strict=True):
        responses.accept(
            appeal=appeal, donor=row.donor, slot=slot, now=sent + timedelta(hours=hours)
        )
    with past_the_guards():
        Notification.objects.filter(kind="appeal_invitation").update(
            state="sent", made_at=sent, settled_at=sent
        )
    return appeal


@pytest.mark.django_db
def test_hours_to_a_yes_are_read_from_the_rows(answered, now):
    assert sorted(rates.answer_hours(now=now)) == [2.0, 30.0]
    assert len(rates.answer_hours(now=now, channel="email")) == 2
    assert rates.answer_hours(now=now, channel="sms") == []
    learnt = rates.learnt(now=now)
    assert learnt.answer.total == 2 and learnt.answer.curve != ANSWER


@pytest.mark.django_db
def test_a_yes_whose_time_is_not_over_is_not_counted_yet(answered, now):
    # Those who answer late are missing there, so that everybody would seem quick.
    early = now - timedelta(days=5)
    assert rates.answer_hours(now=early) == []


@pytest.mark.django_db
def test_hours_to_the_visit_are_of_those_who_came(answered, now):
    place = Appointment.objects.order_by("made_at").first()
    by = factories.staff(factories.center(), "reception")
    visit = factories.visit(place.slot.session, place.donor, by, accepted=False)
    with past_the_guards():
        type(visit).objects.filter(pk=visit.pk).update(
            appointment=place, arrived_at=place.made_at + timedelta(hours=40)
        )
    assert rates.visit_hours(now=now) == [40.0]
    assert Pledge.objects.filter(appointment=place).exists()


@pytest.mark.django_db
def test_the_page_shows_every_rate_with_its_counts(client, answered, now):
    client.force_login(factories.administrator())
    text = client.get(reverse("campaigns:planning-rates")).text
    for words in ("Booked a place: comes", "From the message to the answer", "0 / 0"):
        assert words in text
    assert "The planner plans by this curve." in text and "An assumption, no source." in text
    assert "From an e-mail to the answer" not in text  # two answers say nothing of a channel


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("ar", "دراسات"), ("fr", "études")])
def test_the_page_tells_its_sources_in_the_language_of_the_reader(
    client, answered, language, words
):
    client.force_login(factories.administrator())
    with override(language):
        text = client.get(reverse("campaigns:planning-rates")).text
    assert words in text and 'lang="en"' not in text.split("<main")[1].split("</main")[0]
    assert "no Moroccan figure found" not in text


@pytest.mark.django_db
def test_the_page_is_for_administrators_and_auditors(client, reference):
    page = reverse("campaigns:planning-rates")
    assert client.get(page).status_code == 302
    for user in (factories.staff(Center.objects.first(), "manager"), factories.user()):
        client.force_login(user)
        assert client.get(page).status_code == 403
    client.force_login(factories.with_national_rights(is_auditor=True))
    assert client.get(page).status_code == 200
