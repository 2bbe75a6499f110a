from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import access
from campaigns.messaging.forms.outbox import SentFilter

PAGE = 12


@login_not_required
@never_cache
@require_safe
def sent(request):
    """The demonstration's inbox and telephone: each message as its recipient reads it."""
    if not settings.DEMO:
        raise Http404
    choice = SentFilter(request.GET)
    copies = choice.apply(access.delivered_copies().order_by("-handed_over_at", "-pk"))
    page = Paginator(copies, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "filter": choice, "query": choice.query}
    return render(request, "campaigns/outbox/sent.html", context)
