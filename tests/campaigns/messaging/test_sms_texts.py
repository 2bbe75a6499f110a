"""Each kind of text in three languages with the longest names: how many parts, and what it says first."""

import re
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from campaigns.messaging import catalogue, links, sms_letters, sms_names
from campaigns.messaging.sms_parts import sms_parts
from campaigns.models import (
    Addressee,
    Appeal,
    Memo,
    MemoVersion,
    Notification,
    PastAnswer,
    Reply,
    Wave,
)
from centers.inventory import recalls
from centers.models import Appointment, BagAlarm, Center, Session, Waiting
from donors.models import Channel, OfficerPhone, Proof
from tests.support import appealing, asking, blood, factories
from tests.support import booking as steps
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db
LANGUAGES = ("ar", "fr", "en")
MOST = {"ar": 2, "fr": 1, "en": 1}
LATE = 60_000_000  # the number of a message after some years
LINK = re.compile(r"https?://\S+")
# Kinds without a place of their own: codes begin with the code, memos with their reference.
PLACELESS = {"booking_code", "proof_code", "phone_code", "roster_invitation", "reply_answered"}
PLACELESS |= {
    "second_gift",
    *(kind for kind in catalogue.KINDS if kind.startswith(("memo_", "bag_"))),
}
SMS_KINDS = {kind.name for kind in catalogue.KINDS.values() if Channel.SMS in kind.channels}


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "https://don.sante.gov.ma"
    settings.QUIET_HOURS = (24, 0)


def longest(centers, language: str, most: int = 2) -> list[Center]:
    """The centres whose names and towns take most room."""
    with override(language):
        by_name = sorted(centers, key=lambda c: -len(sms_names.short(c.name, 99)))
        by_city = sorted(centers, key=lambda c: -len(c.city))
    return list(dict.fromkeys([*by_name[:most], *by_city[:most]]))


def read(kind: str, language: str, subject: int, **values) -> str:
    """The text of a late message of this kind; nothing is stored."""
    row = Notification(pk=LATE, kind=kind, channel="sms", subject_id=subject, **values)
    if row.donor:
        row.donor.language = language
    elif row.user:
        row.user.language = language
    elif row.request:
        row.request.language = language
    return catalogue.render(row).text


def appeals(now, language):
    appeal = appealing.opened(now, people=1)
    message = appealing.invitation(appeal)
    to = {"donor": message.donor, "contact": message.contact}
    centers = longest(Center.objects.all(), language, 3)
    asker = factories.administrator()
    for center in centers:
        for host in {center, centers[0], centers[1]}:
            with past_the_guards():
                Session.objects.filter(pk=message.wave.session_id).update(center=host)
                Appeal.objects.update(
                    center=center, state="asking", settled_at=None, stopped_by=None, because=""
                )
            wave = Wave.objects.select_related("session__center").get()
            yield (
                "appeal_invitation",
                read("appeal_invitation", language, appeal.pk, wave=wave, **to),
            )
            for state in ("covered", "met", "ended", "stopped"):
                with past_the_guards():
                    ended = {} if state in Appeal.OPEN else {"settled_at": now}
                    by = {"stopped_by": asker, "because": "x"} if state == "stopped" else {}
                    Appeal.objects.update(state=state, **ended, **by)
                yield (
                    "appeal_stand_down",
                    read("appeal_stand_down", language, appeal.pk, wave=wave, **to),
                )
    yield "second_gift", read("second_gift", language, appeal.pk, **to)
    factories.sheet(message.donor, UNWELL=None)
    yield "second_gift", read("second_gift", language, appeal.pk, **to)


def visits(now, language):
    campaign = steps.campaign()
    appointment = steps.confirmed(steps.slot(campaign), now, wants_appeals=True)
    sent = Notification.objects.select_related("donor", "contact").get(kind="booking_confirmed")
    to = {"donor": sent.donor, "contact": sent.contact}
    asked = Notification.objects.filter(kind="booking_code").select_related("request").get()
    yield "booking_code", read("booking_code", language, asked.subject_id, request=asked.request)
    with past_the_guards():
        Appointment.objects.update(offered_until=now)
        row = Waiting.objects.create(
            session=appointment.slot.session, donor=sent.donor, since=now - timedelta(hours=1)
        )
    OfficerPhone.objects.create(user=campaign.drafted_by, number="+212612345677", asked_at=now)
    of_place = ("booking_confirmed", "visit_reminder", "place_offered", "session_moved")
    for against in ({}, {"UNWELL": None}, {"CARRIER": None}):
        if against:
            factories.sheet(sent.donor, **against)
        for center in longest(Center.objects.all(), language):
            with past_the_guards():
                name = {f"name_{code}": getattr(center, f"name_{code}") for code in LANGUAGES}
                Session.objects.update(center=center, **name)
                campaign.__class__.objects.update(center=center)
            for kind in (*of_place, "session_cancelled"):
                yield kind, read(kind, language, appointment.pk, **to)
            for cause in ("unable", "fewer"):
                with past_the_guards():
                    Appointment.objects.update(released=cause, state="cancelled", settled_at=now)
                yield "place_released", read("place_released", language, appointment.pk, **to)
            for kind in ("waiting_joined", "waiting_moved", "waiting_over"):
                yield kind, read(kind, language, row.pk, **to)
            for state in ("planned", "cancelled"):
                with past_the_guards():
                    Session.objects.update(state=state)
                user, session = campaign.drafted_by, appointment.slot.session_id
                yield (
                    "campaign_day_changed",
                    read("campaign_day_changed", language, session, user=user),
                )
            with past_the_guards():
                Session.objects.update(state="planned")
            for kind in ("campaign_invitation", "campaign_thanks", "campaign_story"):
                yield kind, read(kind, language, campaign.pk, **to)
    proof = Proof.objects.create(
        purpose="me", address="x", asked_at=now, expires_at=now + timedelta(minutes=30)
    )
    yield "proof_code", read("proof_code", language, proof.pk, **to)


def officers(now, language):
    reference = "DGSN/DRH/SAS/2026/11/27-URGENT-SANG-14"
    user = factories.officer(factories.unit("SR-TAZ"))
    OfficerPhone.objects.create(user=user, number="+212612345678", asked_at=now)
    yield "phone_code", read("phone_code", language, user.phone.pk, user=user)
    for kind_of in Memo.Kind.values:
        memo = asking.memo("SR-TAZ", reference=f"{reference}-{kind_of}", kind=kind_of)
        for kind in ("memo_issued", "memo_handed", "memo_reminder", "memo_late"):
            yield kind, read(kind, language, memo.pk, user=user)
        version = MemoVersion.objects.get(memo=memo)
        addressee = Addressee.objects.get(memo=memo)
        for said in MemoVersion.Kind.values:
            with past_the_guards():
                MemoVersion.objects.filter(pk=version.pk).update(kind=said, because="x")
            yield "memo_changed", read("memo_changed", language, version.pk, user=user)
        with past_the_guards():
            past = PastAnswer.objects.create(
                addressee=addressee,
                answer="will",
                answered_at=now,
                answered_by=user,
                on_behalf=False,
                ended="changed",
                ended_at=now,
            )
        for ended in PastAnswer.Ended.values:
            with past_the_guards():
                PastAnswer.objects.update(ended=ended)
            yield "memo_reopened", read("memo_reopened", language, past.pk, user=user)


def replies(now, language):
    campaign = steps.campaign()
    user = campaign.drafted_by
    OfficerPhone.objects.create(user=user, number="+212612345678", asked_at=now)
    with past_the_guards():
        memo = Notification.objects.create(
            kind="memo_issued", cause="x", recipient="u:1", subject_id=1, user=user,
            channel="sms", made_at=now, due_at=now,
        )  # fmt: skip
        type(campaign).objects.update(drafted_at=now, target=100)
    for outcome in Reply.Outcome.values:
        with past_the_guards():
            reply = Reply.objects.create(
                key=outcome, meaning="yes", outcome=outcome, received_at=now, notification=memo
            )
        for center in longest(Center.objects.all(), language):
            with past_the_guards():
                type(campaign).objects.update(center=center)
            yield "reply_answered", read("reply_answered", language, reply.pk, user=user)


def newcomers(now, language):
    url = links.page_url("campaigns:me-enter", language)
    with override(language):
        text = render_to_string(catalogue.template("roster_invitation", "sms"), {"link": url})
    yield "roster_invitation", sms_letters.as_sent(text.strip())


def gifts(now, language):
    gift = blood.give()
    for center in longest(Center.objects.all(), language):
        with override(language):
            said = {"donation": gift, "town": center.city, "stop": links.stop_word()}
            text = render_to_string(catalogue.template("blood_followed", "sms"), said)
        yield "blood_followed", sms_letters.as_sent(text.strip())


def alarms(now, language):
    """Of a stock keeper, about many bags at the centres with the longest names."""
    user = factories.user()
    OfficerPhone.objects.create(user=user, number="+212612345678", asked_at=now)
    bags = blood.released()
    recalls.begin(donation=bags[0].donation, cause="lot", because="x", by=user, now=now)
    alarm = BagAlarm.objects.filter(kind="hold").first()
    for center in longest(Center.objects.all(), language, 3):
        with past_the_guards():
            BagAlarm.objects.update(center=center)
        for kind in ("bag_alarm", "bag_unanswered"):
            yield kind, read(kind, language, alarm.pk, user=user)
    with past_the_guards():
        recall = {"kind": "recall", "recall": bags[0].donation.recalls.get()}
        BagAlarm.objects.filter(pk=alarm.pk).update(**recall)
    yield "bag_alarm", read("bag_alarm", language, alarm.pk, user=user)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", [alarms, gifts, appeals, visits, officers, replies, newcomers])
def test_text_fits_with_the_longest_real_names(reference, now, language, family):
    too_long, seen = set(), set()
    for kind, text in family(now, language):
        seen.add(kind)
        if sms_parts(text) > MOST[language]:
            too_long.add((kind, len(text), text))
        if language != "ar":
            assert sms_letters.is_seven_bit(text), text
        link = LINK.search(text)
        if link and kind not in PLACELESS:  # place and day stand before the link
            assert re.match(r"[^:]+\d\d/\d\d", text[: link.start()]), text
    assert too_long == set()
    assert seen == FAMILIES[family]


FAMILIES = {
    appeals: {"appeal_invitation", "appeal_stand_down", "second_gift"},
    visits: {
        "booking_code", "booking_confirmed", "visit_reminder", "place_offered", "session_moved",
        "session_cancelled", "waiting_joined", "waiting_over", "campaign_invitation",
        "campaign_thanks", "campaign_story", "proof_code", "place_released", "waiting_moved",
        "campaign_day_changed",
    },
    officers: {
        "phone_code", "memo_issued", "memo_handed", "memo_reminder", "memo_late", "memo_changed",
        "memo_reopened",
    },
    replies: {"reply_answered"},
    alarms: {"bag_alarm", "bag_unanswered"},
    gifts: {"blood_followed"},
    newcomers: {"roster_invitation"},
}  # fmt: skip


def test_every_kind_that_goes_by_sms_is_counted():
    assert set().union(*FAMILIES.values()) == SMS_KINDS


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("Cœur « à Fès » — n° 5…", 'Coeur "à Fès" - no 5...'),
        ("“8‑10” − 37°", '"8-10" - 37 deg'),
        ("l’été à\u202f10\u00a0h", "l'été à 10 h"),
        ("El Kelâa, Hoceïma, garçon", "El Kelaa, Hoceima, garcon"),
        ("e\u0301te\u0301", "été"),
        ("1½ ﬁn ②", "11/2 fin 2"),
        ("«قف» نعم", "«قف» نعم"),
    ],
)
def test_letters_outside_the_seven_bits_leave_as_what_they_mean(text, leaves):
    assert sms_letters.as_sent(text) == leaves


def test_name_typed_by_people_is_cut_between_words():
    with override("fr"):
        assert sms_names.short("Centre Régional de Transfusion Sanguine de Fès") == "CRTS Fès"
        assert len(sms_names.short("Salle " * 33)) <= sms_names.PLACE["fr"]
        assert not sms_names.short("Salle des fêtes du quartier administratif").endswith(" ")


@pytest.mark.parametrize("inbound", [[], ["k" * 32]])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_appeal_says_how_to_stop(client, reference, now, settings, language, inbound):
    settings.SMS_INBOUND_KEYS = inbound
    appeal = appealing.opened(now, people=1)
    row = appealing.invitation(appeal)
    text = read("appeal_invitation", language, appeal.pk, donor=row.donor, contact=row.contact)
    assert {"ar": "إيقاف", "fr": "arrêter", "en": "stop"}[language] in text.replace(
        "arreter", "arrêter"
    )
    page = client.get(reverse("campaigns:answer", args=[links.token(row, links.ANSWER)]))
    stop = re.search(r'href="/en/stop/([^"/]+)/"', page.content.decode())
    assert links.read(stop[1], links.UNSUBSCRIBE) == row
    campaign = steps.campaign()
    for kind in ("campaign_invitation", "campaign_thanks"):
        text = read(kind, language, campaign.pk, donor=row.donor, contact=row.contact)
        assert "STOP" in text if inbound else "/stop" in text


def test_short_addresses_of_a_text_lead_to_the_pages(client, reference):
    campaign = steps.campaign()
    short = links.campaign_url(campaign, "fr").removeprefix("https://don.sante.gov.ma")
    assert client.get(short).url == f"/fr/campaigns/{campaign.public_id}/"
    for wrong in ("x", "é" * 22, "A" * 40):
        assert client.get(reverse("campaigns:campaign-short", args=[wrong])).status_code == 404
    assert client.get("/stop").url.endswith("/me/wishes/")
