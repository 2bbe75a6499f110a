"""A campaign from draft to end, and who decides what."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from campaigns.messaging import catalogue
from campaigns.models import Campaign, Notification
from campaigns.organising import addressee_answers, drives
from centers.models import Session, Slot
from tests.support import asking, factories

pytestmark = pytest.mark.django_db
LIST, PLAN = "/en/drives/", "/en/drives/plan/"


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture
def draft(reference):
    return asking.draft()


@pytest.fixture
def manager(draft):
    return factories.staff(draft.center, "manager")


def page(campaign, name="drive-detail") -> str:
    return reverse(f"campaigns:{name}", args=[campaign.public_id])


def rooms(**fields) -> dict:
    day = timezone.localdate() + timedelta(days=5)
    return {
        "kind": "mobile",
        "place_ar": "قاعة الاجتماعات",
        "place_fr": "Salle de réunion",
        "place_en": "Meeting room",
        "on": day.isoformat(),
        "begins": "09:00",
        "ends": "12:00",
        "beds": "3",
        "slot_minutes": "30",
        "publish": "on",
    } | fields


def test_centre_confirms_and_the_page_is_public(client, draft, manager):
    public = reverse("campaigns:campaign-detail", args=[draft.public_id])
    assert client.get(public).status_code == 404
    client.force_login(manager)
    assert "waits for your rooms" in client.get(reverse("campaigns:desk")).content.decode()
    assert client.get(page(draft)).context["may_decide"]
    assert client.post(page(draft, "drive-confirm"), rooms()).url == page(draft)
    draft.refresh_from_db()
    session = draft.sessions.get()
    assert (draft.state, draft.decided_by) == ("confirmed", manager)
    assert draft.planned_on == timezone.localdate(session.starts_at)
    assert list(session.slots.values_list("places", flat=True)) == [3] * 6
    client.logout()
    assert client.get(public).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"on": ""}, "Enter the day"),
        ({"on": "2020-01-01"}, "in the past"),
        ({"begins": "9 o’clock"}, "hours and minutes"),
        ({"ends": "08:00"}, "ends before it begins"),
        ({"ends": "09:10"}, "shorter than one slot"),
        ({"beds": "0"}, "greater than or equal to 1"),
        ({"beds": "two"}, "whole number"),
        ({"place_ar": ""}, "so that people find it"),
    ],
)
def test_wrong_rooms_get_a_sentence_and_keep_what_was_typed(client, draft, manager, wrong, words):
    client.force_login(manager)
    answer = client.post(page(draft, "drive-confirm"), rooms(**wrong))
    shown = answer.content.decode()
    assert words in shown
    kept = rooms(**wrong)
    form = answer.context["confirm"]
    assert all(form[name].value() == value for name, value in kept.items() if name != "publish")
    draft.refresh_from_db()
    assert draft.state == "asked" and not Session.objects.exists()


def test_centre_declines_with_a_reason_that_the_unit_reads(client, draft, manager):
    client.force_login(manager)
    assert "Say why" in client.post(page(draft, "drive-decline"), {"because": ""}).content.decode()
    client.post(page(draft, "drive-decline"), {"because": "No team that day"})
    client.force_login(factories.officer(draft.unit))
    assert "No team that day" in client.get(page(draft)).content.decode()


def test_confirmed_campaign_is_cancelled_in_plain_sight(client, reference):
    campaign = asking.confirmed()
    client.force_login(factories.staff(campaign.center, "manager"))
    client.post(page(campaign, "drive-cancel"), {"because": "The room is flooded"})
    client.logout()
    public = client.get(reverse("campaigns:campaign-detail", args=[campaign.public_id]))
    assert "The room is flooded" in public.content.decode()
    assert campaign.sessions.get().state == Session.State.CANCELLED


def test_campaign_is_decided_once(client, reference):
    campaign = asking.confirmed()
    client.force_login(factories.staff(campaign.center, "manager"))
    answer = client.post(page(campaign, "drive-confirm"), rooms())
    assert "decided already" in answer.content.decode()
    assert Slot.objects.filter(session__campaigns=campaign).count() == 14


def test_unit_writes_the_texts_of_its_page(client, reference):
    campaign = asking.confirmed()
    client.force_login(factories.officer(campaign.unit))
    texts = {"name_ar": "حملة", "name_fr": "Campagne", "name_en": "Drive", "story_en": "Come!"}
    client.post(page(campaign, "drive-tell"), texts)
    public = reverse("campaigns:campaign-detail", args=[campaign.public_id])
    assert "Come!" in client.get(public).content.decode()
    wrong = client.post(page(campaign, "drive-tell"), texts | {"name_fr": ""})
    assert wrong.context["tell"].errors["name_fr"] and "Come!" in wrong.content.decode()


def test_story_is_text_not_markup(client, reference):
    campaign = asking.confirmed()
    drives.tell(campaign=campaign, story_en="<script>alert(1)</script>")
    public = reverse("campaigns:campaign-detail", args=[campaign.public_id])
    assert "<script>alert" not in client.get(public).content.decode()


def test_unit_tells_how_it_went_once_it_is_over(client, reference):
    campaign = asking.confirmed()
    client.force_login(factories.officer(campaign.unit))
    words = {"afterword_ar": "شكرا", "afterword_fr": "Merci", "afterword_en": "Thank you all"}
    early = client.post(page(campaign, "drive-thank"), words)
    assert "when the campaign is over" in early.text
    Campaign.objects.update(state="closed")
    assert "Tell how it went" in client.get(page(campaign)).text
    client.post(page(campaign, "drive-thank"), words)
    public = reverse("campaigns:campaign-detail", args=[campaign.public_id])
    assert "Thank you all" in client.get(public).text
    client.force_login(factories.officer(factories.unit("SR-HOC")))
    assert client.post(page(campaign, "drive-thank"), words).status_code == 404


def test_unit_proposes_a_campaign_by_itself(client, reference):
    unit = factories.unit("SR-TAZ")
    client.force_login(factories.officer(unit))
    day = timezone.localdate() + timedelta(days=9)
    said = {"unit": unit.pk, "center": factories.center().pk, "planned_on": day, "target": "40"}
    campaign_page = client.post(PLAN, said).url
    campaign = Campaign.objects.get()
    assert (campaign.state, campaign_page) == ("asked", page(campaign))
    for wrong in ({"target": "x"}, {"center": ""}, {"planned_on": "2020-01-01"}):
        answer = client.post(PLAN, said | wrong)
        assert answer.context["form"].errors[next(iter(wrong))]
        assert "error-summary" in answer.content.decode()
    foreign = client.post(PLAN, said | {"unit": factories.unit("PP-FES").pk})
    assert foreign.context["form"].errors["unit"] and Campaign.objects.count() == 1


def test_stranger_is_asked_to_sign_in(client, draft):
    for url in (LIST, PLAN, page(draft)):
        assert client.get(url).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("who", ["unit", "center", "job"])
def test_neighbour_sees_and_does_nothing(client, draft, who):
    neighbours = {
        "unit": lambda: factories.officer(factories.unit("PP-FES")),
        "center": lambda: factories.staff(factories.center("CRTS-FES"), "manager"),
        "job": lambda: factories.staff(draft.center, "reception", "laboratory"),
    }
    client.force_login(neighbours[who]())
    assert draft.name not in client.get(LIST).content.decode()
    assert client.get(page(draft)).status_code == 404
    for verb in ("confirm", "decline", "cancel", "tell"):
        data = rooms(because="x", name_ar="x", name_fr="x", name_en="x")
        assert client.post(page(draft, f"drive-{verb}"), data).status_code == 404
    draft.refresh_from_db()
    assert draft.state == "asked"


def test_unit_does_not_decide_and_centre_does_not_write_the_texts(client, draft, manager):
    client.force_login(factories.officer(draft.unit))
    for verb in ("confirm", "decline", "cancel"):
        assert client.post(page(draft, f"drive-{verb}"), rooms(because="x")).status_code == 404
    client.force_login(manager)
    texts = {"name_ar": "x", "name_fr": "x", "name_en": "x"}
    assert client.post(page(draft, "drive-tell"), texts).status_code == 404


def test_list_keeps_its_filter_and_asks_as_often_for_many(
    client, draft, manager, django_assert_max_num_queries
):
    for _number in range(30):
        asking.draft(center=draft.center)
    client.force_login(manager)
    with django_assert_max_num_queries(15):
        shown = client.get(f"{LIST}?state=asked").content.decode()
    assert "?state=asked&amp;page=2" in shown
    assert "No campaign here yet" in client.get(f"{LIST}?state=closed").content.decode()
    assert client.get(f"{LIST}?state=nonsense&page=x").status_code == 200


def test_each_side_is_told_what_the_other_decided(reference):
    officer = factories.officer(factories.unit("SR-TAZ"))
    boss = factories.staff(factories.center(), "manager")
    factories.staff(factories.center("CRTS-FES"), "manager")
    factories.staff(factories.center(), "reception")

    def messages():
        rows = Notification.objects.filter(user__in=[officer, boss]).order_by("pk")
        return [(n.kind, n.user) for n in rows]

    draft = asking.draft()
    assert messages() == [("campaign_proposed", boss)]
    assert not Notification.objects.exclude(user__in=[boss]).exists()
    asking.confirm(draft)
    assert messages()[1:] == [("campaign_confirmed", officer)]
    draft.refresh_from_db()
    drives.cancel(campaign=draft, because="Flood.", by=boss, now=timezone.now())
    assert messages()[2:] == [("campaign_cancelled", officer)]
    other = asking.draft()
    drives.decline(campaign=other, because="No team.", by=boss, now=timezone.now())
    assert messages()[-1] == ("campaign_declined", officer)
    for message in Notification.objects.filter(user=officer):
        text = catalogue.render(message).text
        assert str(Campaign.objects.get(pk=message.subject_id).public_id) in text


def test_beds_proposed_for_few_people_are_accepted(client, draft, manager):
    Campaign.objects.filter(pk=draft.pk).update(target=10, cap=13)
    client.force_login(manager)
    form = client.get(page(draft)).context["confirm"]
    said = {name: form.get_initial_for_field(f, name) for name, f in form.fields.items()}
    client.post(page(draft, "drive-confirm"), said | {"publish": "on"})
    draft.refresh_from_db()
    assert draft.state == "confirmed"


def test_officer_of_a_declined_campaign_is_led_to_the_memo(client, reference):
    taza = factories.officer(factories.unit("SR-TAZ"))
    memo = asking.memo("SR-TAZ")
    addressee_answers.answer_will(
        addressee=memo.addressees.get(),
        planned_on=timezone.localdate() + timedelta(days=5),
        expected_donors=20,
        center=factories.center(),
        by=taza,
        now=timezone.now(),
    )
    campaign = Campaign.objects.get()
    client.force_login(factories.staff(campaign.center, "manager"))
    client.post(page(campaign, "drive-decline"), {"because": "No team"})
    client.force_login(taza)
    assert "Choose another day" in client.get(page(campaign)).content.decode()


def test_arabic_times_of_the_steps_have_an_arabic_comma(client, draft, manager):
    client.force_login(manager)
    text = client.get(page(draft).replace("/en/", "/ar/")).content.decode()
    at = draft.steps.first().at
    with override("ar"):
        assert date_format(timezone.localtime(at), "DATETIME_FORMAT") in text
