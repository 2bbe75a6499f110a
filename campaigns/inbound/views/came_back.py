from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns import access
from campaigns.inbound import replies

PAGE, SHOWN = 20, 20


@require_safe
def index(request):
    """Texts that came in, those for a person first, and the latest delivery reports."""
    user = request.user
    if not (access.watches_delivery(user) or access.managed_centers(user).exists()):
        raise PermissionDenied
    rows = access.replies(user)
    reports = access.delivery_reports(user)
    lately = reports.filter(at__gt=timezone.now() - replies.RECENT)
    counts = dict(lately.order_by().values_list("outcome").annotate(Count("pk")))
    context = {
        "to_read": rows.to_read()[:SHOWN],
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "counts": [(kind, counts[kind]) for kind in reports.model.Outcome if kind in counts],
        "reports": reports[:SHOWN],
        "settles": access.replies_to_read(user).exists(),
        "watches": access.watches_delivery(user),
    }
    return render(request, "campaigns/came_back/index.html", context)


@require_POST
def read(request, pk):
    """A person has read the text and did what it asks for."""
    reply = get_object_or_404(access.replies_to_read(request.user), pk=pk)
    replies.settle_by_person(reply=reply, by=request.user, now=timezone.now())
    return redirect("campaigns:came-back")
