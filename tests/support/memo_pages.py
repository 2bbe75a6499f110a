"""The pages of memos and their drafts, as tests fill them in."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from campaigns.models import MemoDraft

from . import factories


def typed(**fields) -> dict:
    day = timezone.localdate() + timedelta(days=2)
    return {
        "issuer": factories.unit("DGSN").pk,
        "reference": "DGSN/2026/17",
        "kind": "campaign",
        "urgency": "urgent",
        "subject_ar": "حملة استعجالية",
        "body_ar": "التبرع طوعي",
        "deadline_on": day.isoformat(),
        "deadline_time": "18:00",
        "scope": "whole",
    } | fields


def page(memo, name="memo-detail", *more) -> str:
    return reverse(f"campaigns:{name}", args=[memo.public_id, *more])


def drafted(client, operation, **fields) -> MemoDraft:
    url = reverse("campaigns:memo-write", args=[operation.public_id])
    sent = client.post(url, typed(**fields))
    assert sent.status_code == 302, sent.context["form"].errors
    return MemoDraft.objects.latest("pk")


def at(draft, name="memo-draft") -> str:
    return reverse(f"campaigns:{name}", args=[draft.public_id])


def issued(client, draft):
    return client.post(at(draft, "memo-issue"), {"revision": draft.revision}, follow=True)
