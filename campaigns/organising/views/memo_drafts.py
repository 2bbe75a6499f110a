from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import access
from campaigns.models import Memo
from campaigns.organising import memo_drafts, memo_survey
from campaigns.organising.forms.attachments import AttachmentForm
from campaigns.organising.forms.memos import MemoForm, starting_text, typed_before
from centers.views.refusals import attempt, show
from donors.accounts.factors import fresh
from donors.errors import Refused


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def write(request, public_id):
    """A new draft; nothing leaves before its issue."""
    access.require_administrator(request.user)
    operation = get_object_or_404(access.operations(request.user), public_id=public_id)
    return _new(request, operation, reverse("campaigns:memo-write", args=[public_id]))


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def drill(request):
    access.require_administrator(request.user)
    return _new(request, None, reverse("campaigns:memo-drill"))


def _new(request, operation, action):
    issuers = access.issuers(request.user)
    form = MemoForm(
        request.POST or None,
        initial=_initial(request, operation, issuers.first()),
        action=action,
        issuers=issuers,
        drill=operation is None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            now = timezone.now()
            said = {"operation": operation, **form.said}
            draft = memo_drafts.begin(by=request.user, now=now, **said)
            return redirect("campaigns:memo-draft", public_id=draft.public_id)
        except Refused as refused:
            show(request, form, refused)
    context = {"operation": operation, "form": form, "draft": None, "theirs": None}
    return render(request, "campaigns/memos/write.html", context)


def _initial(request, operation, issuer) -> dict:
    asked = request.GET.get("kind", "")
    kind = Memo.Kind.DRILL if operation is None else Memo.Kind.CAMPAIGN
    if operation and asked == Memo.Kind.MOBILISATION:
        kind = Memo.Kind.MOBILISATION
    if issuer is None:
        return {"kind": kind}
    languages = ["ar", *(c for c in ("fr", "en") if c in request.GET.getlist("text"))]
    return starting_text(operation, issuer, kind, languages) | {
        "kind": kind,
        "urgency": "urgent",
        "reports": ["contact", "donors", "troubles"],
        "reference": memo_drafts.next_reference(issuer=issuer, now=timezone.now()),
    }


def draft_of(request, public_id):
    access.require_administrator(request.user)
    rows = access.memo_drafts(request.user).select_related(
        "operation", "amends", "issuer", "edited_by", "subtree", "issued__memo"
    )
    return get_object_or_404(rows, public_id=public_id)


@require_safe
def detail(request, public_id):
    """The text as it would leave, who is addressed, and what forbids its issue."""
    context = page_of(request, draft_of(request, public_id))
    return render(request, "campaigns/memos/draft.html", context)


def page_of(request, draft, tried=None) -> dict:
    """``tried`` is a refused form of an attachment."""
    attach = reverse("campaigns:memo-draft-attach", args=[draft.public_id])
    readings = draft.readings.filter(revision=draft.revision).select_related("by")
    return {
        "draft": draft,
        "files": draft.files.defer("content"),
        "attach": tried or AttachmentForm(action=attach),
        "tried": tried,
        "over": draft.issued or draft.discarded_at,
        "survey": None if draft.amends else memo_survey.of(draft, now=timezone.now()),
        "obliging": memo_drafts.obliging(draft),
        "must_be_read": memo_drafts.must_be_read(draft),
        "readings": readings,
        "has_read": any(reading.by_id == request.user.pk for reading in readings),
        "may_issue": memo_drafts.may_issue(draft, request.user),
    }


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, public_id):
    """When somebody else saved meanwhile, the page shows both texts and keeps what was typed."""
    draft = draft_of(request, public_id)
    form = _edit_form(request, draft, request.POST or None)
    context = {"operation": draft.operation, "form": form, "draft": draft, "theirs": None}
    if request.method == "POST" and form.is_valid():
        try:
            revision = form.cleaned_data["revision"] or 0
            now = timezone.now()
            memo_drafts.save(draft=draft, revision=revision, by=request.user, now=now, **form.said)
            return redirect("campaigns:memo-draft", public_id=public_id)
        except Refused as refused:
            messages.error(request, str(refused))
            mine = request.POST.copy()
            mine["revision"] = str(draft.revision)
            context["form"] = _edit_form(request, draft, mine)
            context["theirs"] = draft
    return render(request, "campaigns/memos/write.html", context)


def _edit_form(request, draft, typed):
    return MemoForm(
        typed,
        initial=typed_before(draft),
        action=reverse("campaigns:memo-draft-edit", args=[draft.public_id]),
        issuers=access.issuers(request.user),
        amends=draft.amends,
        drill=draft.kind == Memo.Kind.DRILL,
    )


@fresh
@require_POST
def read(request, public_id):
    said = {"draft": draft_of(request, public_id), "revision": _revision(request)}
    words = _("Noted: you have read this text. Another administrator may issue it.")
    attempt(request, words, memo_drafts.read, by=request.user, now=timezone.now(), **said)
    return redirect("campaigns:memo-draft", public_id=public_id)


@fresh
@require_POST
def issue(request, public_id):
    draft = draft_of(request, public_id)
    try:
        revision = _revision(request)
        now = timezone.now()
        memo = memo_drafts.issue(draft=draft, revision=revision, by=request.user, now=now)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("campaigns:memo-draft", public_id=public_id)
    messages.success(request, _("The memo is issued; the officers are being told."))
    return redirect("campaigns:memo-detail", public_id=memo.public_id)


@require_POST
def discard(request, public_id):
    draft = draft_of(request, public_id)
    done = _("The draft is discarded.")
    attempt(request, done, memo_drafts.discard, draft=draft, now=timezone.now())
    return redirect("campaigns:memo-list")


def _revision(request) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0
