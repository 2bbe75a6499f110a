"""Every address that accepts a form is classified: needs a fresh factor, or does not."""

from pathlib import Path

from django.urls import URLPattern, get_resolver

# Release, change of a result, export, right; what asks many people; who may give.
FRESH = {
    "centers:donation-release",
    "centers:emergency-ask",
    "centers:emergency-agree",
    "centers:result-repeat",
    "centers:held-settle",
    "centers:group-correct",
    "centers:group-anew",
    "centers:acceptance",
    "centers:issue-rules",
    "centers:deferral-end",
    "centers:lift-ask",
    "centers:lift",
    "centers:record-decide",
    "donors:officer-invite",
    "donors:officer-decide",
    "donors:officer-end",
    "donors:unit-act",
    "donors:policy-rule",
    "donors:policy-decide",
    "campaigns:operation-begin",
    "campaigns:operation-order",
    "campaigns:operation-order-confirm",
    "campaigns:memo-write",
    "campaigns:memo-drill",
    "campaigns:memo-draft-attach",
    "campaigns:memo-draft-detach",
    "campaigns:memo-draft-edit",
    "campaigns:memo-draft-read",
    "campaigns:memo-issue",
    "campaigns:memo-deadline",
    "campaigns:roster-apply",
    "campaigns:appeal-approve",
    "campaigns:wave-approve",
    "centers:group-doubt",
    "centers:group-doubt-relabel",
}
# Downloads with many rows of other people; opened with GET.
FRESH_FILES = {
    "campaigns:memo-account-sheet",
    "campaigns:memo-sheet",
    "campaigns:record-export",
    "campaigns:report-center-file",
    "campaigns:report-month-file",
    "campaigns:report-who-file",
    "campaigns:roster-faults",
    "campaigns:trail-file",
    "campaigns:trail-user-file",
    "centers:haemovigilance-file",
}
NOT_FRESH = set((Path(__file__).parents[1] / "data" / "not_fresh.txt").read_text().split())
# Addresses with rules of their own: allauth's pages ask by themselves.
OF_THE_ACCOUNT = ("account_", "mfa_")


def routes(patterns=None, space=""):
    for entry in patterns or get_resolver().url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", entry.callback
        else:
            inner = f"{entry.namespace}:" if entry.namespace else ""
            yield from routes(entry.url_patterns, space + inner)


def declared(method: str) -> set[str]:
    return {name for name, view in routes() if method in getattr(view, "asks_fresh", ())}


def takes_post(view) -> bool:
    """``require_safe`` and similar decorators keep the allowed methods in a closure."""
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            methods = cell.cell_contents
            if isinstance(methods, list | tuple) and "GET" in methods and "POST" not in methods:
                return False
        view = getattr(view, "__wrapped__", None)
    return True


def test_every_address_that_takes_a_form_is_classified():
    taking = {name for name, view in routes() if takes_post(view)}
    taking = {name for name in taking if not name.startswith(OF_THE_ACCOUNT)}
    assert taking == FRESH | NOT_FRESH
    assert not FRESH & NOT_FRESH


def test_what_is_classified_fresh_asks():
    assert declared("POST") == FRESH | FRESH_FILES
    assert declared("GET") >= FRESH_FILES
