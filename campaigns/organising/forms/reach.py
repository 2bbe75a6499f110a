"""How an officer is reached: the mobile number with its code, and absences."""

from crispy_forms.layout import Div
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from donors.form_fields import DayField


class PhoneForm(forms.Form):
    number = forms.CharField(
        label=_("Mobile number"),
        max_length=30,
        help_text=_("Urgent memos reach you there too, with a link that opens the answer."),
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
        error_messages={"required": _("Enter your mobile number.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(reverse("campaigns:reach-phone"), _("Send me a code"), "number")


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code of the message"),
        max_length=12,
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr"}
        ),
        error_messages={"required": _("Enter the six digits of the message.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(reverse("campaigns:reach-prove"), _("Prove the number"), "code")


class AwayForm(forms.Form):
    since = DayField(
        label=_("First day away"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={"required": _("Enter the first day away.")},
    )
    until = DayField(
        label=_("First day back"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={"required": _("Enter the first day back.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        dates = Div("since", "until", css_class="grid")
        self.helper = helper(reverse("campaigns:reach-away"), _("I am away"), dates)


class UnitPhoneForm(forms.Form):
    typed = forms.CharField(
        label=_("Telephone of the unit"),
        max_length=30,
        required=False,
        widget=forms.TextInput({"type": "tel", "dir": "ltr"}),
    )

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(action, _("Save"), "typed")
