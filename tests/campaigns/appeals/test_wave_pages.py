"""The page of a wave before it leaves, and who may decide about it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.appeals import waves
from campaigns.models import Appeal, Notification, Wave
from tests.support import appealing, factories, sessions
from tests.support.crowd import crowd

pytestmark = pytest.mark.django_db
State = Wave.State
WHY = {"because": "a mistaken scan", "hours": "1"}
YES = {"people": "4"}
VERBS = ("wave-approve", "wave-refuse", "wave-undo")


@pytest.fixture
def demo(settings):
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture(scope="module")
def built(shared_rows) -> int:
    made = appealing.shared(people=0)
    crowd(6, now=timezone.now())
    return made


@pytest.fixture
def appeal(built, reference) -> Appeal:
    return Appeal.objects.get(pk=built)


@pytest.fixture
def wave(appeal, now):
    """Proposed to the manager of the centre."""
    return appealing.proposed(appeal, now, people=4, approval="manager")


def page(name, wave):
    return reverse(f"campaigns:{name}", args=[wave.public_id])


def held(wave, now):
    waves.approve(wave=wave, by=factories.administrator(), hold=timedelta(hours=1), now=now)


def person(kind, center):
    return {
        "manager": lambda: factories.staff(center, "manager"),
        "administrator": factories.administrator,
        "auditor": lambda: factories.with_national_rights(is_auditor=True),
        "neighbour": lambda: factories.staff(factories.center("CRTS-RAB"), "manager"),
        "other job": lambda: factories.staff(center, "laboratory", "stock", "doctor"),
        "officer": lambda: factories.officer(factories.unit()),
        "donor": factories.user,
    }[kind]()


def state(wave) -> str:
    wave.refresh_from_db()
    return wave.state


def test_a_stranger_is_sent_to_the_sign_in(client, wave):
    for answer in (client.get(page("wave", wave)), *(client.post(page(v, wave)) for v in VERBS)):
        assert answer.status_code == 302 and "/account/" in answer["Location"]
    assert state(wave) == State.PROPOSED


@pytest.mark.parametrize("kind", ["neighbour", "other job", "officer", "donor"])
def test_a_neighbour_finds_nothing(client, demo, wave, kind):
    client.force_login(person(kind, wave.appeal.center))
    assert client.get(page("wave", wave)).status_code == 404
    for verb in VERBS:
        assert client.post(page(verb, wave), WHY).status_code == 404, verb
    assert state(wave) == State.PROPOSED


def test_an_auditor_only_reads(client, demo, wave):
    client.force_login(person("auditor", wave.appeal.center))
    text = client.get(page("wave", wave)).text
    assert "Nobody has been written to" in text
    assert "Approve: ask these people" not in text and "wave-refuse" not in text
    for verb in VERBS:
        assert client.post(page(verb, wave), WHY).status_code == 404, verb
    assert state(wave) == State.PROPOSED


@pytest.mark.parametrize("kind", ["manager", "administrator"])
def test_who_may_decide_approves_and_undoes_it_in_its_hold(client, demo, wave, kind, now):
    client.force_login(person(kind, wave.appeal.center))
    assert "Approve: ask these people" in client.get(page("wave", wave)).text
    after = client.post(page("wave-approve", wave), YES, follow=True).text
    assert "It leaves after a short hold" in after and "nobody will have been written to" in after
    assert state(wave) == State.HELD and wave.due_at > now
    assert waves.send_due(now=now) == 0
    assert "Say why" in client.post(page("wave-undo", wave), {"hours": "1"}).text
    assert state(wave) == State.HELD
    undone = client.post(page("wave-undo", wave), WHY, follow=True).text
    assert "Nobody is written to for this need until " in undone
    assert state(wave) == State.UNDONE and wave.because == "a mistaken scan"
    assert waves.send_due(now=now + timedelta(days=1)) == 0
    assert not Notification.objects.exists()


@pytest.mark.parametrize("kind", ["manager", "administrator"])
def test_who_may_decide_refuses_it(client, demo, wave, kind, now):
    client.force_login(person(kind, wave.appeal.center))
    client.post(page("wave-refuse", wave), WHY)
    assert state(wave) == State.REFUSED
    wave.appeal.refresh_from_db()
    until = wave.appeal.resumes_at - timezone.now()
    assert timedelta(minutes=50) < until <= timedelta(hours=1)
    text = client.get(page("wave", wave)).text
    assert "a mistaken scan" in text and "Approve: ask these people" not in text


@pytest.mark.parametrize("verb", ["wave-refuse", "wave-undo"])
def test_a_no_until_somebody_lifts_it_is_shown_and_lifted(client, demo, wave, verb, now):
    if verb == "wave-undo":
        held(wave, now)
    client.force_login(person("manager", wave.appeal.center))
    client.post(page(verb, wave), WHY | {"hours": ""})
    address = page("appeal-detail", wave.appeal)
    for language in ("ar", "fr", "en"):
        text = client.get(address.replace("/en/", f"/{language}/")).text
    assert "until somebody allows it again" in text and "9999" not in text
    assert "People may be asked again for this need" in text
    client.post(page("appeal-lift", wave.appeal))
    wave.appeal.refresh_from_db()
    assert wave.appeal.resumes_at <= timezone.now()


def test_a_manager_does_not_decide_for_an_administrator(client, demo, appeal, now):
    wave = appealing.proposed(appeal, now, people=4, approval="administrator")
    client.force_login(person("manager", appeal.center))
    text = client.get(page("wave", wave)).text
    assert "An administrator" in text and "Approve: ask these people" not in text
    for verb in VERBS:
        assert client.post(page(verb, wave), WHY).status_code == 404
    assert state(wave) == State.PROPOSED
    held(wave, now)  # but what is held may be taken back by each who would have to bear it
    client.post(page("wave-undo", wave), WHY)
    assert state(wave) == State.UNDONE


def test_what_was_decided_meanwhile_is_said(client, demo, wave, now):
    client.force_login(person("administrator", wave.appeal.center))
    held(wave, now)
    for verb in ("wave-approve", "wave-refuse"):
        text = client.post(page(verb, wave), WHY | YES, follow=True).text
        assert "decided or has left meanwhile" in text, verb
    waves.send(pk=wave.pk, now=now + timedelta(hours=2))
    assert "decided or has left" in client.post(page("wave-undo", wave), WHY, follow=True).text
    assert state(wave) == State.SENT


@pytest.mark.parametrize("shown", [{"people": "3"}, {"people": "x"}, {}])
def test_a_yes_is_for_the_number_that_was_shown(client, demo, wave, shown):
    """A plan may have made the proposal larger since the page was opened."""
    client.force_login(person("manager", wave.appeal.center))
    assert 'name="people" value="4"' in client.get(page("wave", wave)).text
    text = client.post(page("wave-approve", wave), shown, follow=True).text
    assert "more people would be asked than you were shown" in text
    assert state(wave) == State.PROPOSED
    client.post(page("wave-approve", wave), {"people": "5"})  # it has shrunk since
    assert state(wave) == State.HELD


def test_the_decisions_are_posts(client, demo, wave):
    client.force_login(person("administrator", wave.appeal.center))
    for verb in VERBS:
        assert client.get(page(verb, wave)).status_code == 405


def test_the_yes_needs_a_fresh_second_factor_and_the_no_does_not(client, wave):
    manager = person("manager", wave.appeal.center)
    secret = sessions.with_app(manager)
    sessions.begin(client, manager, password_ago=0, factor_ago=60 * 60)
    asked = client.post(page("wave-approve", wave), YES)
    assert "reauthenticate" in asked["Location"] and state(wave) == State.PROPOSED
    client.post(asked["Location"], {"code": sessions.code(secret)})
    client.post(page("wave-approve", wave), YES)
    assert state(wave) == State.HELD
    sessions.begin(client, manager, password_ago=0, factor_ago=60 * 60)
    client.post(page("wave-undo", wave), WHY)
    assert state(wave) == State.UNDONE


def test_the_rehearsal_says_what_the_wave_would_do(client, demo, wave):
    client.force_login(person("manager", wave.appeal.center))
    text = client.get(page("wave", wave)).text
    assert "Ask 4 people" in text and "20 free places" in text
    assert "Of 6 such people 6 may be asked now" in text
    assert "Yeses by hour" in text and "Units whose members are among them" in text
    assert not Notification.objects.exists()


def test_the_rehearsal_names_nobody_and_reads_in_every_language(client, demo, wave):
    client.force_login(person("manager", wave.appeal.center))
    address = page("wave", wave)
    for language in ("ar", "fr", "en"):
        response = client.get(address.replace("/en/", f"/{language}/"))
        assert response.status_code == 200
        text = response.text
        assert "Alaoui" not in text and "example.org" not in text


@pytest.mark.parametrize("end", [State.PROPOSED, State.HELD, State.SENT, State.DROPPED])
def test_the_page_of_a_wave_says_its_state(client, demo, wave, now, end):
    if end in (State.HELD, State.SENT):
        waves.approve(wave=wave, by=factories.administrator(), hold=timedelta(0), now=now)
    if end == State.SENT:
        waves.send(pk=wave.pk, now=now)
    if end == State.DROPPED:
        waves.drop(waves=[wave], now=now)
    client.force_login(person("manager", wave.appeal.center))
    said = {
        State.PROPOSED: "Nobody has been written to",
        State.HELD: "Until then it can be undone",
        State.SENT: "to 4 people",
        State.DROPPED: "No longer needed",
    }
    text = client.get(page("wave", wave)).text
    assert said[end] in text
    assert ("Say why" in text or 'name="because"' in text) is (end in Wave.OPEN)


def test_the_list_of_waves_costs_the_same_queries_for_any_number(
    client, demo, appeal, now, django_assert_max_num_queries
):
    client.force_login(person("administrator", appeal.center))
    counts = []
    for _more in range(2):
        for _number in range(3):
            waves.drop(waves=[appealing.proposed(appeal, now, people=2)], now=now)
        with django_assert_max_num_queries(40) as queries:
            client.get(page("appeal-detail", appeal))
        counts.append(len(queries))
    assert counts[1] <= counts[0]
