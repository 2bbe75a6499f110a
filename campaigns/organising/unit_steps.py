"""What happened with one unit of a memo, step by step; and the units that have to be called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from campaigns.messaging import recipients
from campaigns.models import Addressee, Campaign, Memo, Notification
from donors import punctuation
from donors.clock.calendar import local_day
from donors.models import Officer, Unit, User

LADDER = {"memo_escalated", "memo_silent"}


@dataclass(frozen=True)
class Step:
    """``who`` did it or received it, empty where it is nobody; ``note`` is what was said."""

    at: datetime
    text: str
    who: str = ""
    note: str = ""


def steps(addressee: Addressee) -> list[Step]:
    """In the order of time; a message is among them only when it was handed over."""
    found = [*_sent(addressee), *_own(addressee), *_past(addressee), *_below(addressee)]
    found += [*_campaigns(addressee), *_changes(addressee)]
    return sorted(found, key=lambda step: step.at)


def _sent(addressee: Addressee) -> Iterator[Step]:
    for n in messages(addressee).filter(state=Notification.State.SENT):
        assert n.user and n.settled_at  # of a message that was sent to an officer
        yield Step(n.settled_at, WORDS[n.kind], n.user.display_name, n.get_channel_display())


def messages(addressee: Addressee) -> QuerySet[Notification]:
    """Messages of this memo to those who command the unit, or did."""
    cause = f"memo:{addressee.memo_id}"
    officers = Officer.objects.filter(unit=addressee.unit_id).values("user")
    rows = Notification.objects.filter(Q(cause=cause) | Q(cause__startswith=f"{cause}:"))
    return rows.filter(user__in=officers).exclude(kind__in=LADDER).select_related("user")


class _Words(dict[str, str]):
    def __missing__(self, kind: str) -> str:
        said = {
            "memo_issued": _("The memo was sent"),
            "memo_changed": _("The change of the memo was sent"),
            "memo_handed": _("The memo was sent to an officer who took over"),
            "memo_reminder": _("Reminder before the deadline"),
            "memo_late": _("Reminder after the deadline"),
            "memo_reopened": _("Asked again"),
        }
        return said.get(kind, kind)


WORDS = _Words()


def _own(row: Addressee) -> Iterator[Step]:
    if row.forwarded_from_id:
        yield Step(row.sent_at, _("Forwarded to this unit"), _name(row.forwarded_by))
    if row.seen_at:
        yield Step(row.seen_at, _("Opened"))
    if row.acknowledged_at:
        yield Step(row.acknowledged_at, _("Acknowledged"), _name(row.acknowledged_by))
    if row.reopened_at:
        why = f"{row.get_reopened_display()} {row.reopened_because}".strip()
        yield Step(row.reopened_at, _("Asked again"), note=why)
    if row.answered_at:
        yield _answer(row)
    if row.escalated_at and row.escalated_to:
        yield Step(row.escalated_at, _("The level above was told"), note=row.escalated_to.name)
    if row.issuer_told_at:
        yield Step(row.issuer_told_at, _("The issuer was told"))
    for reminder in row.reminders.select_related("by"):
        yield Step(reminder.at, _("Reminded by a superior"), _name(reminder.by))


def _answer(said: Addressee) -> Step:
    assert said.answered_at
    text = _("Answered by a superior for the unit") if said.on_behalf else _("Answered")
    note = _said(said)
    if said.memo.is_older(said.answered_at):
        note += " · " + _("Given to an older text")
    return Step(said.answered_at, text, _name(said.answered_by), note)


def _said(said: Addressee) -> str:
    if said.answer == Addressee.Answer.CANNOT:
        return f"{said.get_answer_display()}: {said.because}"
    planned = punctuation.listed([f"{said.planned_on:%d/%m/%Y}", said.expected_donors])
    return f"{said.get_answer_display()}: {planned}"


def _past(row: Addressee) -> Iterator[Step]:
    for past in row.past_answers.select_related("answered_by"):
        text = _("Answered by a superior for the unit") if past.on_behalf else _("Answered")
        yield Step(past.answered_at, text, _name(past.answered_by), _said(past))  # type: ignore[arg-type]
        yield Step(past.ended_at, past.get_ended_display(), note=past.ended_because)


def _below(row: Addressee) -> Iterator[Step]:
    for one in row.forwarded.select_related("unit", "forwarded_by"):
        yield Step(one.sent_at, _("Forwarded"), _name(one.forwarded_by), one.unit.name)
    for one in row.taken_over.select_related("unit"):
        yield Step(row.sent_at, _("Answers for a unit that was closed"), note=one.unit.name)


def _campaigns(row: Addressee) -> Iterator[Step]:
    for campaign in row.campaigns.select_related("center", "decided_by"):
        if campaign.decided_at:
            text = campaign.get_state_display()
            closed = campaign.state == Campaign.State.CLOSED
            who = "" if closed else _name(campaign.decided_by)
            yield Step(campaign.decided_at, text, who, campaign.center.name)


def _changes(row: Addressee) -> Iterator[Step]:
    """The versions of the memo after the one that the unit was first sent."""
    for version in row.memo.versions.exclude(kind="issued").filter(at__gte=row.sent_at):
        words = {"amended": _("The memo has a new text"), "ended": _("The memo was withdrawn")}
        text = words.get(version.kind, _("The memo has a new deadline"))
        yield Step(version.at, text, note=version.because)


def _name(user: User | None) -> str:
    return user.display_name if user else ""


def skipped_levels(memo: Memo) -> list[Unit]:
    """The levels that the ladder of this memo passed over, for want of an officer within reach."""
    named = memo.addressees.values_list("skipped", flat=True)
    codes = {code for some in named for code in some}
    return list(Unit.objects.filter(code__in=codes).order_by("path"))


@dataclass(frozen=True)
class Call:
    addressee: Addressee
    why: str
    officers: list[User]


def calls(memo: Memo, now: datetime) -> list[Call]:
    """Units that owe an answer and have no officer within reach, or stayed silent through the
    ladder."""
    rows = (
        Addressee.objects.open().filter(memo=memo).select_related("unit__province", "unit__parent")
    )
    owing = list(rows.order_by("unit__path"))
    reached = recipients.officers_by_unit([row.unit_id for row in owing], now)
    serving = Officer.objects.active(local_day(now)).select_related("user", "user__phone")
    by_unit: dict[int, list[User]] = {}
    for command in serving.filter(unit__in=[row.unit_id for row in owing]).order_by("pk"):
        by_unit.setdefault(command.unit_id, []).append(command.user)
    found = []
    for row in owing:
        if not reached[row.unit_id]:
            found.append(Call(row, _("No officer within reach"), by_unit.get(row.unit_id, [])))
        elif row.issuer_told_at:
            found.append(Call(row, _("Silent after every reminder"), by_unit[row.unit_id]))
    return found
