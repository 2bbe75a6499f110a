"""The memo behind the link of an officer's message: no sign-in, and nothing but the own units' rows."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns.messaging import links
from campaigns.messaging.views.by_link import by_link
from campaigns.models import MemoFile
from campaigns.organising import addressee_answers, officer_links
from campaigns.organising.forms.answers import CannotForm, WillForm, answer_forms
from centers.views.refusals import show as show_refusal
from donors.errors import Refused

CLOSED = "campaigns/memo_links/closed.html"


@require_safe
@by_link(links.MEMO, CLOSED)
def show(request, token, notification):
    now = timezone.now()
    opened = officer_links.opened(notification, now)
    if request.method == "GET":
        for row in opened.rows:
            addressee_answers.see(addressee=row, now=now)
    return _page(request, token, opened)


def _page(request, token, opened, tried=None):
    rows = [(row, *answer_forms(row, tried, token)) for row in opened.rows]
    versions = opened.memo.versions.all() if opened.memo.version > 1 else []
    context = {"memo": opened.memo, "rows": rows, "tried": tried, "token": token}
    context |= {"versions": versions, "files": MemoFile.objects.of(opened.memo).defer("content")}
    return render(request, "campaigns/memo_links/show.html", context)


@require_POST
@by_link(links.MEMO, CLOSED)
def acknowledge(request, token, notification, unit):
    now = timezone.now()
    opened = officer_links.opened(notification, now)
    row = opened.row(unit)
    try:
        addressee_answers.acknowledge(addressee=row, by=opened.officer, now=now)
        messages.success(request, _("Acknowledged. The answer may follow until the deadline."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:memo-link", token=token)


@require_POST
@by_link(links.MEMO, CLOSED)
def will(request, token, notification, unit):
    rule = addressee_answers.answer_will
    return _answer(request, token, notification, unit, WillForm, rule)


@require_POST
@by_link(links.MEMO, CLOSED)
def cannot(request, token, notification, unit):
    rule = addressee_answers.answer_cannot
    return _answer(request, token, notification, unit, CannotForm, rule)


def _answer(request, token, notification, unit, form_class, rule):
    now = timezone.now()
    opened = officer_links.opened(notification, now)
    row = opened.row(unit)
    form = form_class(request.POST, addressee=row, token=token)
    if form.is_valid():
        try:
            rule(addressee=row, by=opened.officer, now=now, **form.cleaned_data)
            messages.success(request, _("The answer is given."))
            return redirect("campaigns:memo-link", token=token)
        except Refused as refused:
            show_refusal(request, form, refused)
    return _page(request, token, opened, form)
