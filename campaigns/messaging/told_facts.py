"""What people are told who were asked for nothing: of a campaign, and where their blood went."""

from __future__ import annotations

from datetime import timedelta

from campaigns.models import Campaign, Notification
from centers.models import Donation, Issue

from . import links, sms_names

# A town is named to donors if its centre gave out so many bags in the time before.
TOWN_ISSUES, TOWN_WINDOW = 30, timedelta(days=30)


def followed(notification: Notification, language: str) -> dict[str, object]:
    """Without hospital and day. The town is named where it gives out so much that it says nothing of
    one patient."""
    donation = Donation.objects.get(pk=notification.subject_id)
    left = Issue.objects.filter(bag__donation=donation, returned=None).order_by("issued_at")
    issue = left.select_related("bag__center").first()
    town = ""
    if issue:
        since = issue.issued_at - TOWN_WINDOW
        others = Issue.objects.filter(bag__center=issue.bag.center)
        if others.filter(issued_at__range=(since, issue.issued_at)).count() >= TOWN_ISSUES:
            town = issue.bag.center.city
    return {
        "donation": donation,
        "town": town,
        "link": links.page_url("campaigns:me-history", language),
        "stop": links.stop_word(),
        "stop_link": links.unsubscribe_url(notification),
    }


def campaign(notification: Notification, language: str) -> dict[str, object]:
    """To people of the unit or those who came: the public page, and how to stop these messages."""
    row = Campaign.objects.select_related("unit", "center", "operation").get(
        pk=notification.subject_id
    )
    session = row.sessions.select_related("center").first()
    return {
        "campaign": row,
        "come_to": session if notification.kind == "campaign_invitation" else None,
        "head": sms_names.head(sms_names.cut(row.center.city, 14), sms_names.day(row.planned_on)),
        "stop": links.stop_word(),
        "short_link": links.campaign_url(row, language),
        "link": links.page_url("campaigns:campaign-detail", language, row.public_id),
        "stop_link": links.unsubscribe_url(notification),
    }
