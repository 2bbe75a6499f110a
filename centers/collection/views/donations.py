from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from centers import access
from centers.collection import corrections
from centers.inventory import unconfirmed
from centers.models import Job

from .afterwards import WATCHERS


@require_safe
def detail(request, public_id):
    """The donation and its bags, without the name; the donor's record is behind the visit."""
    rows = access.donations(request.user).select_related(
        "center", "session", "operator", "visit__bleeding__kit"
    )
    donation = get_object_or_404(rows, public_id=public_id)
    bags = donation.bags.select_related("component").order_by("pk")
    unconfirmed.hush(bags, told=access.is_told_first(request.user, donation.center))
    chair = getattr(donation.visit, "bleeding", None)
    context = {
        "donation": donation,
        "chair": chair,
        "slow": corrections.is_slow(donation.visit),
        "counts": corrections.counting(donation.visit),
        "bags": bags,
        "meets": access.has_job(request.user, donation.center, *access.MEETS_DONORS),
        "may_recall": access.may_recall(request.user, donation.center),
        "watches": access.has_job(request.user, donation.center, *WATCHERS),
        "receives": access.has_job(request.user, donation.center, Job.RECEPTION),
    }
    return render(request, "centers/donations/detail.html", context)
