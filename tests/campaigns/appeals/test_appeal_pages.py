from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.appeals import appeals
from campaigns.messaging import links, outbox
from campaigns.models import Appeal, Notification
from donors.models import User
from tests.support import appealing, factories
from tests.support.owner import owner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture(scope="module")
def built(shared_rows) -> int:
    return appealing.shared(people=2)


@pytest.fixture
def appeal(built, reference) -> Appeal:
    return Appeal.objects.get(pk=built)


def page(name, appeal):
    return reverse(f"campaigns:{name}", args=[appeal.public_id])


def turn(state: str, now) -> None:
    """Put every appeal into a state; what belongs to the state comes with it."""
    settled = None if state in Appeal.OPEN else now
    by = factories.administrator() if state == Appeal.State.STOPPED else None
    Appeal.objects.update(state=state, settled_at=settled, stopped_by=by, because=by and "x" or "")


STAFF_PAGES = ("appeal-detail", "appeal-funnel")
LIST = "campaigns:appeal-list"


def test_list_and_detail_are_closed_to_strangers(client, appeal):
    for path in (reverse(LIST), *(page(name, appeal) for name in STAFF_PAGES)):
        response = client.get(path)
        assert response.status_code == 302 and "/account/" in response["Location"]


@pytest.mark.parametrize("who", ["neighbour", "officer", "donor", "other job"])
def test_list_and_detail_show_nothing_to_a_neighbour(client, appeal, who):
    center = appeal.center
    user = {
        "neighbour": lambda: factories.staff(factories.center("CRTS-RAB"), "manager"),
        "officer": lambda: factories.officer(factories.unit()),
        "donor": factories.user,
        "other job": lambda: factories.staff(center, "laboratory"),
    }[who]()
    client.force_login(user)
    assert "No appeal here" in client.get(reverse(LIST)).text
    for name in STAFF_PAGES:
        assert client.get(page(name, appeal)).status_code == 404
    for name in ("appeal-stop", "appeal-lift"):
        assert client.post(page(name, appeal)).status_code == 404


def reader(kind, appeal) -> User:
    if kind == "manager":
        return factories.staff(appeal.center, "manager")
    return factories.with_national_rights(
        is_administrator=kind == "administrator", is_auditor=kind == "auditor"
    )


@pytest.mark.parametrize("kind", ["manager", "administrator", "auditor"])
def test_list_and_detail_show_the_appeal_to_its_readers(client, appeal, kind):
    client.force_login(reader(kind, appeal))
    assert appeal.center.name in client.get(reverse(LIST)).text
    text = client.get(page("appeal-detail", appeal)).text
    assert appeal.code in text and "Why this many" in text
    assert ("Stop the appeal now" in text) is (kind != "auditor")


def test_list_costs_the_same_queries_for_any_number(client, appeal, django_assert_max_num_queries):
    client.force_login(factories.administrator())
    for group in ("A+", "B+", "AB+"):
        appeals.open_for(
            center=appeal.center,
            component=appeal.component,
            blood_group=group,
            needed=1,
            reasons={},
            alert=None,
            now=appeal.opened_at,
        )
    with django_assert_max_num_queries(9):
        client.get(reverse(LIST))


def test_list_keeps_its_filter_in_the_address(client, appeal):
    client.force_login(factories.administrator())
    assert appeal.center.name in client.get(reverse(LIST), {"state": "asking"}).text
    assert "No appeal here" in client.get(reverse(LIST), {"state": "met"}).text
    assert appeal.center.name in client.get(reverse(LIST), {"state": "nonsense"}).text


def test_list_warns_its_watchers_when_nothing_leaves(client, appeal, now):
    Notification.objects.update(due_at=now - timedelta(minutes=5))
    for kind, warned in (("administrator", True), ("auditor", True), ("manager", False)):
        client.force_login(reader(kind, appeal))
        assert ("the sender does not run" in client.get(reverse(LIST)).text) is warned


def test_detail_counts_and_names_nobody(client, appeal, now):
    outbox.deliver(now=now)
    client.force_login(factories.staff(appeal.center, "manager"))
    text = client.get(page("appeal-detail", appeal)).text
    donor = appealing.invitation(appeal).donor
    assert donor.family_name not in text and donor.contacts.first().address not in text


def test_funnel_costs_nothing_when_nothing_changed(client, appeal, now):
    client.force_login(factories.administrator())
    first = client.get(page("appeal-funnel", appeal))
    tag = {"if-none-match": first["ETag"]}
    assert client.get(page("appeal-funnel", appeal), headers=tag).status_code == 304
    outbox.deliver(now=now)
    assert client.get(page("appeal-funnel", appeal), headers=tag).status_code == 200


def test_stop_is_a_post_of_who_may(client, appeal):
    client.force_login(factories.with_national_rights(is_auditor=True))
    assert client.post(page("appeal-stop", appeal)).status_code == 404
    client.force_login(factories.staff(appeal.center, "manager"))
    assert client.get(page("appeal-stop", appeal)).status_code == 405
    assert "Say why" in client.post(page("appeal-stop", appeal), {"hours": "72"}).text
    said = {"because": "The roof leaks"}
    first = client.post(page("appeal-stop", appeal), said, follow=True)
    assert "The appeal is stopped" in first.text
    assert "Stopped: The roof leaks" in first.text
    assert "over already" in client.post(page("appeal-stop", appeal), said, follow=True).text
    assert "The roof leaks" in client.get(reverse("campaigns:situation")).text
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.STOPPED


@pytest.mark.parametrize(("hours", "days"), [("1", 1 / 24), ("12", 0.5), ("72", 3), ("", None)])
def test_stop_lasts_as_long_as_the_person_says_and_may_be_lifted(client, appeal, now, hours, days):
    client.force_login(factories.staff(appeal.center, "manager"))
    page_after = client.post(
        page("appeal-stop", appeal), {"because": "x", "hours": hours}, follow=True
    ).text
    assert "People may be asked again for this need" in page_after
    said = "until somebody allows it again" if days is None else "somebody has said so"
    assert said in page_after
    appeal.refresh_from_db()
    if days is None:
        assert appeal.resumes_at - now > timedelta(days=365)
    else:
        assert abs(appeal.resumes_at - now - timedelta(days=days)) < timedelta(minutes=10)
    lifted = client.post(page("appeal-lift", appeal), follow=True).text
    assert "The next plan may ask people again" in lifted
    assert "People may be asked again for this need" not in lifted
    assert not list(appeals.barred(timezone.now()))
    assert "Nothing stops" in client.post(page("appeal-lift", appeal), follow=True).text


def test_stop_for_no_time_that_is_offered_stops_nothing(client, appeal):
    client.force_login(factories.staff(appeal.center, "manager"))
    response = client.post(page("appeal-stop", appeal), {"because": "x", "hours": "5"})
    assert response.status_code == 200 and "Stop the appeal now" in response.text
    appeal.refresh_from_db()
    assert appeal.is_open


def test_lift_is_a_post_of_who_may_stop(client, appeal, now):
    appeals.stop(appeal=appeal, by=factories.administrator(), because="x", now=now)
    for reader in (
        factories.with_national_rights(is_auditor=True),
        factories.staff(factories.center("CRTS-RAB"), "manager"),
    ):
        client.force_login(reader)
        assert client.post(page("appeal-lift", appeal)).status_code == 404
    client.force_login(factories.administrator())
    assert client.get(page("appeal-lift", appeal)).status_code == 405
    assert list(appeals.barred(now))


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("asking", "is open"),
        ("covered", "is met"),
        ("met", "is met"),
        ("ended", "has ended"),
        ("stopped", "has ended"),
    ],
)
def test_public_page_says_how_it_stands(client, appeal, now, state, sentence):
    turn(state, now)
    text = client.get(page("appeal-public", appeal)).text
    assert f"This appeal {sentence}" in text
    assert "O+" not in text and appeal.code not in text


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (Appeal.State.COVERED, "Enough people have answered"),
        (Appeal.State.MET, "Enough blood is there again"),
        (Appeal.State.ENDED, "ran out before enough people could answer"),
        (Appeal.State.STOPPED, "have stopped it"),
    ],
)
def test_the_pages_of_an_appeal_say_why_it_is_over(client, appeal, now, end, said):
    turn(end, now)
    asked = Notification.objects.filter(kind="appeal_invitation").first()
    answer = "/" + links.answer_url(asked, "en").split("/", 3)[3]
    for address in (page("appeal-public", appeal), answer):
        text = client.get(address).text
        assert said in text
        assert end in (Appeal.State.MET, Appeal.State.COVERED) or "is met" not in text


def test_public_page_of_an_appeal_past_its_time_is_ended_before_the_next_beat(client, appeal, now):
    with owner():
        Appeal.objects.update(expires_at=now)
    assert "This appeal has ended" in client.get(page("appeal-public", appeal)).text


def test_check_knows_a_code_however_it_is_typed(client, appeal):
    typed = f" {appeal.code[:3].lower()}-{appeal.code[3:]} "
    response = client.get(reverse("campaigns:verify"), {"code": typed}, follow=True)
    assert "The message is real" in response.text and "This appeal is open" in response.text


@pytest.mark.parametrize("typed", ["NOSUCH", "'; DROP", "\u0660\u0661", "x" * 50])
def test_check_warns_of_an_unknown_code_and_keeps_it(client, appeal, typed):
    response = client.get(reverse("campaigns:verify"), {"code": typed})
    assert response.status_code == 200 and 'value="' in response.text
    assert "Something has to be put right" in response.text


def test_check_asks_for_a_code(client, reference):
    assert "Enter the code" in client.get(reverse("campaigns:verify"), {"code": ""}).text
    first = client.get(reverse("campaigns:verify")).text
    assert "Something has to be put right" not in first
