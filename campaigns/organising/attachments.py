"""Files attached to a memo while it is a draft; each change is a revision of the draft."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath

from django.db.models import F
from django.utils.translation import gettext as _

from campaigns.models import MemoDraft, MemoFile
from donors.errors import Refused, refusing
from donors.models import User

from . import file_cleaning

MOST_FILES = 5


def add(*, draft: MemoDraft, name: str, content: bytes, by: User, now: datetime) -> MemoFile:
    """Attach a file by its content; raises ``Refused`` for kinds, sizes and damage."""
    kind, cleaned = file_cleaning.clean(content)
    with refusing():
        _revised(draft, by, now)
        if draft.files.count() >= MOST_FILES:
            raise Refused(_("A memo has at most five attachments."), "file")
        file = MemoFile.objects.create(
            name=_named(name, kind), kind=kind, content=cleaned, added_at=now, added_by=by
        )
        draft.files.add(file)
    return file


def remove(*, draft: MemoDraft, file: MemoFile, by: User, now: datetime) -> None:
    with refusing():
        _revised(draft, by, now)
        draft.files.remove(file)
        if not file.drafts.exists():
            file.delete()


def _revised(draft: MemoDraft, by: User, now: datetime) -> None:
    current = MemoDraft.objects.filter(pk=draft.pk, issued=None, discarded_at=None)
    if not current.update(revision=F("revision") + 1, edited_at=now, edited_by=by):
        raise Refused(_("This draft was issued or discarded already."))


def _named(name: str, kind: str) -> str:
    """The name without folders and control characters, with the ending of what the file is."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    plain = "".join(c for c in stem if c.isprintable()).strip(". ")[:100]
    return f"{plain or 'file'}.{kind}"
