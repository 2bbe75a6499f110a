from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from campaigns import links, need, places
from centers.models import Center

from .public import for_everybody


@for_everybody
def detail(request, code):
    """When a centre collects, what it lacks, and the way there."""
    now = timezone.now()
    center = get_object_or_404(Center.objects.collecting().select_related("province"), code=code)
    followed = links.page_url("campaigns:center-calendar", request.LANGUAGE_CODE, code)
    context = {
        "center": center,
        "need": need.at(center, now),
        "days": places.at(center, now),
        "calendar": links.subscribed(followed),
    }
    return render(request, "campaigns/public/centre.html", context)
