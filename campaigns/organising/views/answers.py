"""The tree of answers to a memo: the page, its live part, and the files."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns import access
from campaigns.organising import memo_answers, memo_files, memo_lines
from campaigns.organising.forms.answer_filter import AnswerFilter
from donors.accounts.factors import fresh
from donors.tables.responses import file


def memo_of(request, public_id):
    rows = access.memos(request.user).select_related("issuer", "operation")
    return get_object_or_404(rows, public_id=public_id)


def _filter(request, memo, now):
    rows = memo_answers.lines(memo, access.addressees(request.user), now)
    return AnswerFilter(request.GET, rows=rows)


def _context(memo, form, rows, now) -> dict:
    tree = memo_answers.Tree(rows, now)
    return {
        "memo": memo,
        "form": form,
        "tree": tree,
        "branches": memo_lines.shown(tree, memo),
        "every": len(form.rows),
    }


@require_safe
def tree(request, public_id):
    memo, now = memo_of(request, public_id), timezone.now()
    form = _filter(request, memo, now)
    context = _context(memo, form, form.apply(), now)
    return render(request, "campaigns/memos/answers.html", context)


@require_safe
def live(request, public_id):
    """The polled part of the page; unchanged, it answers 304."""
    memo, now = memo_of(request, public_id), timezone.now()
    form = _filter(request, memo, now)
    rows = form.apply()
    # Whether a filter is set opens the branches, so it counts like the rows themselves.
    seen = memo_answers.fingerprint(rows, now)
    tag = quote_etag(f"{seen}-{len(form.rows)}-{get_language()}-{bool(form.query):d}")
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = render(request, "campaigns/memos/_tree.html", _context(memo, form, rows, now))
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


@fresh
@require_safe
def sheet(request, public_id, ending):
    """The answers shown, with the page's filter, as CSV or XLSX."""
    memo, now = memo_of(request, public_id), timezone.now()
    tree = memo_answers.Tree(_filter(request, memo, now).apply(), now)
    return file(memo_files.answers(tree), "answers", ending)
