"""Opening a person's record outside a session, and putting one field of it right."""

from __future__ import annotations

from crispy_forms.layout import Div, Field
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import Center
from donors.form_fields import DayField
from donors.models import Donor, Province, RecordCorrection, Sex, Unit
from donors.named_choices import NamedChoice
from donors.people import record_values

from .donors import BirthField, BornForm, DocumentForm, NamesForm, PhoneForm

WHY = {
    "person": _("The person asks, here or by telephone"),
    "care": _("Care after a donation: a result, a reaction, a look-back"),
    "correction": _("Something in the record is wrong"),
    "complaint": _("A complaint, or a question of an authority"),
    "quality": _("A check of quality"),
}


class FindForm(forms.Form):
    """Search outside a session; by POST, because the text is personal."""

    text = forms.CharField(
        label=_("Identity card, phone or name"),
        max_length=100,
        help_text=_("Scan the card, or type its number, a phone number, or how the name begins."),
        error_messages={"required": _("Type a card number, a phone number or a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "data-scan-here": ""}),
    )

    def __init__(self, *args, center: Center, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:record-find", args=[center.code])
        self.helper = helper(action, _("Find"), Field("text", autofocus=True))
        self.helper.form_class = "big-entry entry-narrow"


class WhyForm(forms.Form):
    """The reason for which a record is opened; it is kept and shown to the person and the auditor."""

    reason = forms.ChoiceField(
        label=_("What for"),
        choices=WHY.items,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what for.")},
    )
    because = forms.CharField(
        label=_("In a few words"),
        max_length=200,
        help_text=_("Kept beside your name. Write no diagnosis here."),
        error_messages={"required": _("Say in a few words why you open this record.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(action, _("Open the record"), "reason", "because")


class CorrectForm(forms.Form):
    """The reason of a correction, common to the forms of ``FORMS``."""

    rows: tuple = ()
    reason = forms.ChoiceField(
        label=_("Why it is corrected"),
        choices=[("", _("Choose the reason")), *RecordCorrection.Reason.choices],
        error_messages={"required": _("Choose the reason.")},
    )
    because = forms.CharField(
        label=_("In a few words"),
        max_length=200,
        help_text=_("What you saw or heard, like: new card shown, marriage of 2025."),
        error_messages={"required": _("Say in a few words why it is corrected.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )

    def __init__(self, *args, action: str, two: bool, **kwargs):
        super().__init__(*args, **kwargs)
        button = _("Propose: a second person agrees") if two else _("Correct")
        self.helper = helper(action, button, *self.rows, "reason", "because")


class CorrectNames(NamesForm, CorrectForm):
    rows = (
        Div("family_name_ar", "given_name_ar", css_class="grid"),
        Div("family_name", "given_name", css_class="grid"),
    )

    @property
    def value(self) -> dict[str, str]:
        return {name: self.cleaned_data[name].strip() for name in record_values.NAMES}


class CorrectBirth(BornForm, CorrectForm):
    rows = ("birth_date",)
    birth_date = BirthField(required_text=_("Enter the date of birth of the card."))

    @property
    def value(self) -> dict[str, str]:
        return record_values.birth(self.born)


class CorrectSex(CorrectForm):
    rows = ("sex",)
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=Sex.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose as the card says.")},
    )

    @property
    def value(self) -> dict[str, str]:
        return {"sex": self.cleaned_data["sex"]}


class CorrectDocument(DocumentForm, CorrectForm):
    rows = (Div("document_kind", "document_number", css_class="grid"),)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("document_kind", "document_number"):
            self.fields[name].required = True

    @property
    def value(self) -> dict[str, str]:
        said = self.cleaned_data
        return record_values.document(said["document_kind"], said["document_number"])


class CorrectPhone(PhoneForm, CorrectForm):
    rows = ("phone",)

    @property
    def value(self) -> dict[str, str]:
        return {"address": self.cleaned_data["phone"]}


class CorrectEmail(CorrectForm):
    rows = ("email",)
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"dir": "ltr"})
    )

    @property
    def value(self) -> dict[str, str]:
        return {"address": self.cleaned_data["email"].lower()}


class CorrectProvince(CorrectForm):
    rows = ("province",)
    province = NamedChoice(Province.objects.all(), label=_("Province"))

    @property
    def value(self) -> dict[str, str]:
        return {"province": self.cleaned_data["province"].pk}


class CorrectUnit(CorrectForm):
    rows = (Div("unit", "since", css_class="grid"),)
    unit = NamedChoice(
        Unit.objects.filter(closed_on=None),
        label=_("Unit"),
        required=False,
        empty_label=_("No unit any more"),
    )
    since = DayField(
        label=_("From which day"),
        error_messages={
            "required": _("Write the day of the move, like 07/03/2026."),
            "invalid": _("Write the day of the move, like 07/03/2026."),
        },
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"dir": "ltr", "inputmode": "numeric"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = timezone.localdate()

    def clean_since(self):
        day = self.cleaned_data["since"]
        if day > timezone.localdate():
            raise forms.ValidationError(gettext("This day has not been yet."))
        return day

    @property
    def value(self) -> dict[str, str]:
        return record_values.membership(self.cleaned_data["unit"], self.cleaned_data["since"])


Kind = RecordCorrection.Field
# Each adds its fields, and the ``value`` that they say.
FieldForm = (
    CorrectNames
    | CorrectBirth
    | CorrectSex
    | CorrectDocument
    | CorrectPhone
    | CorrectEmail
    | CorrectProvince
    | CorrectUnit
)
FORMS: dict[str, type[FieldForm]] = {
    Kind.NAMES: CorrectNames,
    Kind.BIRTH: CorrectBirth,
    Kind.SEX: CorrectSex,
    Kind.DOCUMENT: CorrectDocument,
    Kind.PHONE: CorrectPhone,
    Kind.EMAIL: CorrectEmail,
    Kind.PROVINCE: CorrectProvince,
    Kind.UNIT: CorrectUnit,
}


def correct_form(donor: Donor, field: str, data, *, action: str) -> FieldForm:
    """The form of one field, filled with what is recorded where retyping it would only add errors."""
    initial: dict[str, str | None] = {}
    if field == Kind.NAMES:
        initial = dict(record_values.present(donor, field))
    elif field == Kind.BIRTH:
        initial = {"birth_date": str(donor.born)}
    elif field == Kind.DOCUMENT:
        initial = {"document_kind": donor.document_kind or Donor.Document.CIN}
    elif field == Kind.PROVINCE:
        initial = {"province": donor.province_id}
    two = field in RecordCorrection.TWO_PEOPLE
    return FORMS[field](data, initial=initial, action=action, two=two)
