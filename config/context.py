from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from config import drafts


def site(request) -> dict:
    return {
        "DEMO": settings.DEMO,
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "READER": reader(request),
        "DRAFT_KEY": drafts.key(request),
        "UTC_MINUTES": (timezone.localtime().utcoffset() or timedelta()) // timedelta(minutes=1),
    }


def reader(request) -> str:
    """A key that separates the drafts of people who share one screen; empty for an anonymous
    reader."""
    user = getattr(request, "user", None)  # missing when a middleware before authentication failed
    if user is None or not user.is_authenticated:
        return ""
    return salted_hmac("drafts", str(user.pk)).hexdigest()[:12]
