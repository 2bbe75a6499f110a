"""What gateways call. A wrong key gets 404 or 403; with the right one the answer is always the same,
so that it tells nothing about a message or a number."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns import access
from campaigns.inbound import keys, payloads, replies, reports, whatsapp
from campaigns.messaging import marks
from campaigns.models import DeliveryReport
from donors.models import Channel

LARGEST = 20_000  # bytes
MANY = 900_000  # Meta posts many statuses at once
Source = DeliveryReport.Source


def for_gateways(*methods, largest=LARGEST):
    def decorate(view):
        @wraps(view)
        def checked(request, **named):
            if int(request.headers.get("Content-Length") or 0) > largest:
                return HttpResponse(status=413)
            return view(request, **named)

        return login_not_required(csrf_exempt(never_cache(require_http_methods(methods)(checked))))

    return decorate


def _thanks():
    return HttpResponse(status=200, content_type="text/plain")


@for_gateways("GET", "POST")
def report(request, token: str):
    """A delivery report to the address that we gave with the message (Kannel asks by GET)."""
    message = marks.read(token, marks.REPORT)
    if message is None:
        raise Http404
    said = request.POST or request.GET
    told = payloads.outcome(
        kannel_type=said.get("type", ""),
        status=said.get("status", ""),
        code=said.get("code", ""),
    )
    if told:
        reports.record(message=message, source=Source.KANNEL, now=timezone.now(), **told)
    return _thanks()


@for_gateways("POST")
def reply(request, key: str):
    """A text that somebody sent to our number."""
    if not keys.is_ours(key):
        raise Http404
    if "X-Kannel-To" in request.headers or "X-Kannel-From" in request.headers:
        text = payloads.kannel_text(request.headers, request.body)
    else:
        text = payloads.posted_text(request.body, request.POST)
    _receive(text)
    return _thanks()


@for_gateways("POST")
def envoisms(request):
    """Signed reports and replies of envoisms."""
    header, now = request.headers.get("X-EnvoiSMS-Signature", ""), timezone.now()
    if not keys.is_signed(header=header, body=request.body, now=now):
        return HttpResponse(status=403)
    event = payloads.event(request.body)
    if event.is_reply:
        _receive(payloads.Text(event.number, event.text, event.gateway_id))
        return _thanks()
    message = marks.read(event.mark, marks.REPORT) or access.message_of_gateway(event.gateway_id)
    told = payloads.outcome(status=event.status, code=event.code)
    if message and told:
        reports.record(message=message, source=Source.ENVOISMS, now=now, **told)
    return _thanks()


@for_gateways("GET", "POST", largest=MANY)
def from_whatsapp(request):
    """Meta asks once by GET whether the address is ours, and posts signed statuses and texts."""
    if request.method == "GET":
        said = request.GET
        if not whatsapp.is_verified(
            mode=said.get("hub.mode", ""), token=said.get("hub.verify_token", "")
        ):
            return HttpResponse(status=403)
        return HttpResponse(said.get("hub.challenge", ""), content_type="text/plain")
    if not whatsapp.is_signed(
        header=request.headers.get("X-Hub-Signature-256", ""), body=request.body
    ):
        return HttpResponse(status=403)
    for status in whatsapp.statuses(request.body):
        mark = marks.read(status.mark, marks.REPORT)
        message = access.message_of_whatsapp(mark, status.gateway_id)
        told = payloads.outcome(status=status.word, code=status.code)
        if message and told:
            reports.record(message=message, source=Source.WHATSAPP, now=timezone.now(), **told)
    for text in whatsapp.texts(request.body):
        _receive(text, Channel.WHATSAPP)
    return _thanks()


def _receive(text: payloads.Text, channel: str = Channel.SMS) -> None:
    if text.number and text.text.strip():
        replies.receive(
            number=text.number,
            text=text.text,
            gateway_id=text.gateway_id,
            channel=channel,
            now=timezone.now(),
        )
