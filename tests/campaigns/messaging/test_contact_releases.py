"""Marks and failures within the given period are undone; those before and after it remain."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from campaigns.messaging import contact_releases, outbox
from campaigns.models import ContactRelease, DeliveredCopy, Notification
from donors.models import Contact
from tests.support import appealing, factories
from tests.support.attack import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def bad_hour(reference, now, settings):
    """Of five people asked three were marked as dead because of an expired token, one before that;
    and one more message was skipped because of the mark."""
    settings.QUIET_HOURS = (24, 0)
    appeal = appealing.opened(now, people=5)
    rows = list(Notification.objects.filter(kind="appeal_invitation").order_by("pk"))
    for row, ago in zip(rows, (30, 30, 30, 90), strict=False):
        at = now - timedelta(minutes=ago)
        settle(row, at, code="http 401")
    later = Notification.objects.create(
        kind="appeal_stand_down", cause="later", recipient=rows[0].recipient, donor=rows[0].donor,
        subject_id=appeal.pk, contact=rows[0].contact, channel="email", made_at=now, due_at=now,
    )  # fmt: skip
    Notification.objects.filter(pk=later.pk).update(
        state="skipped", error="address gone", settled_at=now
    )
    return rows


def settle(row, at, **fields):
    Notification.objects.filter(pk=row.pk).update(state="claimed", owner="0" * 32, lease_until=at)
    Notification.objects.filter(pk=row.pk).update(state="attempting", attempts=1)
    free = {"owner": None, "lease_until": None, "settled_at": at}
    Notification.objects.filter(pk=row.pk).update(state="failed", **free, **fields)
    Contact.objects.filter(pk=row.contact_id).update(
        failed_at=at, failed_code=fields.get("code", "")
    )


def release(now, *more) -> str:
    since = timezone.localtime(now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    out = StringIO()
    call_command("release_contacts", "--channel", "email", "--since", since, *more, stdout=out)
    return out.getvalue()


def test_dry_run_counts_and_changes_nothing(bad_hour, now):
    assert release(now).startswith("3 addresses would work again, 4 messages would")
    assert Contact.objects.filter(failed_at__isnull=False).count() == 4
    assert not ContactRelease.objects.exists()


def test_release_takes_back_the_hour_and_the_messages_leave(bad_hour, now):
    by = factories.administrator()
    said = release(now, "--apply", "--by", by.username)
    assert said == "3 addresses work again, 4 messages are queued again.\n"
    assert Contact.objects.filter(failed_at__isnull=False).get() == bad_hour[3].contact
    done = ContactRelease.objects.get()
    assert (done.made_by, done.contacts, done.messages) == (by, 3, 4)
    outbox.deliver(now=timezone.now())
    invited = Notification.objects.filter(kind="appeal_invitation")
    assert invited.filter(state="sent").count() == 4
    assert DeliveredCopy.objects.filter(notification__in=bad_hour[:3]).count() == 3


def test_what_is_no_longer_timely_does_not_leave(bad_hour, now):
    by = factories.administrator()
    release(now, "--apply", "--by", by.username)
    bad_hour[0].wave.appeal.__class__.objects.update(state="ended", settled_at=now)
    outbox.deliver(now=timezone.now())
    assert not Notification.objects.filter(kind="appeal_invitation", state="sent").exists()


def test_release_may_be_narrowed_to_a_code(bad_hour, now):
    settle(bad_hour[4], now - timedelta(minutes=5), code="5.1.1")
    assert release(now).startswith("4 addresses")
    assert release(now, "--code", "http 401").startswith("3 addresses would work again, 4")
    assert release(now, "--code", "5.1.1").startswith("1 addresses would work again, 1")


def test_release_wants_an_administrator_and_an_interval(bad_hour, now):
    for name in ([], ["--by", factories.user().username]):
        with pytest.raises(CommandError, match="administrator"):
            release(now, "--apply", *name)
    with pytest.raises(CommandError, match="before it begins"):
        by = factories.administrator().username
        release(now, "--apply", "--by", by, "--until", "2020-01-01T00:00")


def test_database_keeps_a_release_and_lets_only_failed_messages_go_again(bad_hour, now):
    release(now, "--apply", "--by", factories.administrator().username)
    assert "append-only" in refused("UPDATE campaigns_contactrelease SET contacts = 0")
    Notification.objects.filter(cause="later").update(state="skipped", settled_at=now, error="x")
    back = "UPDATE campaigns_notification SET state = 'pending', settled_at = NULL WHERE cause = %s"
    assert "does not go from skipped to pending" in refused(back, "later")


def test_database_refuses_a_reason_without_a_failure(bad_hour):
    said = refused("UPDATE donors_contact SET failed_at = NULL WHERE failed_code = 'http 401'")
    assert "working_contact_has_no_failure" in said


def test_doubtful_word_about_a_colleagues_address_counts_nobody_elses(
    reference, now, django_assert_num_queries
):
    """Without a contact, all staff messages would count as refusals of the same address."""
    message = Notification(kind="memo_issued", user=factories.user(), subject_id=1, channel="email")
    with django_assert_num_queries(0):
        contact_releases.mark(notification=message, reason=None, doubtful=True, now=now)
