from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns import access
from campaigns.messaging import channels, operating, whatsapp
from donors.errors import Refused
from donors.models import Channel

SHOWN = 10


@require_safe
def index(request):
    """State of each channel: whether messages are sent, why not, what to do, and earlier stops."""
    access.require_overview(request.user)
    now = timezone.now()
    stopped = {stop.channel: stop for stop in channels.with_waiting(channels.stops())}
    # WhatsApp without a provider does not run, and nothing of it is to be seen.
    shown = [c for c in Channel if c != Channel.WHATSAPP or whatsapp.is_on() or c in stopped]
    context = {
        "channels": [(c, stopped.get(c), operating.figures(c, now)) for c in shown],
        "past": channels.past_stops()[:SHOWN],
        "released": access.contact_releases(request.user)[:SHOWN],
    }
    return render(request, "campaigns/channels/list.html", context)


@require_POST
def try_now(request):
    return _done(request, channels.try_now, _("One message is tried within seconds."))


@require_POST
def pause(request):
    return _done(request, channels.pause, _("The channel is paused; its messages are kept."))


@require_POST
def let_leave(request):
    return _done(request, channels.let_leave, _("The channel is open; its messages leave now."))


def _done(request, act, sentence):
    access.require_administrator(request.user)
    try:
        act(channel=request.POST.get("channel", ""), by=request.user, now=timezone.now())
        messages.success(request, sentence)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:channels")
