"""Changes of a campaign's state by one press, without a form."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns import access
from campaigns.organising import drives
from donors.errors import Refused, refusing


@require_POST
def ask(request, public_id):
    said = _("Proposed. The centre gives rooms, day and beds.")
    return _press(request, access.organised(request.user), public_id, drives.ask, said)


@require_POST
def discard(request, public_id):
    said = _("The draft is discarded.")
    return _press(request, access.organised(request.user), public_id, drives.discard, said)


@require_POST
def publish(request, public_id):
    said = _("The page is public and places can be booked.")
    return _press(request, access.to_publish(request.user), public_id, drives.publish, said)


@require_POST
def coordinate(request, public_id):
    campaign = get_object_or_404(access.organised(request.user), public_id=public_id)
    drives.coordinate(campaign=campaign, by=request.user)
    messages.success(request, _("You coordinate this campaign; reminders go to you."))
    return redirect("campaigns:drive-detail", public_id=public_id)


def _press(request, scope, public_id, rule, said):
    rows = scope.select_related("unit", "center")
    campaign = get_object_or_404(rows, public_id=public_id)
    try:
        with refusing():
            rule(campaign=campaign, by=request.user, now=timezone.now())
        messages.success(request, said)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:drive-detail", public_id=public_id)
