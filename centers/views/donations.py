from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from centers import access, donations
from centers.errors import Refused
from centers.forms.visits import DonationForm
from centers.models import Job

from . import visits
from .refusals import show


@require_POST
def record(request, public_id):
    visit = visits.load(request, public_id, Job.COLLECTION)
    form = DonationForm(request.POST, visit=visit)
    if not form.is_valid():
        return visits.page(request, visit, donation_form=form)
    now = timezone.now()
    try:
        donation = donations.record(
            visit=visit, captured_at=now, by=request.user, now=now, **form.cleaned_data
        )
    except Refused as refused:
        show(request, form, refused)
        return visits.page(request, visit, donation_form=form)
    return redirect("centers:donation-detail", public_id=donation.public_id)


@require_safe
def detail(request, public_id):
    """The donation and its bags; no name: the donor's record is behind the visit."""
    rows = access.donations(request.user).select_related("center", "session", "visit")
    donation = get_object_or_404(rows, public_id=public_id)
    context = {
        "donation": donation,
        "bags": donation.bags.select_related("component").order_by("pk"),
        "meets": access.has_job(request.user, donation.center, *access.MEETS_DONORS),
        "receives": access.has_job(request.user, donation.center, Job.RECEPTION),
    }
    return render(request, "centers/donations/detail.html", context)
