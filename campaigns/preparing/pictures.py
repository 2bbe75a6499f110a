"""Pictures of a campaign's page: looked into, made small, and rid of everything but the picture."""

from __future__ import annotations

import warnings
from datetime import datetime
from io import BytesIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from campaigns.models import Campaign, CampaignPicture
from donors.errors import Refused
from donors.models import User

MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000  # a camera of a telephone; more may be a bomb of a few packed bytes
LEAST_SIDE = 300
LARGE, SMALL = 1280, 480
QUALITY = 78
MOST = 6
FORMATS = ("JPEG", "PNG", "WEBP")


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
    """The file is decoded and drawn anew in two sizes: no metadata, no place, nothing hidden in it
    is kept."""
    large, small, (width, height) = _drawn(file)
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
        width=width,
        height=height,
        large=large,
        small=small,
        added_at=now,
        added_by=by,
    )


def remove(*, picture: CampaignPicture, by: User, now: datetime) -> None:
    """The picture is gone at once and its bytes too; who removed it stays on record."""
    shown = CampaignPicture.objects.filter(pk=picture.pk, removed_at=None)
    if not shown.update(removed_at=now, removed_by=by, large=None, small=None):
        raise Refused(_("This picture was removed already."))


def _drawn(file: UploadedFile) -> tuple[bytes, bytes, tuple[int, int]]:
    if file.size is None or file.size > MOST_BYTES:
        raise Refused(_("The file is larger than 10 MB. Take a smaller picture."), "file")
    unreadable = Refused(_("This is no picture in JPEG, PNG or WebP."), "file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Refused(_("The picture has too many pixels. Make it smaller."), "file")
                if min(image.size) < LEAST_SIDE:
                    raise Refused(_("The picture is smaller than 300 pixels."), "file")
                image.draft("RGB", (LARGE * 2, LARGE * 2))
                whole = ImageOps.exif_transpose(image)
                flat = _without_transparency(whole)
                flat.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    except Refused:
        raise
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
    ) as error:
        raise unreadable from error
    small = flat.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return _webp(flat), _webp(small), flat.size


def _without_transparency(image: Image.Image) -> Image.Image:
    """In plain colours on white, a new picture that carries nothing of the file."""
    rgba = image.convert("RGBA")
    ground = Image.new("RGB", rgba.size, "white")
    ground.paste(rgba, mask=rgba.getchannel("A"))
    return ground


def _webp(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
