"""Returned mail as servers write it: what moves a message, what marks an address, what does nothing."""

from email.message import EmailMessage

import pytest
from django.utils import timezone

from campaigns.inbound import bounces, mailbox
from campaigns.messaging import marks, outbox
from campaigns.models import DeliveryReport, Notification
from donors.models import Consent
from tests.support import appealing, peers

pytestmark = pytest.mark.django_db

# As Postfix 3.7.11 writes it, shortened.
REPORT = """\
Return-Path: <>
Delivered-To: {to}
From: Mail Delivery System <MAILER-DAEMON@centre.test>
Subject: Undelivered Mail Returned to Sender
To: {to}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B/1"

This is a MIME-encapsulated message.

--B/1
Content-Type: text/plain; charset=utf-8

Action: delivered is what this text may say.

--B/1
Content-Description: Delivery report
Content-Type: message/{kind}delivery-status{encoding}

{status}
--B/1
Content-Type: message/rfc822

From: Blood <no-reply@centre.test>
To: {address}
Subject: x
Message-ID: <{name}@centre.test>

hello
--B/1--
"""
STATUS = """\
Reporting-MTA: dns; mta.centre.test
Arrival-Date: Fri, 27 Nov 2026 22:26:46 +0000 (UTC)

Final-Recipient: rfc822; {final}
Original-Recipient: rfc822;{original}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
"""


@pytest.fixture
def sent(settings, reference, now):
    settings.QUIET_HOURS = (24, 0)
    row = appealing.invitation(appealing.opened(now, people=1))
    outbox.deliver(now=now)
    row.refresh_from_db()
    assert row.state == "sent"
    return row


def report(
    row, status="5.1.1", *, action="failed", said="550 no", final="", by="verp", kind=""
) -> bytes:
    address = row.contact.address
    mark = marks.of(row.pk, marks.ENVELOPE)
    to = f"Bounces+{mark.upper()}@centre.test" if by == "verp" else "no-reply@centre.test"
    name = f"n{marks.of(row.pk, marks.MESSAGE_ID)}" if by == "id" else f"n{row.pk}-{'0' * 20}"
    fields = {"final": final or address, "original": address, "action": action, "status": status}
    text = STATUS.format(**fields, said=said)
    return REPORT.format(
        to=to, kind=kind, encoding="", status=text, address=address, name=name
    ).encode()


def read(raw: bytes) -> str:
    return bounces.read(raw, now=timezone.now())


def after(row) -> tuple[str, str, str]:
    """State, refusal, and why the address is dead."""
    row.refresh_from_db()
    row.contact.refresh_from_db()
    return row.state, row.refusal, row.contact.failed_reason


@pytest.mark.parametrize("by", ["verp", "id"])
@pytest.mark.parametrize("kind", ["", "global-"])
def test_unknown_mailbox_is_dead_by_either_name_and_format(sent, by, kind):
    assert read(report(sent, by=by, kind=kind)) == "failed 5.1.1"
    assert after(sent) == ("failed", "recipient", "unknown")
    assert read(report(sent, by=by, kind=kind)) == "known"
    assert DeliveryReport.objects.count() == 1


def test_global_report_in_base64_is_read(sent):
    import base64

    plain = report(sent, kind="global-").decode()
    status = plain[
        plain.index("Reporting-MTA") : plain.index("\n--B/1\nContent-Type: message/rfc822")
    ]
    packed = base64.encodebytes(status.encode()).decode()
    raw = plain.replace(
        "global-delivery-status", "global-delivery-status\nContent-Transfer-Encoding: base64"
    )
    assert read(raw.replace(status, packed).encode()) == "failed 5.1.1"
    assert after(sent)[2] == "unknown"


def test_forged_report_moves_nothing(sent):
    assert read(report(sent, by="forged")) == "not about a message of ours"
    assert after(sent) == ("sent", "", "")


@pytest.mark.parametrize(
    ("status", "said", "refusal"),
    [
        ("4.4.1", "connect to 127.0.0.1: Connection refused", "temporary"),
        ("4.4.7", "400 delivery time expired", "temporary"),
        ("5.2.2", "552 5.2.2 mailbox is full", "message"),
        ("5.7.1", "554 5.7.1 policy", "ours"),
        ("5.0.0", "550 no reason", "doubtful"),
        ("", "", "doubtful"),
    ],
)
def test_other_ends_fail_the_message_and_mark_no_address(sent, status, said, refusal):
    read(report(sent, status, said=said))
    assert after(sent) == ("failed", refusal, "")


def test_class_only_is_refined_by_the_remote_servers_words(sent):
    read(report(sent, "5.0.0", said="550 5.1.1 <x@dead.test>: no such mailbox"))
    assert after(sent) == ("failed", "recipient", "unknown")


def test_address_that_forwards_to_a_dead_one_is_in_doubt_only(sent):
    read(report(sent, final="old@elsewhere.example"))
    assert after(sent) == ("failed", "doubtful", "")


@pytest.mark.parametrize(
    ("action", "outcome"), [("delayed", None), ("relayed", "accepted"), ("delivered", "delivered")]
)
def test_reports_of_delay_and_success(sent, action, outcome):
    read(report(sent, "2.0.0" if outcome else "4.4.1", action=action))
    assert after(sent) == ("sent", "", "")
    assert (
        list(DeliveryReport.objects.values_list("outcome", flat=True)) == [outcome][: bool(outcome)]
    )


def test_automatic_answer_is_no_report(sent):
    mail = EmailMessage()
    mail["To"] = f"bounces+{marks.of(sent.pk, marks.ENVELOPE)}@centre.test"
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("Action: failed\nStatus: 5.1.1\n\nI am away.")
    assert read(bytes(mail)) == "not a report"
    assert read(b"") == read(b"\xff\x00") == "not a report"
    assert after(sent)[0] == "sent"


def complaint(row, kind: str) -> bytes:
    return f"""\
From: <fbl@provider.example>
To: <postmaster@centre.test>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is a spam report.
--B
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Provider/1.0
Version: 1
Original-Mail-From: <bounces+{marks.of(row.pk, marks.ENVELOPE)}@centre.test>

--B
Content-Type: text/rfc822-headers

Subject: x

--B--
""".encode()


def test_complaint_stops_appeals(sent):
    assert read(complaint(sent, "not-spam")) == "no complaint"
    assert read(complaint(sent, "abuse")) == "complaint"
    assert not Consent.objects.live().filter(donor=sent.donor, purpose="appeals").exists()
    assert after(sent) == ("sent", "", "")


def test_mailbox_is_read_once(sent, settings):
    with peers.dovecot() as (address, put):
        settings.BOUNCE_MAILBOX_URL = address
        put(report(sent))
        put(b"Subject: hello\r\n\r\nno report")
        assert sorted(mailbox.read(now=timezone.now())) == ["failed 5.1.1", "not a report"]
        assert list(mailbox.read(now=timezone.now())) == []
    assert after(sent) == ("failed", "recipient", "unknown")


def test_message_that_failed_and_is_sent_anew_may_fail_anew(sent):
    read(report(sent))
    assert Notification.objects.filter(pk=sent.pk, state="failed").update(
        state="pending", settled_at=None, attempts=0, due_at=timezone.now()
    )
    sent.contact.__class__.objects.filter(pk=sent.contact_id).mark_working()
    outbox.deliver(now=timezone.now())
    assert after(sent) == ("sent", "", "")
    assert read(report(sent)) == "failed 5.1.1"
    assert after(sent) == ("failed", "recipient", "unknown")
