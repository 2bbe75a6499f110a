from __future__ import annotations

from collections.abc import Iterable

from crispy_forms.bootstrap import StrictButton
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.conf import settings
from django.core.validators import EmailValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from centers.collection.forms.donors import BirthField, BornForm
from centers.forms.layout import helper
from centers.models import Session, Slot
from donors import typed_text
from donors.errors import Refused
from donors.form_fields import PersonNameField
from donors.models import Channel, Sex
from donors.people import identity

from .slots import SlotForm


class WhenForm(SlotForm):
    """A slot of a campaign, chosen by its address; nothing is booked yet."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.form_method = "get"
        self.helper.layout = Layout(
            Field("slot", template="campaigns/answers/slot_cards.html"),
            StrictButton(
                _("Go on with this time"),
                type="submit",
                name="go",
                value="1",
                css_class="btn-primary",
            ),
        )


class MoveForm(SlotForm):
    """Another slot for a request whose code is not confirmed yet."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.disable_csrf = False
        self.helper.layout = Layout(
            Field("slot", template="campaigns/answers/slot_cards.html"),
            StrictButton(_("Take this time"), type="submit", css_class="btn-primary"),
        )


validate_email = EmailValidator(_("This is not an e-mail address. Write it like name@example.org."))


class AddressField(forms.CharField):
    """An e-mail or a phone in one field, cleaned to the format of its channel."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", 254)
        required = _("Enter where the code may go: a phone number or an e-mail.")
        attrs = {"dir": "ltr", "autocomplete": "on", "spellcheck": "false"}
        super().__init__(
            error_messages={"required": required}, widget=forms.TextInput(attrs), **kwargs
        )

    def clean(self, value: str) -> str:
        typed = typed_text.plain(super().clean(value))
        if channel_of(typed) == Channel.EMAIL:
            validate_email(typed)
            return typed
        if not settings.SMS_LEAVES:
            raise forms.ValidationError(
                _("Text messages do not leave yet: enter an e-mail address.")
            )
        try:
            number = identity.normalise_phone(typed)
        except Refused as refused:
            sentence = _("Write a number like 06 61 12 34 56, or an e-mail address.")
            raise forms.ValidationError(sentence) from refused
        try:
            return identity.mobile(number)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused


def channel_of(address: str) -> str:
    return Channel.EMAIL if "@" in address else Channel.SMS


class WhoForm(BornForm, SlotForm):
    """What reception needs to find the person again, and nothing more.

    The slot was chosen on the page before; it is asked again only when it was taken meanwhile, so
    that the typed data are kept. The waiting list of a full session has none. The draft is shared
    by all slots of the campaign ``draft_of``.
    """

    given_name = PersonNameField(
        label=_("Given name, as on the identity card"),
        max_length=80,
        error_messages={"required": _("Type the given name of your card.")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "dir": "auto"}),
    )
    family_name = PersonNameField(
        label=_("Family name, as on the identity card"),
        max_length=80,
        error_messages={"required": _("Type the family name of your card.")},
        widget=forms.TextInput(attrs={"autocomplete": "family-name", "dir": "auto"}),
    )
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=Sex.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose as the card says.")},
    )
    birth_date = BirthField(required_text=_("Enter your date of birth."), autocomplete="bday")
    address = AddressField(
        label=_("Mobile phone or e-mail"),
        help_text=_("A code goes there now, and one reminder before the day."),
    )
    wants_appeals = forms.BooleanField(
        label=_("Ask me when blood is urgently needed near me"),
        required=False,
        help_text=_("At most twice a month, and every message carries a way to stop."),
    )

    def __init__(
        self,
        *args,
        slots: Iterable[Slot],
        before: Slot | None,
        waits_for: Session | None = None,
        draft_of: str,
        action: str,
        **kwargs,
    ):
        super().__init__(*args, slots=slots, action=action, **kwargs)
        self.before = before
        self.waits_for = waits_for
        cards = [Field("slot", template="campaigns/answers/slot_cards.html")]
        messages = self.fields["slot"].error_messages
        messages["required"] = messages["invalid_choice"]
        if before or waits_for:
            del self.fields["slot"]
            cards = []
        self.helper = helper(
            action,
            _("Send me the code"),
            *cards,
            Div("given_name", "family_name", css_class="grid"),
            Div("birth_date", "sex", css_class="grid"),
            "address",
            "wants_appeals",
            data_draft="booking",
            data_draft_of=draft_of,
        )

    @property
    def said(self) -> dict:
        """The arguments of ``bookings.ask``; ``address`` in the format of its channel."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "slot"}
        return typed | {
            "slot": self.before or (None if self.waits_for else self.chosen),
            "waits_for": self.waits_for,
            "channel": channel_of(typed["address"]),
        }


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code of the message"),
        max_length=12,
        help_text=_("Six digits."),
        error_messages={"required": _("Enter the six digits from the message.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"}
        ),
    )

    def __init__(self, *args, action: str, button: Promise | str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(action, button or _("Confirm my place"), "code")
        self.helper.form_class = "big-entry"
