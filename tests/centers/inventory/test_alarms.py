"""Alarms about bags: the database raises them, the holder answers, and what was lost can be found."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.alarms import chasing
from campaigns.messaging import catalogue, links
from campaigns.models import Notification
from centers.distribution import bags_away
from centers.inventory import alarms, found_bags, recalls, stock
from centers.laboratory import release, screening
from centers.models import BagAlarm, FoundBag, Hospital, Issue, Marker, Recall, RecallStep
from donors.clock.calendar import midnight
from donors.errors import Refused
from donors.models import Absence, OfficerPhone, User
from tests.support import blood, factories, supply
from tests.support.attack import MOVE, denied, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(reference, settings):
    settings.DEMO = True  # a second factor is asked for otherwise


def issued(email="depot@example.org"):
    """Red cells at a hospital of the list; the plasma and the platelets are on the shelf."""
    bag = supply.fresh(blood.red_cells())
    hospital = supply.hospital(bag.center)
    Hospital.objects.filter(pk=hospital.pk).update(
        email=email, language="en", phone="+212500000000"
    )
    asked = supply.request(bag.center, hospital=hospital)
    supply.issue(request=asked, bag=bag, **factories.acts())
    return supply.fresh(bag)


def recall(bag):
    return recalls.begin(donation=bag.donation, cause="lot", because="x", **factories.acts())


def read_again(bag):
    """A test of the bag is in question."""
    said = {"marker": Marker.objects.get(code="HBSAG"), "because": "control"}
    screening.repeat(donation=bag.donation, **said, **factories.acts())


def sent(kind):
    return Notification.objects.filter(kind=kind)


def test_a_recall_rings_at_the_hospital_and_on_the_shelf_until_each_has_answered(client):
    bag, now = issued(), timezone.now()
    keeper = factories.staff(bag.center, "stock")
    manager = factories.staff(bag.center, "manager")
    called_back = recall(bag)
    rung = {(one.kind, one.bag.component_id) for one in BagAlarm.objects.open()}
    assert rung == {("recall", "RBC-SAGM"), ("hold", "FFP"), ("hold", "PLT-STD")}
    for _twice in range(2):
        chasing.chase(now=now)
    (message,) = sent("bag_recalled")
    assert message.hospital == bag.issues.get().request.hospital and message.lane == 1
    assert {n.user for n in sent("bag_alarm")} == {keeper} and sent("bag_alarm").count() == 2
    text = catalogue.render(message).text
    assert bag.donation.din in text and "Do not transfuse" in text
    assert bag.donation.donor.family_name not in text and "lot" not in text
    chasing.chase(now=now + timedelta(minutes=31))
    assert sent("bag_recalled").count() == 2 and not sent("bag_unanswered").exists()
    chasing.chase(now=now + timedelta(minutes=61))
    assert {n.user for n in sent("bag_unanswered")} == {manager}

    link = reverse("campaigns:bag-link", args=[links.token(message, links.ALARM)])
    alarm = BagAlarm.objects.get(kind="recall")
    page = client.get(link).text
    assert bag.donation.din[7:] in page and "&lt;bdi" not in page
    alarm.refresh_from_db()
    assert alarm.answered_at is None  # opening answers nothing
    said = {f"bag{alarm.pk}": "transfused", "name": "Dr Alami"}
    assert client.post(f"{link}answer/", said).status_code == 302
    alarm.refresh_from_db()
    assert alarm.answered_at and alarm.answers.get().name == "Dr Alami"
    client.post(f"{link}answer/", {f"bag{alarm.pk}": "destroyed", "name": "Dr Alami"})
    assert [a.answer for a in alarm.answers.order_by("pk")] == ["transfused", "destroyed"]
    before = sent("bag_recalled").count()
    chasing.chase(now=now + timedelta(days=1))
    assert sent("bag_recalled").count() == before
    client.force_login(factories.staff(bag.center, "doctor"))
    page = client.get(reverse("centers:recall-detail", args=[called_back.public_id])).text
    assert "Dr Alami" in page


def test_the_stock_keeper_answers_from_the_first_page(client):
    bag = issued(email="")
    recall(bag)
    client.force_login(factories.staff(bag.center, "stock"))
    first = client.get(reverse("centers:center-detail", args=[bag.center.code])).text
    at = reverse("centers:alarm-list", args=[bag.center.code])
    assert at in first and "+212500000000" in client.get(at).text
    assert at in client.get(reverse("campaigns:desk")).text
    post = reverse("centers:alarm-answer", args=[bag.center.code])
    first_one = BagAlarm.objects.open().filter(kind="hold").first()
    client.post(post, {"alarm": first_one.public_id, "answer": "missing"})
    assert first_one in BagAlarm.objects.open()  # not found is no end
    assert "Not found" in client.get(at).text
    assert "Several bags" in client.post(post, {"number": blood.number_bar(bag)}).text
    assert "does not fit here" in client.post(post, {"number": blood.square_code(bag)}).text
    for one in BagAlarm.objects.open():
        said = {"alarm": one.public_id, "answer": "set_aside"}
        if one.kind == "recall":
            assert client.post(post, said).status_code == 200  # who said so?
            said["name"] = "Mme Tazi"
        else:  # taken off the shelf and scanned
            said = {"number": blood.square_code(supply.fresh(one.bag))}
            scanned = client.post(post, said, follow=True)
            assert f"Set aside: {one.bag.donation.din}, " in scanned.text
            continue
        assert client.post(post, said).status_code == 302
    assert not BagAlarm.objects.open().exists()
    assert at not in client.get(reverse("centers:center-detail", args=[bag.center.code])).text
    assert "Alarms about bags" not in client.get(reverse("campaigns:desk")).text
    client.force_login(factories.staff(factories.center("CRTS-RAB"), "stock"))
    one = BagAlarm.objects.first()
    assert client.post(post, {"alarm": one.public_id, "answer": "missing"}).status_code == 404


@pytest.mark.parametrize("bad_news", ["repeat", "doubt", "called"])
def test_each_kind_of_bad_news_rings(bad_news):
    bag = issued()
    if bad_news == "repeat":
        read_again(bag)
    elif bad_news == "doubt":
        later = blood.again(bag.donation)
        blood.enter(later, factories.staff(bag.center, "laboratory"), 0, ABO="A")
    else:
        recall(bag)
    kinds = (
        BagAlarm.objects.open().filter(bag__donation=bag.donation).values_list("kind", flat=True)
    )
    assert sorted(kinds) == ["hold", "hold", "recall"]


def test_what_moves_on_ends_its_alarm():
    bag = issued()
    called_back = recall(bag)
    bags_away.take_back(
        issued=bag.issues.get(), minutes_out=5, cold_chain_kept=True, **factories.acts()
    )
    assert not BagAlarm.objects.open().filter(kind="recall").exists()
    note = {"recall": called_back, "words": "", **factories.acts()}
    recalls.note(bag=bag, kind=RecallStep.Kind.BACK, **note)
    recalls.close(recall=called_back, verdict="use", outcome="x", **factories.acts())
    assert BagAlarm.objects.open().filter(kind="hold").count() == 2
    by = factories.staff(bag.center, "doctor")
    release.release(donation=bag.donation, by=by, now=timezone.now())
    assert not BagAlarm.objects.open().exists()


def test_a_hospital_is_asked_what_became_of_its_bags(client):
    bag, now = issued(), timezone.now()
    assert alarms.ask_for_news(now=now) == 0
    later = now + timedelta(days=4)
    assert alarms.ask_for_news(now=later) == 1 and alarms.ask_for_news(now=later) == 0
    chasing.chase(now=later)
    (message,) = sent("bag_news")
    alarm = BagAlarm.objects.get()
    alarms.answer_by_link(answers={alarm: "kept"}, name="Mme Tazi", now=later)
    assert alarms.ask_for_news(now=later + timedelta(days=1)) == 0
    assert alarms.ask_for_news(now=later + timedelta(days=4)) == 1  # kept is no end
    bags_away.report(bag=bag, transfused=True, **factories.acts())
    assert not BagAlarm.objects.open().exists()
    link = reverse("campaigns:bag-link", args=[links.token(message, links.ALARM)])
    assert client.get(link).status_code == 410


def test_news_of_a_hospital_without_mail_are_asked_by_a_keeper_who_has_only_a_telephone(settings):
    settings.QUIET_HOURS = (21, 8)
    bag = issued(email="")
    noon = midnight(timezone.localdate() + timedelta(days=4)) + timedelta(hours=12)
    here, away = (factories.staff(bag.center, "stock") for _one in range(2))
    User.objects.filter(pk__in=[here.pk, away.pk]).update(email="", language="en")
    for number, keeper in enumerate((here, away)):
        OfficerPhone.objects.create(
            user=keeper, number=f"+21266100000{number}", asked_at=noon, verified_at=noon
        )
    days = {"since": noon.date(), "until": noon.date() + timedelta(days=1)}
    Absence.objects.create(user=away, entered_at=noon, **days)
    alarms.ask_for_news(now=noon)
    assert chasing.chase(now=noon - timedelta(hours=9)) == 0, "nobody is woken for news"
    chasing.chase(now=noon)
    (message,) = sent("bag_alarm")
    assert (message.user, message.channel) == (here, "sms")
    assert "without news" in catalogue.render(message).text


@pytest.mark.parametrize("email", ["", "depot@example.org"])
def test_who_must_call_for_news_reads_it_on_the_first_page(client, email):
    bag, later = issued(email=email), timezone.now() + timedelta(days=4)
    alarms.ask_for_news(now=later)
    page = reverse("centers:bags-away", args=[bag.center.code])
    firsts = [reverse("campaigns:desk"), reverse("centers:center-detail", args=[bag.center.code])]
    for job in ("stock", "doctor", "manager", "laboratory"):
        client.force_login(factories.staff(bag.center, job))
        shown = [page in client.get(first).text for first in firsts]
        assert shown == [job != "laboratory" and not email] * 2
    client.force_login(factories.staff(bag.center, "stock"))
    assert "tel:+212500000000" in client.get(page).text
    BagAlarm.objects.update(escalated_at=later)
    assert page in client.get(firsts[0]).text, "asked by e-mail, and silent"


def test_what_a_hospital_answered_stands_beside_the_bag_without_news(client):
    bag, later = issued(), timezone.now() + timedelta(days=4)
    alarms.ask_for_news(now=later)
    alarms.answer_by_link(answers={BagAlarm.objects.get(): "transfused"}, name="N", now=later)
    client.force_login(factories.staff(bag.center, "stock"))
    away = reverse("centers:bags-away", args=[bag.center.code])
    assert 'value="yes"' in client.get(away).text
    said = {"fate-number": bag.donation.din, "fate-transfused": "yes"}
    client.post(reverse("centers:bag-report", args=[bag.center.code]), said)
    assert supply.fresh(bag).state == "transfused"


def lost(bag):
    stock.discard(bag=bag, reason="lost", **factories.acts())
    return supply.fresh(bag)


def test_a_lost_bag_is_found_and_never_used_again():
    bag = lost(supply.fresh(blood.red_cells()))
    said = {"bag": bag, "place": "cold room", "because": "count", **factories.acts()}
    found_bags.record(kind="found", **said)
    assert supply.fresh(bag).state == "blocked"
    with pytest.raises(Refused):
        release.release(donation=bag.donation, by=factories.user(), now=timezone.now())
    stock.discard(bag=supply.fresh(bag), reason="other", **factories.acts())
    with pytest.raises(Refused, match="declared lost"):
        found_bags.record(kind="found", **said)


def test_a_lost_bag_that_was_transfused_is_followed_like_an_issued_one():
    bag = lost(supply.fresh(blood.red_cells()))
    assert not Issue.objects.filter(bag=bag).exists()
    said = {"bag": bag, "place": "Ibn Baja", "because": "its doctor called", **factories.acts()}
    found_bags.record(kind="transfused", **said)
    assert supply.fresh(bag).state == "transfused"
    read_again(bag)
    called_back = Recall.objects.get(donation=bag.donation)
    assert BagAlarm.objects.filter(kind="recall", bag=bag, recall=called_back).exists()
    with pytest.raises(Refused, match="how it ended"):
        recalls.close(recall=called_back, verdict="discard", outcome="x", **factories.acts())


def test_a_reactive_bag_that_was_transfused_all_the_same_is_recalled():
    donation = blood.tested(HBSAG="reactive")
    bag = supply.fresh(donation.bags.get(component="RBC-SAGM"))
    assert bag.state == "discarded" and not Recall.objects.exists()
    found_bags.record(bag=bag, kind="transfused", place="ward 3", because="x", **factories.acts())
    assert Recall.objects.filter(donation=donation, closed_at=None).exists()
    assert BagAlarm.objects.open().filter(bag=bag, kind="recall").exists()


def test_the_database_keeps_alarms_and_findings():
    bag = issued()
    recall(bag)
    row = BagAlarm.objects.filter(kind="hold").first()
    alarms.answer(alarms=[row], answer="missing", name="", **factories.acts())
    end = "UPDATE centers_bagalarm SET answered_at = now() WHERE id = %s"
    assert "answered by an answer" in refused(end, row.pk)
    for column in ("ended_at = now()", "center_id = center_id"):
        assert "denied" in denied(f"UPDATE centers_bagalarm SET {column}")
    assert "deleted" in refused("DELETE FROM centers_bagalarm")
    gone = lost(supply.fresh(blood.red_cells()))
    for state in ("blocked", "transfused"):
        assert "does not go there" in refused(MOVE, state, factories.user().pk, gone.pk)
    found_bags.record(
        bag=gone, kind=FoundBag.Kind.FOUND, place="x", because="x", **factories.acts()
    )
    assert "append-only" in refused("UPDATE centers_foundbag SET place = 'y'")
