"""Notifications in browsers, against a push service on loopback that opens what was sealed."""

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from django.db import transaction
from django.urls import reverse

from campaigns.messaging import catalogue, outbox, telling
from campaigns.messaging.transports import Turn
from campaigns.messaging.transports import push as transport
from campaigns.models import Appeal, Notification
from donors.contact import addresses, push_keys, subscriptions, verification
from donors.errors import Refused
from donors.models import Contact, PushSubscription
from tests.support import appealing, asking, factories, push_service
from tests.support import booking as steps
from tests.support.attack import refused
from tests.support.push_service import CURVE, Browser, raw

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


@pytest.fixture(autouse=True)
def _by_push(settings, reference):
    settings.MESSAGE_TRANSPORTS = settings.MESSAGE_TRANSPORTS | {
        "push": "campaigns.messaging.transports.push"
    }


@pytest.fixture
def service(settings):
    with push_service.running() as (origin, posts):
        settings.PUSH_SERVICES = [*settings.PUSH_SERVICES, origin]
        yield origin, posts


def subscribed(donor, origin, now):
    browser = Browser(f"{origin}/send/{donor.pk}?x=1")
    subscriptions.of_donor(donor=donor, now=now, **browser.said)
    return browser


def invited(now, donor):
    """An appeal that asks this donor, who is the only one."""
    appealing.places(now)
    appealing.alert(now)
    appealing.asked(now)
    return appealing.invitation(Appeal.objects.get(), donor)


@pytest.fixture
def donor(reference):
    return factories.donor(blood_group="O+", family_name="Bennani")


def test_appeal_is_shown_with_place_and_link_and_without_name_or_group(service, donor, now):
    origin, posts = service
    browser = subscribed(donor, origin, now)
    invitation = invited(now, donor)
    assert outbox.deliver(now=now) == 1
    assert Notification.objects.get(pk=invitation.pk).state == "sent"
    shown = browser.open(posts[0]["body"])
    assert shown["title"] and shown["body"] and shown["lang"] == "ar" and shown["dir"] == "rtl"
    assert shown["url"].startswith("http://testserver/ar/")
    assert "Bennani" not in json.dumps(shown, ensure_ascii=False) and "O+" not in str(shown)
    assert b"testserver" not in posts[0]["body"]
    headers = posts[0]["headers"]
    assert posts[0]["path"] == f"/send/{donor.pk}?x=1"
    assert headers["Content-Encoding"] == "aes128gcm" and headers["Urgency"] == "normal"
    assert 3600 <= int(headers["TTL"]) <= 28 * 86400
    assert headers["Topic"] == shown["tag"] and len(headers["Topic"]) == 32


def test_our_name_is_signed_for_the_service_alone(service, donor, now):
    origin, posts = service
    subscribed(donor, origin, now)
    invited(now, donor)
    outbox.deliver(now=now)
    words = dict(w.split("=", 1) for w in posts[0]["headers"]["Authorization"][6:].split(", "))
    head, claims, signature = words["t"].split(".")
    said = json.loads(raw(claims))
    assert said["aud"] == origin and said["sub"].startswith("mailto:")
    assert words["k"] == push_keys.public_key()
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw(words["k"]))
    r, s = raw(signature)[:32], raw(signature)[32:]
    der = utils.encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))


@pytest.mark.parametrize("status", [404, 410])
def test_message_of_a_browser_that_is_gone_goes_by_mail_once(settings, donor, now, status):
    with push_service.running(status) as (origin, posts):
        settings.PUSH_SERVICES = [origin]
        subscribed(donor, origin, now)
        invitation = invited(now, donor)
        assert invitation.channel == "push"
        assert outbox.deliver(now=now) == 0  # this run had sent its mail before
        assert outbox.deliver(now=now) == 1
    row = Notification.objects.get(pk=invitation.pk)
    assert (row.state, row.channel, row.contact.address) == (
        "sent",
        "email",
        donor.contacts.get(channel="email").address,
    )
    assert len(posts) == 1 and Notification.objects.count() == 1
    assert not PushSubscription.objects.exists()
    assert donor.contacts.get(channel="push").removed_at
    assert donor.contacts.get(channel="email").preferred


def test_service_in_trouble_keeps_message_and_browser(settings, donor, now):
    with push_service.running(503) as (origin, _posts):
        settings.PUSH_SERVICES = [origin]
        subscribed(donor, origin, now)
        invitation = invited(now, donor)
        assert outbox.deliver(now=now) == 0
    row = Notification.objects.get(pk=invitation.pk)
    assert (row.state, row.channel, row.error) == ("pending", "push", "http 503")
    assert PushSubscription.objects.exists()


def test_unknown_end_is_sent_again_with_the_same_topic(service, donor, now):
    origin, posts = service
    browser = subscribed(donor, origin, now)
    invitation = invited(now, donor)
    outbox.deliver(now=now)
    with transport.open() as hand_over:  # a sender died before it could settle the row
        list(hand_over([catalogue.render(invitation)], Turn(now + timedelta(seconds=60))))
    first, second = (browser.open(post["body"]) for post in posts)
    assert first == second
    assert len({post["headers"]["Topic"] for post in posts}) == 1


def test_browser_of_another_key_of_ours_is_not_called(service, donor, now):
    origin, posts = service
    subscribed(donor, origin, now)
    PushSubscription.objects.update(made_for="x")
    invited(now, donor)
    outbox.deliver(now=now)
    assert outbox.deliver(now=now) == 1
    assert not posts and Notification.objects.get().channel == "email"


def test_donor_who_prefers_mail_gets_mail(service, donor, now):
    origin, posts = service
    subscribed(donor, origin, now)
    addresses.prefer(contact=donor.contacts.get(channel="email"))
    invited(now, donor)
    outbox.deliver(now=now)
    assert not posts and Notification.objects.get().channel == "email"


def test_memo_is_shown_in_each_browser_of_the_officer_beside_the_mail(service, now):
    origin, posts = service
    officer = factories.officer(factories.unit())
    browsers = [Browser(f"{origin}/{name}") for name in ("phone", "desk")]
    for browser in browsers:
        subscriptions.of_officer(user=officer, now=now, **browser.said)
    memo = asking.memo("SR-TAZ")
    with transaction.atomic():
        telling.tell(kind="memo_reminder", cause="x", subject_id=memo.pk, users=[officer], now=now)
    mine = Notification.objects.filter(user=officer, kind="memo_reminder")
    assert set(mine.values_list("channel", flat=True)) == {"email", "push"}
    outbox.deliver(now=now)
    ours = [post for post in posts if post["path"] in ("/phone", "/desk")]
    shown = browsers[0].open(next(p["body"] for p in ours if p["path"] == "/phone"))
    assert memo.reference in shown["title"] and memo.subject not in str(shown)
    assert {post["path"] for post in ours} == {"/phone", "/desk"}


NOT_OURS = [
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://10.0.0.5/x",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/x",
    "http://fcm.googleapis.com/x",
    "https://fcm.googleapis.com:8443/x",
    "https://fcm.googleapis.com.example.org/x",
    "https://example.org/?fcm.googleapis.com",
    "https://a@fcm.googleapis.com/x",
    "https://evilpush.apple.com.example.org/x",
    "https://notpush.apple.com/x",
    "file:///etc/passwd",
    "https://fcm.googleapis.com/ x",
    "https://fcm.googleapis.com/" + "x" * 1000,
    "",
]


@pytest.mark.parametrize("endpoint", NOT_OURS)
def test_no_other_address_than_a_push_service_is_taken(donor, now, endpoint):
    with pytest.raises(Refused):
        subscriptions.of_donor(donor=donor, now=now, **Browser(endpoint).said)
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
    ],
)
def test_known_push_services_are_taken(donor, now, endpoint):
    subscriptions.of_donor(donor=donor, now=now, **Browser(endpoint).said)
    assert donor.contacts.get(channel="push").preferred


def test_name_that_leads_inside_a_network_is_told_nothing(service):
    port = int(service[0].rpartition(":")[2])
    with pytest.raises(transport.NotPublic):
        transport.Guarded(f"127.0.0.1:{port}", timeout=2).connect()
    assert not service[1]


@pytest.mark.parametrize("broken", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "!"}])
def test_keys_that_seal_nothing_are_refused(donor, now, broken):
    said = Browser("https://fcm.googleapis.com/x").said | broken
    with pytest.raises(Refused):
        subscriptions.of_donor(donor=donor, now=now, **said)


def test_sent_message_keeps_its_way(service, donor, now):
    subscribed(donor, service[0], now)
    invitation = invited(now, donor)
    mail = donor.contacts.get(channel="email")
    sql = "UPDATE campaigns_notification SET contact_id = %s, channel = 'email' WHERE id = %s"
    assert "keeps its receiver" in refused(sql, mail.pk, invitation.pk)


def test_me_page_subscribes_only_the_own_record(client, donor, now):
    other = factories.donor()
    said = Browser("https://fcm.googleapis.com/x").said
    assert client.post(reverse("campaigns:me-push"), said).status_code == 302
    assert not PushSubscription.objects.exists()
    client.force_login(verification.account_of(donor=donor))
    client.post(reverse("campaigns:me-push"), said)
    assert PushSubscription.objects.get().contact.donor == donor
    assert not Contact.objects.filter(donor=other, channel="push").exists()
    page = client.get(reverse("campaigns:me-wishes")).text
    assert "data-push=" in page and PushSubscription.objects.get().digest not in page
    contact = donor.contacts.get(channel="push")
    client.post(reverse("campaigns:me-drop-address", args=[contact.pk]))
    assert not PushSubscription.objects.exists()


def test_page_of_a_place_asks_only_where_it_was_booked(client, now):
    place = steps.confirmed(steps.slot(steps.campaign()), now)
    page = reverse("campaigns:visit", args=[place.public_id])
    push = reverse("campaigns:visit-push", args=[place.public_id])
    said = Browser("https://fcm.googleapis.com/x").said
    assert "data-push=" not in client.get(page).text
    assert client.post(push, said).status_code == 403
    session = client.session
    session["booked"] = str(place.public_id)
    session.save()
    assert "data-push=" in client.get(page).text
    client.post(push, said)
    assert PushSubscription.objects.get().contact.donor == place.donor


def test_reach_page_subscribes_an_officer_and_no_stranger(client, now, settings):
    settings.DEMO = True
    said = Browser("https://fcm.googleapis.com/x").said
    client.force_login(factories.user())
    assert client.post(reverse("campaigns:reach-push"), said).status_code == 403
    officer = factories.officer(factories.unit())
    client.force_login(officer)
    client.post(reverse("campaigns:reach-push"), said)
    assert PushSubscription.objects.get().user == officer
    assert "data-push=" in client.get(reverse("campaigns:reach")).text
    client.post(reverse("campaigns:reach-push"), {"remove": ""})
    assert not PushSubscription.objects.exists()
