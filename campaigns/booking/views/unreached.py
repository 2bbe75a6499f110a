"""Whom the staff of a centre telephone, because their place changed and no message arrives."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import access
from campaigns.booking import unreached


@require_safe
@never_cache
def index(request):
    centers = access.centers_that_call(request.user)
    rows = unreached.lines(centers=centers, by=request.user, now=timezone.now())
    return render(request, "campaigns/visits/unreached.html", {"rows": rows})
