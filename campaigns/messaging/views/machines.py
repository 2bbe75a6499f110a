from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.messaging import links, unsubscribing
from donors.errors import Refused


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "POST"])
def unsubscribe(request, token: str):
    """RFC 8058: a mail program POSTs here without cookie or token; a GET only shows a page."""
    if request.method == "GET":
        return redirect("campaigns:stop-appeals", token=token)
    try:
        notification = links.read(token, links.UNSUBSCRIBE)
        unsubscribing.stop_for_good(notification=notification, now=timezone.now())
    except Refused as refused:
        return HttpResponse(str(refused), status=410, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@login_not_required
@require_safe
def stop(request):
    """The short address of an SMS: the page of one's own wishes, which asks who it is."""
    return redirect("campaigns:me-wishes")
