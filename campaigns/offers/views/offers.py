from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns import access
from campaigns.models import Memo
from campaigns.offers import renewal, taking
from campaigns.organising import addressee_answers
from donors.errors import Refused


@require_safe
def choose(request, public_id, unit):
    """Three days for a unit that owes an answer; opening them counts as seeing the memo."""
    addressee, now = _own(request, public_id, unit), timezone.now()
    addressee_answers.see(addressee=addressee, now=now)
    offers = [] if addressee.answer else renewal.current(unit=addressee.unit, now=now)
    return page(request, addressee, offers)


def page(request, addressee, offers, token=""):
    """The days of a unit, for a signed-in officer or behind the ``token`` of a link."""
    context = {"addressee": addressee, "memo": addressee.memo, "offers": offers, "token": token}
    context["by_text"] = bool(settings.SMS_INBOUND_KEYS)
    return render(request, "campaigns/offers/choose.html", context)


@require_POST
def take(request, public_id, unit, offer):
    addressee = _own(request, public_id, unit)
    chosen = get_object_or_404(addressee.unit.offers.select_related("center"), pk=offer)
    try:
        campaign = taking.take(
            offer=chosen, addressee=addressee, by=request.user, now=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("campaigns:memo-offers", public_id=public_id, unit=unit)
    public = type(campaign).objects.public().filter(pk=campaign.pk).exists()
    if public:
        messages.success(request, _("Taken. The campaign is public and places can be booked."))
    else:
        messages.success(request, _("Taken. The centre is asked to confirm rooms, day and beds."))
    return redirect("campaigns:drive-detail", public_id=campaign.public_id)


def _own(request, public_id, unit):
    rows = access.answering(request.user).filter(memo__kind=Memo.Kind.CAMPAIGN)
    rows = rows.select_related("memo__operation", "unit__province")
    return get_object_or_404(rows, memo__public_id=public_id, unit__code=unit)
