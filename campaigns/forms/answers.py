from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centers.models import Slot


class SlotForm(forms.Form):
    """One time out of those with a free place, shown as cards by day and place."""

    slot = forms.TypedChoiceField(
        label=_("When can you come?"),
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
        self.fields["slot"].choices = [(pk, str(pk)) for pk in self.slots]
        self.helper = FormHelper()
        self.helper.form_action = action
        # The address itself is the proof; there may be no cookie in a mail program's window.
        self.helper.disable_csrf = True
        self.helper.attrs = {"novalidate": ""}
        self.helper.layout = Layout(
            Field("slot", template="campaigns/answers/slot_cards.html"),
            StrictButton(_("Book this place"), type="submit", css_class="btn-primary"),
        )

    @property
    def days(self) -> list[tuple]:
        """(day, place, its slots), soonest first."""

        def key(slot: Slot):
            return timezone.localdate(slot.starts_at), slot.session_id

        return [
            (day, slots[0].session, slots)
            for (day, _session), group in groupby(self.slots.values(), key)
            for slots in [list(group)]
        ]

    @property
    def chosen(self) -> Slot:
        return self.slots[self.cleaned_data["slot"]]
