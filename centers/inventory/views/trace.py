from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from centers import access
from centers.inventory import held_bags, trace
from centers.models import Bag, Job


@require_safe
def forward(request, public_id):
    """For doctors: every donation of a person, and every hospital that got a bag."""
    visit = get_object_or_404(
        access.visits(request.user).select_related("donor__merged_into", "session__center"),
        public_id=public_id,
    )
    if not access.has_job(request.user, visit.session.center, Job.DOCTOR):
        raise Http404
    return _page(request, visit.donor.person)


def _page(request, donor, bag=None):
    given = trace.forward(donor=donor, by=request.user, now=timezone.now())
    in_doubt = held_bags.is_in_doubt(donor)
    context = {"donor": donor, "in_doubt": in_doubt, "given": given, "bag": bag}
    return render(request, "centers/trace/forward.html", context)


@require_safe
def back(request, public_id):
    """From a bag to its donor: for doctors of the centre that collected or has it."""
    rows = Bag.objects.select_related("donation__donor__merged_into", "donation__center", "center")
    bag = get_object_or_404(rows, public_id=public_id)
    places = (bag.center, bag.donation.center)
    if not any(access.has_job(request.user, place, Job.DOCTOR) for place in places):
        raise Http404
    donor = trace.back(bag=bag, by=request.user, now=timezone.now())
    return _page(request, donor, bag)
