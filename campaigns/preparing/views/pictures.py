"""Pictures of campaigns: added and removed by the unit, served from the database."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import access
from campaigns.models import Campaign
from campaigns.preparing import pictures
from campaigns.preparing.forms.preparing import PictureForm
from campaigns.views.responses import for_everybody
from centers.views.refusals import show
from donors.errors import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def index(request, public_id):
    campaign = get_object_or_404(access.organised(request.user), public_id=public_id)
    form = PictureForm(request.POST or None, request.FILES or None, campaign=campaign)
    if request.method == "POST" and form.is_valid():
        try:
            now = timezone.now()
            pictures.add(campaign=campaign, by=request.user, now=now, **form.given)
            messages.success(request, _("The picture is on the page."))
            return redirect("campaigns:drive-pictures", public_id=public_id)
        except Refused as refused:
            show(request, form, refused)
    shown = campaign.pictures.filter(removed_at=None).defer("large", "small")
    context = {"campaign": campaign, "pictures": shown, "form": form}
    return render(request, "campaigns/preparing/pictures.html", context)


@require_POST
def remove(request, public_id, picture):
    campaign = get_object_or_404(access.organised(request.user), public_id=public_id)
    row = get_object_or_404(campaign.pictures.defer("large", "small"), public_id=picture)
    try:
        pictures.remove(picture=row, by=request.user, now=timezone.now())
        messages.success(request, _("The picture is removed."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:drive-pictures", public_id=public_id)


@require_safe
def preview(request, public_id, picture, size):
    """For those who see the campaign, before its page is public."""
    campaign = get_object_or_404(access.campaigns(request.user), public_id=public_id)
    response = _served(campaign, picture, size)
    patch_cache_control(response, private=True, no_store=True)
    return response


@for_everybody
def public(request, public_id, picture, size):
    campaign = get_object_or_404(Campaign.objects.public(), public_id=public_id)
    return _served(campaign, picture, size)


def _served(campaign, picture, size) -> HttpResponse:
    shown = campaign.pictures.filter(removed_at=None).only(size)
    row = get_object_or_404(shown, public_id=picture)
    response = HttpResponse(bytes(getattr(row, size)), content_type="image/webp")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
