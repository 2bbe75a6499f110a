"""What was decided in an operation, in the order of time. Rooms above add their own decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import Approval, Operation, StandingOrder

from .operations import Phase


@dataclass(frozen=True)
class Entry:
    """``who`` is empty for what the program decided by a rule; ``url`` is the decision's own page."""

    at: datetime
    who: str
    sentence: str
    because: str = ""
    url: str = ""


Source = Callable[[Operation], Iterable[Entry]]
_more: list[Source] = []


def add(source: Source) -> None:
    """Called once by a room above when the program starts."""
    _more.append(source)


def entries(operation: Operation) -> list[Entry]:
    """The latest first."""
    found = [
        entry for source in (_phases, _estimates, _orders, *_more) for entry in source(operation)
    ]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _phases(operation: Operation) -> Iterator[Entry]:
    sentences = {
        Phase.ALERT: _("The operation was opened; it is in alert."),
        Phase.RESPONSE: _("The response began."),
        Phase.RECOVERY: _("The recovery began."),
        Phase.CLOSED: _("The operation was closed."),
    }
    before = ""
    for row in operation.phases.select_related("by"):
        sentence = sentences[Phase(row.phase)]
        if (before, row.phase) == (Phase.RECOVERY, Phase.RESPONSE):
            sentence = _("A second shock: the response began again.")
        before = row.phase
        yield Entry(row.at, row.by.display_name, sentence, row.because)


def _estimates(operation: Operation) -> Iterator[Entry]:
    for row in operation.estimates.select_related("by"):
        figures = {
            "number": row.number,
            "value": row.admissions,
            "low": row.admissions_low,
            "high": row.admissions_high,
        }
        sentence = (
            _("Estimate %(number)s: %(value)s admissions, from %(low)s to %(high)s.") % figures
        )
        yield Entry(row.made_at, row.by.display_name, sentence, row.because)


def in_words(order: StandingOrder) -> str:
    figures = {
        "limit": order.people_limit,
        "seconds": order.hold_seconds,
        "until": date_format(timezone.localtime(order.valid_until), "j F Y H:i"),
    }
    sentence = {
        Approval.MANAGER: _(
            "Order: the manager of the centre approves invitations up to %(limit)s people, an"
            " administrator above; held for %(seconds)s seconds; until %(until)s."
        ),
        Approval.ADMINISTRATOR: _(
            "Order: an administrator approves every invitation; held for %(seconds)s seconds;"
            " until %(until)s."
        ),
        Approval.NOBODY: _(
            "Order: invitations up to %(limit)s people go by themselves after a hold of %(seconds)s"
            " seconds; until %(until)s."
        ),
    }
    return sentence[Approval(order.approval)] % figures


def _orders(operation: Operation) -> Iterator[Entry]:
    for row in operation.orders.select_related("by", "confirmation__by"):
        yield Entry(row.made_at, row.by.display_name, in_words(row), row.because)
        if hasattr(row, "confirmation"):
            sentence = _("Order %(number)s was confirmed and is in force.") % {"number": row.number}
            yield Entry(row.confirmation.at, row.confirmation.by.display_name, sentence)
