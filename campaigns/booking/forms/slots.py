from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centers.models import Session, Slot
from donors.form_fields import field_of


@dataclass(frozen=True)
class Card:
    pk: int
    html_id: str
    at: datetime
    free: int
    checked: bool


@dataclass(frozen=True)
class Day:
    on: date
    session: Session
    slots: list[Card]

    @property
    def free(self) -> int:
        return sum(card.free for card in self.slots)

    @property
    def chosen(self) -> bool:
        return any(card.checked for card in self.slots)


class SlotForm(forms.Form):
    """One slot out of those with a free place, shown as cards by day and place."""

    slot = forms.TypedChoiceField(
        label=_("Time"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a time."),
            "invalid_choice": _("This time has just been taken. Choose another one."),
        },
    )

    def __init__(self, *args, slots: Iterable[Slot], action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.slots = {slot.pk: slot for slot in slots}
        field_of(self, "slot", forms.ChoiceField).choices = [(pk, str(pk)) for pk in self.slots]
        self.helper = FormHelper()
        self.helper.form_action = action
        # The address itself is the proof; a mail program's window may have no cookie.
        self.helper.disable_csrf = True
        self.helper.attrs = {"novalidate": ""}
        self.helper.layout = Layout(
            Field("slot", template="campaigns/answers/slot_cards.html"),
            StrictButton(_("Book this place"), type="submit", css_class="btn-primary"),
        )

    @property
    def soonest(self) -> Slot | None:
        return next(iter(self.slots.values()), None)

    @property
    def days(self) -> list[Day]:
        """The slots as displayed: by day and place, each with its cards."""
        field = self["slot"]
        cards = defaultdict(list)
        for number, slot in enumerate(self.slots.values()):
            # The first card has the field's own id, so that the error summary links to it.
            html_id = f"{field.auto_id}_{number}" if number else field.auto_id
            checked = str(slot.pk) == str(field.value())
            card = Card(slot.pk, html_id, slot.starts_at, slot.free, checked)
            cards[timezone.localdate(slot.starts_at), slot.session].append(card)
        return [Day(on, session, day) for (on, session), day in cards.items()]

    @property
    def place(self) -> str:
        """The name of the place, if all slots have the same."""
        names = {slot.session.name for slot in self.slots.values()}
        return names.pop() if len(names) == 1 else ""

    @property
    def chosen(self) -> Slot:
        return self.slots[self.cleaned_data["slot"]]
