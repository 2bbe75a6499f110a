"""Pictures of a campaign's page: looked into, made small, and rid of everything but the picture."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Campaign, CampaignPicture
from donors.errors import Refused
from donors.models import User

from .picture_drawing import drawn

MOST_BYTES = 10_000_000
MOST = 6


@transaction.atomic
def add(
    *,
    campaign: Campaign,
    file: UploadedFile,
    alt_ar: str,
    alt_fr: str,
    alt_en: str,
    by: User,
    now: datetime,
) -> CampaignPicture:
    """The file is drawn anew in two sizes and not kept itself."""
    if file.size is None or file.size > MOST_BYTES:
        raise Refused(_("The file is larger than 10 MB. Take a smaller picture."), "file")
    picture = drawn(file.read())
    locked = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    after = locked.state == Campaign.State.CLOSED
    if not (after or locked.is_coming):
        raise Refused(_("This campaign is over; its page stays as it is."))
    shown = CampaignPicture.objects.filter(campaign=locked, removed_at=None, after=after)
    if shown.count() >= MOST:
        raise Refused(_("A page has at most six pictures. Remove one first."), "file")
    return CampaignPicture.objects.create(
        campaign=locked,
        after=after,
        alt_ar=alt_ar,
        alt_fr=alt_fr,
        alt_en=alt_en,
        width=picture.width,
        height=picture.height,
        large=picture.large,
        small=picture.small,
        added_at=now,
        added_by=by,
    )


def remove(*, picture: CampaignPicture, by: User, now: datetime) -> None:
    """The picture is gone at once and its bytes too; who removed it stays on record."""
    shown = CampaignPicture.objects.filter(pk=picture.pk, removed_at=None)
    if not shown.update(removed_at=now, removed_by=by, large=None, small=None):
        raise Refused(_("This picture was removed already."))
