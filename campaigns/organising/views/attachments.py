"""Files attached to memos: added to drafts, and handed out to those who may read the memo."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns.messaging import links
from campaigns.messaging.views.by_link import by_link
from campaigns.models import MemoFile
from campaigns.organising import attachments, file_cleaning, officer_links
from campaigns.organising.forms.attachments import AttachmentForm
from centers.views.refusals import attempt
from donors.accounts.factors import fresh
from donors.errors import Refused

from . import memo_drafts
from .memo_links import CLOSED
from .memos import memo_of


@fresh
@require_POST
def add(request, public_id):
    draft = memo_drafts.draft_of(request, public_id)
    action = reverse("campaigns:memo-draft-attach", args=[public_id])
    form = AttachmentForm(request.POST, request.FILES, action=action)
    if form.is_valid():
        file = form.cleaned_data["file"]
        # One byte more than allowed is enough to refuse; the whole of a huge file is not read.
        said = {"name": file.name, "content": file.read(file_cleaning.MOST_BYTES + 1)}
        done = _("The file is attached.")
        by, now = request.user, timezone.now()
        if attempt(request, done, attachments.add, form, draft=draft, by=by, now=now, **said):
            return redirect("campaigns:memo-draft", public_id=public_id)
    context = memo_drafts.page_of(request, draft, form)
    return render(request, "campaigns/memos/draft.html", context)


@fresh
@require_POST
def remove(request, public_id, file):
    draft = memo_drafts.draft_of(request, public_id)
    said = {"draft": draft, "file": get_object_or_404(draft.files, public_id=file)}
    done = _("The file is removed.")
    attempt(request, done, attachments.remove, by=request.user, now=timezone.now(), **said)
    return redirect("campaigns:memo-draft", public_id=public_id)


@require_safe
def of_draft(request, public_id, file):
    draft = memo_drafts.draft_of(request, public_id)
    return _handed_out(get_object_or_404(draft.files, public_id=file))


@require_safe
def of_memo(request, public_id, file):
    rows = MemoFile.objects.ever_of(memo_of(request, public_id))
    return _handed_out(get_object_or_404(rows, public_id=file))


@require_safe
@by_link(links.MEMO, CLOSED)
def of_link(request, token, notification, file):
    opened = officer_links.opened(notification, timezone.now())
    found = MemoFile.objects.of(opened.memo).filter(public_id=file).first()
    if found is None:
        raise Refused(_("This file is no longer attached to the memo."))
    return _handed_out(found)


def _handed_out(file):
    """To be saved, not opened in a page of ours."""
    response = HttpResponse(bytes(file.content), content_type=file.media)
    response["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
