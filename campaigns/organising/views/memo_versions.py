from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns import access
from campaigns.messaging import links
from campaigns.models import MemoFile
from campaigns.organising import memo_drafts, memo_letters, memo_versions
from campaigns.organising.forms.memos import DeadlineForm, WithdrawForm
from campaigns.views.responses import for_everybody, qr_code
from centers.views.refusals import attempt
from donors.accounts.factors import fresh
from donors.errors import Refused

from .memos import memo_of, page_of


@require_POST
def amend(request, public_id):
    """Begin a draft of the next text; the memo changes when the draft is issued."""
    access.require_administrator(request.user)
    memo = memo_of(request, public_id)
    try:
        draft = memo_drafts.begin_amendment(memo=memo, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("campaigns:memo-detail", public_id=public_id)
    return redirect("campaigns:memo-draft-edit", public_id=draft.public_id)


@fresh
@require_POST
def deadline(request, public_id):
    access.require_administrator(request.user)
    memo = memo_of(request, public_id)
    form = DeadlineForm(request.POST, memo=memo)
    if form.is_valid():
        said = {"deadline_at": form.deadline_at, "because": form.cleaned_data["because"]}
        if _done(request, memo, form, memo_versions.move_deadline, said):
            return redirect("campaigns:memo-detail", public_id=public_id)
    return render(request, "campaigns/memos/detail.html", page_of(request, memo, form))


@require_POST
def withdraw(request, public_id):
    access.require_administrator(request.user)
    memo = memo_of(request, public_id)
    form = WithdrawForm(request.POST, memo=memo)
    if form.is_valid():
        said = {"because": form.cleaned_data["why"]}
        if _done(request, memo, form, memo_versions.withdraw, said):
            return redirect("campaigns:memo-detail", public_id=public_id)
    return render(request, "campaigns/memos/detail.html", page_of(request, memo, form))


def _done(request, memo, form, rule, said) -> bool:
    words = _("The memo is changed; the officers are being told.")
    return attempt(
        request, words, rule, form, memo=memo, by=request.user, now=timezone.now(), **said
    )


@require_safe
def letter(request, public_id):
    memo = memo_of(request, public_id)
    address = "" if memo.is_drill else links.page_url("campaigns:memo-verify", "ar", public_id)
    context = {"memo": memo, "sheets": memo_letters.sheets(memo), "address": address}
    context["files"] = MemoFile.objects.of(memo).defer("content")
    return render(request, "campaigns/memos/letter.html", context)


@require_safe
def qr(request, public_id):
    memo = memo_of(request, public_id)
    if memo.is_drill:
        raise Http404
    return qr_code(links.page_url("campaigns:memo-verify", "ar", memo.public_id))


@for_everybody
def verify(request, public_id):
    """Whether a letter is genuine and in force: reference, issuer, dates and state, no text."""
    rows = access.verifiable_memos().select_related("issuer", "operation")
    memo = get_object_or_404(rows, public_id=public_id)
    context = {"memo": memo, "state": memo_letters.STATES[memo.state]}
    return render(request, "campaigns/memos/verify.html", context)
