"""Drafts of memos: several administrators work on one, another reads it, one issues it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from campaigns.models import Memo, MemoDraft, MemoFile, MemoReading
from campaigns.models.memo_text import MemoText
from donors.clock.calendar import local_day
from donors.errors import Refused, refusing
from donors.models import Province, Unit, User
from donors.models.unit import UnitQuerySet

from . import memo_versions, memos

TEXT = [field.name for field in MemoText._meta.get_fields() if field.name != "must_be_read"]


def next_reference(*, issuer: Unit, now: datetime) -> str:
    """The next free number of the issuer's year, such as DGSN/2026/0012; drafts keep theirs."""
    start = f"{issuer.code}/{local_day(now).year}/"
    open_drafts = MemoDraft.objects.filter(issued=None, discarded_at=None, amends=None)
    used = [
        *Memo.objects.filter(reference__startswith=start).values_list("reference", flat=True),
        *open_drafts.filter(reference__startswith=start).values_list("reference", flat=True),
    ]
    numbers = [int(text[len(start) :]) for text in used if re.fullmatch(r"\d+", text[len(start) :])]
    return f"{start}{max(numbers, default=0) + 1:04d}"


def begin(
    *,
    by: User,
    now: datetime,
    units: Iterable[Unit] = (),
    provinces: Iterable[Province] = (),
    **said: Any,
) -> MemoDraft:
    if said.get("operation") and said["operation"].closed_at:
        raise Refused(_("This operation is closed."))
    with refusing():
        draft = MemoDraft.objects.create(
            made_at=now, made_by=by, edited_at=now, edited_by=by, **said
        )
        draft.units.set(units)
        draft.provinces.set(provinces)
    return draft


def begin_amendment(*, memo: Memo, by: User, now: datetime) -> MemoDraft:
    """A draft of the next text, beginning with the one in force and its files."""
    if memo.withdrawn_at:
        raise Refused(_("This memo was withdrawn."))
    kept = ("operation", "kind", "issuer", "reference", *TEXT)
    said: dict[str, Any] = {name: getattr(memo, name) for name in kept}
    with refusing():
        draft = begin(by=by, now=now, amends=memo, **said)
        draft.files.set(MemoFile.objects.of(memo))
    return draft


def save(
    *,
    draft: MemoDraft,
    revision: int,
    by: User,
    now: datetime,
    units: Iterable[Unit] = (),
    provinces: Iterable[Province] = (),
    **said: Any,
) -> None:
    """The next revision; refused when somebody saved one after ``revision`` was read."""
    with refusing():
        current = MemoDraft.objects.filter(
            pk=draft.pk, revision=revision, issued=None, discarded_at=None
        )
        if not current.update(revision=F("revision") + 1, edited_at=now, edited_by=by, **said):
            raise Refused(_("Somebody else changed this draft meanwhile."), "revision")
        draft.refresh_from_db()
        draft.units.set(units)
        draft.provinces.set(provinces)


def addressed(draft: MemoDraft) -> UnitQuerySet:
    """The units of the draft's scope; of a subtree those of the chosen kinds and provinces."""
    if draft.scope == MemoDraft.Scope.LIST:
        return Unit.objects.filter(pk__in=draft.units.values("pk"))
    of_subtree = draft.scope == MemoDraft.Scope.SUBTREE and draft.subtree
    units = Unit.objects.below(of_subtree or draft.issuer)
    if draft.unit_kinds:
        units = units.filter(kind__in=draft.unit_kinds)
    if draft.provinces.exists():
        units = units.filter(province__in=draft.provinces.all())
    return units


def obliging(draft: MemoDraft) -> list[str]:
    return memos.obliging(model_to_dict(draft, TEXT))


def must_be_read(draft: MemoDraft) -> bool:
    return memos.must_be_read(model_to_dict(draft, TEXT))


def read(*, draft: MemoDraft, revision: int, by: User, now: datetime) -> MemoReading:
    """``by`` has read the text of this revision; another administrator may issue it then."""
    with refusing():
        return MemoReading.objects.create(draft=draft, revision=revision, by=by, at=now)


def may_issue(draft: MemoDraft, user: User) -> bool:
    """Whether the text needs no second reader, or another than the user has read it."""
    readings = draft.readings.filter(revision=draft.revision).exclude(by=user)
    return not must_be_read(draft) or readings.exists()


def to_read(drafts: Iterable[MemoDraft], user: User) -> int:
    """How many open drafts wait for a second reader, whom the user may be."""

    def waits(draft: MemoDraft) -> bool:
        read_by = {r.by_id for r in draft.readings.all() if r.revision == draft.revision}
        return must_be_read(draft) and not read_by - {draft.edited_by_id}

    return sum(draft.edited_by_id != user.pk and waits(draft) for draft in drafts)


def issue(*, draft: MemoDraft, revision: int, by: User, now: datetime) -> Memo:
    """Issue the memo, or the new version of the one that the draft amends."""
    with refusing():
        locked = MemoDraft.objects.select_for_update().get(pk=draft.pk)
        if locked.revision != revision:
            raise Refused(_("Somebody else changed this draft meanwhile."))
        if locked.issued_id or locked.discarded_at:
            raise Refused(_("This draft was issued or discarded already."))
        text = {name: getattr(locked, name) for name in TEXT}
        if locked.amends:
            memo = locked.amends
            version = memo_versions.amend(memo=memo, because=locked.because, by=by, now=now, **text)
        else:
            memo = memos.issue(
                operation=locked.operation,
                kind=locked.kind,
                reference=locked.reference,
                issuer=locked.issuer,
                addressed=addressed(locked),
                by=by,
                now=now,
                **text,
            )
            version = memo.versions.get()
        MemoDraft.objects.filter(pk=draft.pk).update(issued=version)
    return memo


def discard(*, draft: MemoDraft, now: datetime) -> None:
    waiting = MemoDraft.objects.filter(pk=draft.pk, issued=None, discarded_at=None)
    if not waiting.update(discarded_at=now):
        raise Refused(_("This draft was issued or discarded already."))
