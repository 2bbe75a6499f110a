from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns import access
from campaigns.models import MemoFile
from campaigns.organising import (
    addressee_answers,
    memo_answers,
    memo_letters,
    memo_results,
    unit_steps,
)
from campaigns.organising.forms.answers import CannotForm, WillForm, answer_forms
from campaigns.organising.forms.memos import DeadlineForm, WithdrawForm
from centers.views.refusals import show
from donors.errors import Refused

from . import memo_units

PAGE = 25


@require_safe
def index(request):
    """An officer's memos; every memo for administrators."""
    rows = memo_answers.with_counts(
        access.memos(request.user), access.addressees(request.user), access.answering(request.user)
    )
    page = Paginator(rows.select_related("issuer", "operation"), PAGE)
    drafts = access.memo_drafts(request.user).filter(issued=None, discarded_at=None)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "now": timezone.now(),
        "drafts": drafts.select_related("edited_by"),
    }
    return render(request, "campaigns/memos/list.html", context)


@require_safe
def detail(request, public_id):
    memo = memo_of(request, public_id)
    # The first opening by an officer of the unit counts as the acknowledgement of receipt.
    for addressee in access.answering(request.user).filter(memo=memo, seen_at=None):
        addressee_answers.see(addressee=addressee, now=timezone.now())
    return render(request, "campaigns/memos/detail.html", page_of(request, memo))


def memo_of(request, public_id):
    rows = access.memos(request.user).select_related("issuer", "operation", "issued_by")
    return get_object_or_404(rows, public_id=public_id)


def page_of(request, memo, tried=None) -> dict:
    """``tried`` is a refused form, with what was typed."""
    changeable = request.user.is_administrator and not memo.withdrawn_at
    own = memo_answers.with_campaign(access.answering(request.user).filter(memo=memo))
    forms = [(row, *answer_forms(row, tried)) for row in own.order_by("unit__path")]
    scope, now = access.addressees(request.user), timezone.now()
    overview = access.sees_every_memo(request.user)
    return {
        "memo": memo,
        "own": forms,
        "tried": tried,
        "tree": memo_answers.Tree(memo_answers.lines(memo, scope, now), now),
        "account": memo_results.of(memo).total if overview else None,
        "late": memo.deadline_at <= now,
        "skipped": unit_steps.skipped_levels(memo) if overview else [],
        "state": memo_letters.STATES[memo.state],
        "files": MemoFile.objects.of(memo).defer("content"),
        "versions": memo.versions.select_related("by") if memo.version > 1 else [],
        "changes": [_tried(DeadlineForm, memo, tried), _tried(WithdrawForm, memo, tried)]
        if changeable
        else [],
    }


def _tried(form_class, memo, tried):
    return tried if isinstance(tried, form_class) else form_class(memo=memo)


@require_POST
def acknowledge(request, public_id, unit):
    addressee = _of(access.answering(request.user), public_id, unit)
    try:
        addressee_answers.acknowledge(addressee=addressee, by=request.user, now=timezone.now())
        messages.success(request, _("Acknowledged. The answer may follow until the deadline."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:memo-detail", public_id=public_id)


@require_POST
def will(request, public_id, unit):
    return _answer(request, public_id, unit, WillForm, addressee_answers.answer_will)


@require_POST
def cannot(request, public_id, unit):
    return _answer(request, public_id, unit, CannotForm, addressee_answers.answer_cannot)


def _answer(request, public_id, unit, form_class, rule):
    addressee = _of(access.owing(request.user), public_id, unit)
    form = form_class(request.POST, addressee=addressee)
    if form.is_valid():
        try:
            rule(addressee=addressee, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The answer is given."))
            return redirect("campaigns:memo-detail", public_id=public_id)
        except Refused as refused:
            show(request, form, refused)
    if not access.answering(request.user).filter(pk=addressee.pk).exists():
        return memo_units.page(request, addressee, form)  # a superior answers for a silent unit
    context = page_of(request, addressee.memo, form)
    return render(request, "campaigns/memos/detail.html", context)


def _of(rows, public_id, unit):
    rows = memo_answers.with_campaign(rows).select_related("memo__operation", "memo__issuer")
    return get_object_or_404(rows, memo__public_id=public_id, unit__code=unit)
