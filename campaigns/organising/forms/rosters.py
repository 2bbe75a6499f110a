from crispy_forms.layout import Field
from django import forms
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from donors.form_fields import field_of
from donors.models import Unit
from donors.models.unit import UnitQuerySet


class UnitField(forms.ModelChoiceField):
    def label_from_instance(self, unit: Unit) -> str:
        return unit.name


class UploadForm(forms.Form):
    """A list as a file, and the unit whose people it contains."""

    unit = UnitField(
        label=_("Unit that they belong to"),
        queryset=Unit.objects.none(),
        error_messages={"required": _("Choose the unit.")},
    )
    file = forms.FileField(
        label=_("The list (.xlsx, .ods or CSV)"),
        max_length=200,
        help_text=_("At most 10 MB and 100,000 lines, under a line that names the columns."),
        error_messages={
            "required": _("Choose the file with the list."),
            "empty": _("The file is empty. Choose the one with the list."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.ods,.csv,.txt,.tsv"}),
    )

    def __init__(self, *args, units: UnitQuerySet, needs_unit: bool, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "unit", forms.ModelChoiceField).queryset = units
        self.fields["unit"].required = needs_unit
        if not units.exists():
            del self.fields["unit"]
        self.helper = helper(action, _("Hand in and check"), *[Field(n) for n in self.fields])
