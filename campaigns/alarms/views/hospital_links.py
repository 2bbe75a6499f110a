"""What the link in a hospital's message opens: its bags. Opening it answers nothing."""

from datetime import timedelta

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns.alarms.forms.answers import AnswersForm
from campaigns.messaging import links
from campaigns.messaging.views.by_link import by_link
from centers.inventory import alarms
from centers.models import BagAlarm
from centers.views.refusals import attempt
from donors.errors import Refused

CLOSED = "campaigns/alarms/closed.html"
CORRECTED = timedelta(days=30)  # an answer may be corrected by the link for so long


def _rows(notification):
    kinds = {"bag_recalled": BagAlarm.Kind.RECALL, "bag_news": BagAlarm.Kind.NEWS}
    if notification.hospital is None or notification.kind not in kinds:
        raise Refused(_("This link is no longer valid."))
    kind, since = kinds[notification.kind], timezone.now() - CORRECTED
    rows = alarms.of_hospital(hospital=notification.hospital, kind=kind, since=since)
    if not rows:
        raise Refused(_("The centre knows what became of these bags. Thank you."))
    return list(rows)


@require_safe
@by_link(links.ALARM, CLOSED)
def show(request, token, notification):
    rows = _rows(notification)
    return _page(request, notification, rows, AnswersForm(rows=rows, token=token))


def _page(request, notification, rows, form):
    context = {"hospital": notification.hospital, "rows": rows, "form": form}
    context |= {"center": rows[0].center, "kind": rows[0].kind}
    context["waiting"] = sum(row.answered_at is None for row in rows)
    return render(request, "campaigns/alarms/show.html", context)


@require_POST
@by_link(links.ALARM, CLOSED)
def answer(request, token, notification):
    rows = _rows(notification)
    form = AnswersForm(request.POST, rows=rows, token=token)
    if form.is_valid():
        said = {"answers": form.answers(), "name": form.cleaned_data["name"]}
        done = _("The centre has your answer. It may be corrected here.")
        if attempt(request, done, alarms.answer_by_link, form, now=timezone.now(), **said):
            return redirect("campaigns:bag-link", token=token)
    return _page(request, notification, rows, form)
