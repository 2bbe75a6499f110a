"""Hospital requests, and bags that hospitals return."""

from __future__ import annotations

from crispy_forms.layout import Div, Field
from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.collection.forms.drive import TYPED, count_field
from centers.forms.layout import helper
from centers.isbt128 import data_structures
from centers.models import Center, EmergencyRelease, Hospital, Request
from donors.models import BloodGroup


def scanned(label=None, **attributes) -> forms.CharField:
    """A bag by its number, followed by its product code where several bags have that number."""
    return forms.CharField(
        label=label or _("Number of the bag"),
        max_length=60,
        help_text=_(
            "Scan the number; where it has several products, the product's barcode after it."
        ),
        error_messages={"required": _("Scan or type the number of the bag.")},
        widget=forms.TextInput(attrs=TYPED | {"data-scans": "="} | attributes),
    )


class HospitalForm(forms.ModelForm):
    class Meta:
        model = Hospital
        fields = ["name_ar", "name_fr", "name_en", "city", "email", "phone", "language", "until"]
        labels = {
            "name_ar": _("Name in Arabic"),
            "name_fr": _("Name in French"),
            "name_en": _("Name in English"),
            "email": _("E-mail of its blood depot"),
            "phone": _("Telephone of its blood depot, day and night"),
            "language": _("Language of messages"),
            "until": _("Not served since"),
        }
        help_texts = {"email": _("Recalls are sent there at any hour; it is answered by a link.")}
        widgets = {"until": forms.DateInput({"type": "date"}, "%Y-%m-%d")}

    def __init__(self, *args, center: Center, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            action = reverse("centers:hospital-edit", args=[center.code, self.instance.pk])
            self.helper = helper(action, _("Save"), *self.fields)
        else:
            del self.fields["until"]
            action = reverse("centers:hospital-list", args=[center.code])
            self.helper = helper(action, _("Add this hospital"), *self.fields)


class GroupBarField(forms.CharField):
    """The group of the label: scanned, or typed where no scanner reads it."""

    def __init__(self, **kwargs):
        super().__init__(
            label=_("Group bar of the bag"),
            max_length=60,
            error_messages={"required": _("Scan the group bar of the same bag.")},
            widget=forms.TextInput(attrs=TYPED | {"data-scans": "=%"}),
            **kwargs,
        )

    def clean(self, value) -> str:
        text = super().clean(value).strip().upper().replace("−", "-")
        said = data_structures.parse(text)
        group = said.value if said and said.kind == "group" else text
        if group and group not in BloodGroup.values:
            raise forms.ValidationError(gettext("This is no group bar. Scan the one of the bag."))
        return str(group)


class ScannedForm(forms.Form):
    """A bag by its number and its group bar; one scan of its square code says both."""

    def __init__(self, data=None, **kwargs):
        if data and data.get(name := self.prefixed("number", kwargs), "").startswith("=+"):
            said = {part.kind: part.value for part in data_structures.parse_compound(data[name])}
            if {"number", "group", "product"} <= said.keys():
                number = f"={said['number']}00=<{said['product']}"
                bar = data_structures.group(str(said["group"]))
                data = data.copy()
                data[name], data[self.prefixed("group_bar", kwargs)] = number, bar
        super().__init__(data, **kwargs)

    @staticmethod
    def prefixed(name: str, said: dict) -> str:
        return f"{said['prefix']}-{name}" if said.get("prefix") else name


class GiveForm(ScannedForm):
    """First step: a bag scanned for a request; a reason only where it comes from the disaster
    reserve."""

    number = scanned(autofocus="")
    group_bar = GroupBarField()
    reserve_because = forms.CharField(
        label=_("Taken from the reserve for disasters because"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-enter-skip": ""}),
    )

    def __init__(self, data=None, *, of: Request, **kwargs):
        super().__init__(data, **kwargs)
        action = reverse("centers:request-pick", args=[of.public_id])
        fields = [Div("number", "group_bar", css_class="grid"), "reserve_because"]
        self.helper = helper(action, _("First look: take this bag"), *fields, data_enter_next="")


class SecondLookForm(ScannedForm):
    """Second step: the same bag, scanned again."""

    number = scanned()
    group_bar = GroupBarField()

    def __init__(self, data=None, *, of: Request, focused: bool = False, **kwargs):
        super().__init__(data, prefix="second", **kwargs)
        if focused:
            self.fields["number"].widget.attrs["autofocus"] = ""
        action = reverse("centers:request-issue", args=[of.public_id])
        fields = Div("number", "group_bar", css_class="grid")
        self.helper = helper(action, _("Second look: the bag leaves"), fields, data_enter_next="")


class AgreeForm(forms.Form):
    """The second person of an emergency, with the bag in hand."""

    number = scanned()

    def __init__(self, data=None, *, emergency: EmergencyRelease, **kwargs):
        super().__init__(data, prefix=f"agree{emergency.pk}", **kwargs)
        args = [emergency.request.public_id, emergency.pk]
        action = reverse("centers:emergency-agree", args=args)
        self.helper = helper(action, _("I agree: the bag leaves"), "number", data_comes_back="")


class EmergencyForm(forms.Form):
    number = scanned()
    because = forms.CharField(
        label=_("Why the patient cannot wait"),
        max_length=200,
        error_messages={"required": _("Say why the patient cannot wait.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, of: Request, **kwargs):
        super().__init__(data, prefix="emergency", **kwargs)
        action = reverse("centers:emergency-ask", args=[of.public_id])
        self.helper = helper(
            action, _("Release it in an emergency"), "number", "because", data_enter_next=""
        )


class CloseForm(forms.Form):
    because = forms.CharField(
        label=_("Why"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, of: Request, **kwargs):
        super().__init__(data, auto_id="close_%s", **kwargs)
        action = reverse("centers:request-close", args=[of.public_id])
        self.helper = helper(action, _("Close it"), "because")


class ReturnForm(forms.Form):
    """A bag that a hospital returns."""

    number = scanned()
    minutes_out = count_field(
        _("Minutes out of the cold"), _("Write how many minutes it was out of the cold."), 0, 9999
    )
    cold_chain_kept = forms.TypedChoiceField(
        label=_("Was it kept cold all the time?"),
        choices=[("yes", _("Yes, and the seal is whole")), ("no", _("No, or nobody knows"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it was kept cold.")},
    )

    def __init__(self, data=None, *, center: Center, **kwargs):
        super().__init__(data, prefix="back", **kwargs)
        action = reverse("centers:bag-return", args=[center.code])
        self.helper = helper(action, _("Take it back"), *self.fields, data_enter_next="")


class FateForm(forms.Form):
    """The outcome of a bag, as the hospital reports it."""

    number = scanned()
    transfused = forms.TypedChoiceField(
        label=_("What became of it?"),
        choices=[("yes", _("Transfused")), ("no", _("Discarded at the hospital"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what became of the bag.")},
    )

    def __init__(self, data=None, *, center: Center, **kwargs):
        super().__init__(data, prefix="fate", **kwargs)
        action = reverse("centers:bag-report", args=[center.code])
        self.helper = helper(
            action, _("Note it"), Field("number"), "transfused", data_enter_next=""
        )
