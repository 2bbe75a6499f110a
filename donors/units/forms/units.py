from __future__ import annotations

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donors.form_fields import DayField, field_of
from donors.models import Province, Unit, User
from donors.models.unit import UnitQuerySet
from donors.named_choices import NamedChoice
from donors.units import tree


def laid_out(form: forms.Form, action: str, button) -> FormHelper:
    made = FormHelper()
    made.form_action = action
    made.attrs = {"novalidate": ""}
    press = StrictButton(button, type="submit", css_class="btn-primary")
    made.layout = Layout(*form.fields, press)
    return made


class SearchForm(forms.Form):
    """A list's filter: sent by GET, changes nothing."""

    q = forms.CharField(
        label=_("Name or code"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "type": "search"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = laid_out(self, "", _("Find"))
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        self.helper.form_class = "filters"


class UnitField(forms.CharField):
    """Choice of one unit among thousands: a code selects it, a name finds codes to choose from."""

    MOST = 8
    among: UnitQuerySet = Unit.objects.none()

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
        says = _("Its code. With a name or a part of one you are shown the codes.")
        super().__init__(max_length=80, widget=widget, help_text=says, **kwargs)

    def clean(self, value: str) -> Unit:
        text = super().clean(value)
        unit = self.among.filter(code__iexact=text).first()
        if unit:
            return unit
        found = [
            f"\u2068{one.name}\u2069 \u2066({one.code})\u2069"
            for one in tree.find(text, self.among).order_by("path")[: self.MOST]
        ]
        if not found:
            raise forms.ValidationError(_("No open unit that could be chosen has this name."))
        says = _("Write the code of the one you mean: %(units)s")
        raise forms.ValidationError(says, params={"units": " · ".join(found)})


class UnitsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, unit: Unit) -> str:
        return unit.name


class UserField(forms.ModelChoiceField):
    def label_from_instance(self, user: User) -> str:
        return user.display_name


class ReasonForm(forms.Form):
    """Every change of a unit needs a reason, which later readers of its history see."""

    because = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("The decision and its date. It stays in the history of the unit."),
        error_messages={"required": _("Say why: the history of a unit tells its readers.")},
    )

    def __init__(self, *args, unit: Unit, among: UnitQuerySet, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.unit, self.among = unit, among
        self.prepare()
        self.order_fields([name for name in self.fields if name != "because"])
        self.helper = laid_out(self, action, self.button)

    button = _("Close this unit")

    def prepare(self) -> None:
        """Fill choices from the unit and the tree around it."""


class ReopenForm(ReasonForm):
    button = _("Open this unit again")


class NamesForm(ReasonForm):
    name_ar = forms.CharField(label=_("Name in Arabic"), max_length=200)
    name_fr = forms.CharField(label=_("Name in French"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    button = _("Rename")

    def prepare(self) -> None:
        for name, direction in (("name_ar", "rtl"), ("name_fr", "ltr"), ("name_en", "ltr")):
            self.fields[name].widget.attrs |= {"dir": direction, "autocomplete": "off"}
            self.fields[name].error_messages["required"] = _(
                "A unit needs its name in Arabic, French and English."
            )

    @property
    def called(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("name_ar", "name_fr", "name_en")}


class RenameForm(NamesForm):
    def prepare(self) -> None:
        super().prepare()
        for name in ("name_ar", "name_fr", "name_en"):
            self.fields[name].initial = getattr(self.unit, name)


CODE = forms.CharField(
    label=_("Code"),
    max_length=40,
    validators=[
        RegexValidator(r"^[A-Z0-9][A-Z0-9-]*$", _("Capital letters, digits and hyphens: SR-TAZ."))
    ],
    help_text=_("Capital letters, digits and hyphens: SR-TAZ."),
    error_messages={"required": _("Give it a code of its own.")},
    widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
)


class CreateForm(NamesForm):
    code = CODE
    kind = forms.ChoiceField(label=_("Kind"))
    province = NamedChoice(label=_("Province"), queryset=Province.objects.all())
    button = _("Found the unit")

    def prepare(self) -> None:
        super().prepare()
        kinds = Unit.objects.order_by("kind").values_list("kind", flat=True).distinct()
        field_of(self, "kind", forms.ChoiceField).choices = [
            (kind, kind.replace("_", " ")) for kind in kinds
        ]
        self.fields["province"].initial = self.unit.province_id


class MoveForm(ReasonForm):
    to = UnitField(
        label=_("Under which unit"),
        error_messages={"required": _("Choose the unit above it.")},
    )
    button = _("Move with everything under it")

    def prepare(self) -> None:
        free = self.among.open().exclude(path__startswith=self.unit.path)
        field_of(self, "to", UnitField).among = free


class MergeForm(ReasonForm):
    into = UnitField(
        label=_("Into which unit"),
        error_messages={"required": _("Choose the unit that stays.")},
    )
    button = _("Merge and close this one")

    def prepare(self) -> None:
        free = self.among.open().exclude(path__startswith=self.unit.path)
        field_of(self, "into", UnitField).among = free


class SplitForm(NamesForm):
    code = CODE
    children = UnitsField(
        label=_("Units that go to the new one"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    button = _("Split")

    def prepare(self) -> None:
        super().prepare()
        field_of(self, "children", forms.ModelChoiceField).queryset = Unit.objects.open().filter(
            parent=self.unit
        )


class InviteForm(forms.Form):
    """Proposes a commander of the unit; another person approves."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail of the service"),
        error_messages={
            "required": _("Enter the address that the invitation goes to."),
            "invalid": _("Write the address like name@example.org."),
        },
    )
    replaces = UserField(
        label=_("In place of"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody"),
    )

    def __init__(self, *args, officers: list[User], action: str, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "replaces", forms.ModelChoiceField).queryset = User.objects.filter(
            pk__in=[u.pk for u in officers]
        )
        if not officers:
            del self.fields["replaces"]
        self.helper = laid_out(self, action, _("Invite"))


class EndForm(forms.Form):
    """The day from which a command gives no right any more."""

    on = DayField(
        label=_("Ends on"),
        widget=forms.DateInput({"type": "date", "autocomplete": "off"}, "%Y-%m-%d"),
        help_text=_("From that day on the command gives no right. Today ends it at once."),
        error_messages={
            "required": _("Choose the day."),
            "invalid": _("Write the day like 31/12/2026."),
        },
    )

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate
        self.helper = laid_out(self, action, _("End this command"))


class AcceptForm(forms.Form):
    """A password for the account that the invitation made."""

    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        error_messages={"required": _("Choose a password; the second factor follows.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, action: str, wanted: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(map(str, password_validators_help_texts()))
        if not wanted:
            self.fields.clear()
        self.helper = laid_out(self, action, _("Take the command up"))

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        if data.get("password") != data.get("again"):
            self.add_error("again", _("The two are not the same."))
        return data
