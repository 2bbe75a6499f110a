from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac


def site(request) -> dict:
    return {
        "DEMO": settings.DEMO,
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "READER": reader(request),
        "UTC_MINUTES": (timezone.localtime().utcoffset() or timedelta()) // timedelta(minutes=1),
    }


def reader(request) -> str:
    """What tells the drafts of one person at a shared screen from another's; empty for a stranger."""
    user = getattr(request, "user", None)  # none where a middleware before the sign-in failed
    if user is None or not user.is_authenticated:
        return ""
    return salted_hmac("drafts", str(user.pk)).hexdigest()[:12]
