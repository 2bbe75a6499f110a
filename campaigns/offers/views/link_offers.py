"""The days offered to a unit, behind the link of an officer's message: no sign-in."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns.messaging import links
from campaigns.messaging.views.by_link import by_link
from campaigns.models import Memo
from campaigns.offers import renewal, taking
from campaigns.organising import addressee_answers, officer_links
from donors.errors import Refused

from .offers import page

CLOSED = "campaigns/memo_links/closed.html"


@require_safe
@by_link(links.MEMO, CLOSED)
def choose(request, token, notification, unit):
    _opened, row, now = _read(notification, unit)
    if request.method == "GET":
        addressee_answers.see(addressee=row, now=now)
    offers = [] if row.answer else renewal.current(unit=row.unit, now=now)
    return page(request, row, offers, token)


@require_POST
@by_link(links.MEMO, CLOSED)
def take(request, token, notification, unit, offer):
    opened, row, now = _read(notification, unit)
    chosen = get_object_or_404(row.unit.offers.select_related("center"), pk=offer)
    try:
        campaign = taking.take(offer=chosen, addressee=row, by=opened.officer, now=now)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("campaigns:memo-link-offers", token=token, unit=unit)
    if type(campaign).objects.public().filter(pk=campaign.pk).exists():
        # The link closes with the agreement, so the officer is led to the public page.
        messages.success(request, _("Taken. The campaign is public and places can be booked."))
        return redirect("campaigns:campaign-detail", public_id=campaign.public_id)
    messages.success(request, _("Taken. The centre is asked to confirm rooms, day and beds."))
    return redirect("campaigns:memo-link", token=token)


def _read(notification, unit):
    """Raises ``Refused`` where the link does not open the unit, or the memo asks for no campaign."""
    now = timezone.now()
    opened = officer_links.opened(notification, now)
    row = opened.row(unit)
    if opened.memo.kind != Memo.Kind.CAMPAIGN:
        raise Refused(_("This link is no longer valid."))
    return opened, row, now
