"""Mail beside its plain text: HTML that mail programs show, and the entry in the calendar."""

import email
import email.policy
import re
from html.parser import HTMLParser

import icalendar
import pytest
from django.utils.translation import override

from campaigns.booking import visits
from campaigns.messaging import catalogue, html_mail
from campaigns.messaging.transports import mime
from campaigns.models import Notification
from centers.models import Appointment, Session
from tests.support import appealing, asking, factories
from tests.support import booking as steps
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db
LANGUAGES = ("ar", "fr", "en")
GMAIL_CLIPS = 102_000  # bytes
ALONE = {"meta", "br", "img", "hr", "link"}
URL = re.compile(r"https?://[^\s<>\"]+")


@pytest.fixture(autouse=True)
def _open_all_day(settings):
    settings.QUIET_HOURS = (24, 0)


class Page(HTMLParser):
    """What a mail program makes of it: its links and words; a tag left open is a fault."""

    def __init__(self, html):
        super().__init__()
        self.open, self.links, self.words, self.outside = [], [], "", []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag not in ALONE:
            self.open.append(tag)
        if tag == "a":
            self.links.append(said["href"])
        if tag in ("img", "link", "script", "iframe", "object", "form") or said.get("src"):
            self.outside.append(tag)
        if "background" in said or "url(" in said.get("style", ""):
            self.outside.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open and "title" not in self.open:
            self.words += data


def read(kind, language, subject, **values):
    row = Notification(pk=7, kind=kind, channel="email", subject_id=subject, **values)
    reader = row.donor or row.user or row.request
    reader.language = language
    return catalogue.render(row)


@pytest.fixture
def booked(reference, now):
    return steps.confirmed(steps.slot(steps.campaign(days=2)), now)


def sent(kind):
    return Notification.objects.select_related("donor", "contact").filter(kind=kind).latest("pk")


def told(kind, appointment, language="fr"):
    to = sent("booking_confirmed")
    return read(kind, language, appointment.pk, donor=to.donor, contact=to.contact)


def messages(now, language):
    appeal = appealing.opened(now, people=1)
    row = appealing.invitation(appeal)
    to = {"donor": row.donor, "contact": row.contact, "wave": row.wave}
    yield read("appeal_invitation", language, appeal.pk, **to)
    yield read("appeal_stand_down", language, appeal.pk, **to)
    campaign = steps.campaign(days=2)
    appointment = steps.confirmed(steps.slot(campaign), now)
    for kind in ("booking_confirmed", "visit_reminder", "session_moved", "session_cancelled"):
        yield told(kind, appointment, language)
    for kind in ("campaign_invitation", "campaign_thanks"):
        yield read(kind, language, campaign.pk, donor=row.donor, contact=row.contact)
    asked = Notification.objects.filter(kind="booking_code").select_related("request").get()
    yield read("booking_code", language, asked.subject_id, request=asked.request)
    memo = asking.memo("SR-TAZ")
    officer = factories.officer(factories.unit("SR-TAZ"))
    yield read("memo_issued", language, memo.pk, user=officer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_says_what_the_text_says_with_one_button_and_nothing_from_outside(
    reference, now, language
):
    for message in messages(now, language):
        page = Page(message.html)
        assert page.outside == [] and "javascript" not in message.html
        words = " ".join(page.words.split())
        for line in message.text.splitlines():
            if not URL.search(line):
                assert " ".join(line.split()).rstrip(" :").removeprefix("- ") in words, line
        assert set(URL.findall(message.text)) <= set(page.links)
        assert message.html.count('class="button"') <= 1
        assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in message.html
        assert "prefers-color-scheme: dark" in message.html
        assert len(message.html.encode()) < GMAIL_CLIPS / 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_place_stands_in_the_mail_with_its_day_and_map(booked, language):
    session = booked.slot.session
    message = told("booking_confirmed", booked, language)
    page = Page(message.html)
    with override(language):
        assert session.name in page.words and session.center.name in page.words
    assert html_mail.map_url(session) in page.links
    assert message.html.count('class="button"') == 1
    page_url = next(url for url in URL.findall(message.text) if "/v/" in url)
    assert page_url in page.links


def test_mail_sends_nobody_to_a_place_on_a_day_that_is_advised_against(booked):
    factories.sheet(booked.donor, UNWELL=None)
    message = told("booking_confirmed", booked)
    assert 'class="place"' not in message.html and message.calendar is None


def test_names_are_text_and_no_markup(booked):
    with past_the_guards():
        Session.objects.update(name_fr='<b>Salle</b> "A" & $body')
    page = told("booking_confirmed", Appointment.objects.get()).html
    assert "<b>Salle" not in page and "&lt;b&gt;Salle" in page and "&amp; $body" in page


def entry(message):
    built = email.message_from_bytes(mime.built(message, eight_bit=True))
    (part,) = (p for p in built.walk() if p.get_content_type() == "text/calendar")
    calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    assert part.get_param("method") == calendar["method"] and part.get_param("charset") == "utf-8"
    (event,) = calendar.walk("VEVENT")
    return calendar["method"], event


def test_calendar_follows_the_visit_from_booking_over_moves_to_its_end(booked, now):
    method, first = entry(told("booking_confirmed", booked))
    assert (method, first["status"], first["sequence"]) == ("REQUEST", "CONFIRMED", 0)
    assert first["attendee"] == f"mailto:{steps.PERSON['address']}"
    later = steps.later_slot(booked.slot.session.campaigns.get())
    moved = visits.move(appointment=booked, slot=later, now=now)
    assert moved.pk != booked.pk
    method, second = entry(told("booking_confirmed", moved))
    assert method == "REQUEST" and second["uid"] == first["uid"]
    assert second["sequence"] > first["sequence"]
    assert second.decoded("dtstart") == later.starts_at.replace(microsecond=0)
    with past_the_guards():
        Session.objects.update(moves=1, moved_at=now, was_at=now)
    moved = Appointment.objects.select_related("slot__session").get(pk=moved.pk)
    method, third = entry(told("session_moved", moved))
    assert method == "REQUEST" and third["uid"] == first["uid"]
    assert third["sequence"] > second["sequence"]
    method, last = entry(told("session_cancelled", moved))
    assert (method, last["status"]) == ("CANCEL", "CANCELLED")
    assert last["uid"] == first["uid"] and last["sequence"] > third["sequence"]


def test_mail_carries_the_text_first_then_html_then_the_calendar(booked):
    message = told("booking_confirmed", booked, "ar")
    built = email.message_from_bytes(
        mime.built(message, eight_bit=True), policy=email.policy.default
    )
    assert built.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in built.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    assert {part["Content-Transfer-Encoding"] for part in built.iter_parts()} == {"8bit"}
    text = next(built.iter_parts()).get_content()
    assert " ".join(text.split()) == " ".join(message.text.split())


def test_long_list_unsubscribe_stays_one_unencoded_header(reference, now, settings):
    settings.SITE_URL = "https://don-de-sang.centres-regionaux.agence-marocaine.sante.gov.ma"
    row = appealing.invitation(appealing.opened(now, people=1))
    row.pk = 600_000_000
    message = catalogue.render(row)
    url = message.headers["List-Unsubscribe"]
    assert len(f"List-Unsubscribe: {url}") > 100
    wire = mime.built(message, eight_bit=True)
    head = wire.split(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    assert f"List-Unsubscribe: {url}" in head
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    for policy in (email.policy.SMTP, email.policy.compat32):
        assert email.message_from_bytes(wire, policy=policy)["List-Unsubscribe"] == url
