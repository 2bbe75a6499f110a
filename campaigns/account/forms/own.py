from __future__ import annotations

from crispy_forms.layout import Div
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.booking.forms.booking import AddressField, CodeForm
from campaigns.messaging import whatsapp
from centers.collection.forms.donors import BirthField
from centers.forms.layout import helper
from donors.form_fields import field_of
from donors.models import Donor, Language, Purpose


class EnterForm(forms.Form):
    """A known address, and the date of birth, since a family may share one address."""

    address = AddressField(
        label=_("Mobile phone or e-mail"),
        help_text=_("One that you gave when you booked or at reception."),
    )
    birth_date = BirthField(required_text=_("Enter your date of birth."), autocomplete="bday")

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(action, _("Send me a code"), "address", "birth_date")


class SignInCodeForm(CodeForm):
    """The same for everybody, so that the page does not tell whether an address is shared."""

    given_name = forms.CharField(
        label=_("Your given name"),
        max_length=80,
        required=False,
        help_text=_(
            "Only if somebody with your date of birth, such as a twin, has this address too."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "dir": "auto"}),
    )

    def __init__(self, *args, action: str, button: Promise | str = "", **kwargs):
        super().__init__(*args, action=action, button=button, **kwargs)
        self.helper = helper(action, button, "code", "given_name")
        self.helper.form_class = "big-entry"


class AddressForm(forms.Form):
    address = AddressField(label=_("Another phone or e-mail"))

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(action, _("Send a code there"), "address")


class EraseForm(forms.Form):
    """Erasure cannot be undone, so it is confirmed twice."""

    sure = forms.BooleanField(
        label=_("I want to be erased. I know that it cannot be taken back."),
        error_messages={"required": _("Tick the box if you are sure; otherwise nothing happens.")},
    )

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(action, _("Erase me"), "sure")


PURPOSES = {
    Purpose.APPEALS: _("Ask me when blood is urgently needed near me"),
    Purpose.REMINDERS: _("Remind me the day before my place"),
    Purpose.FOLLOW_UP: _("Tell me where my blood went"),
    Purpose.NEWS: _("News of campaigns near me"),
}
PAUSES = [(0, _("No pause")), (2, _("Two weeks")), (8, _("Eight weeks")), (26, _("Half a year"))]
HOURS = [("", "—"), *((hour, f"{hour:02}:00") for hour in range(24))]


class WishesForm(forms.Form):
    """A donor's preferences: purposes, language, quiet hours."""

    language = forms.ChoiceField(label=_("Language of the messages"), choices=Language.choices)
    purposes = forms.MultipleChoiceField(
        label=_("What may reach me"),
        choices=PURPOSES.items,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    pause = forms.TypedChoiceField(
        label=_("No appeals for"), choices=PAUSES, coerce=int, required=False, empty_value=None
    )
    quiet_from = forms.TypedChoiceField(
        label=_("Quiet from"), choices=HOURS, coerce=int, required=False, empty_value=None
    )
    quiet_until = forms.TypedChoiceField(
        label=_("until"), choices=HOURS, coerce=int, required=False, empty_value=None
    )

    def __init__(self, *args, donor: Donor, agreed: set[str], action: str, **kwargs):
        kwargs["initial"] = {
            "language": donor.language,
            "purposes": sorted(agreed),
            "quiet_from": donor.quiet_from,
            "quiet_until": donor.quiet_until,
        }
        super().__init__(*args, **kwargs)
        if whatsapp.is_on():
            own = (Purpose.WHATSAPP, _("WhatsApp instead of SMS, at my telephone number"))
            field_of(self, "purposes", forms.MultipleChoiceField).choices = [*PURPOSES.items(), own]
        field_of(self, "pause", forms.ChoiceField).choices = [("", _("As it is")), *PAUSES]
        self.helper = helper(
            action,
            _("Save"),
            "purposes",
            Div("language", "pause", css_class="grid"),
            Div("quiet_from", "quiet_until", css_class="grid"),
        )

    def clean(self) -> dict:
        begins, ends = self.cleaned_data.get("quiet_from"), self.cleaned_data.get("quiet_until")
        if (begins is None) != (ends is None) or begins is not None and begins == ends:
            self.add_error("quiet_until", _("Give both hours, or none."))
        return self.cleaned_data
