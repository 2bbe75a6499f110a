"""The account of a memo: all of it for who oversees operations, an officer's own subtree."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns import access
from campaigns.organising import memo_files, memo_results
from donors.accounts.factors import fresh
from donors.tables.responses import file

from .answers import memo_of


def _results(request, memo):
    """Officers get no sums by day: those count units outside their sight."""
    found = memo_results.of(memo)
    if access.sees_every_memo(request.user):
        return found, True
    codes = access.addressees(request.user).filter(memo=memo).values_list("unit__code", flat=True)
    return memo_results.Results(found.total, memo_results.below(found, codes)), False


@require_safe
def account(request, public_id):
    memo = memo_of(request, public_id)
    results, whole = _results(request, memo)
    context = {"memo": memo, "results": results, "whole": whole, "now": timezone.now()}
    return render(request, "campaigns/memos/account.html", context)


@fresh
@require_safe
def sheet(request, public_id, ending):
    results, whole = _results(request, memo_of(request, public_id))
    return file(memo_files.account(results, whole=whole), "account", ending)
