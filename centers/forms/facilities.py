"""Confirmation that a label has another facility's number; for any form that takes a number."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.errors import Foreign
from donors.form_fields import field_of


class FacilityBox(forms.CheckboxInput):
    """A checkbox whose value is the facility it asks about, so that ticking it cannot confirm
    another."""

    def __init__(self, facility: str):
        super().__init__(check_test=lambda sent: sent == facility)
        self.facility = facility

    def format_value(self, value) -> str:
        return self.facility

    def value_from_datadict(self, data, files, name) -> str:
        return data.get(name, "")


class FacilityField(forms.CharField):
    """Hidden until the number in the field ``of`` has a facility that the session does not use."""

    def __init__(self, of: str = "number"):
        super().__init__(
            label=_("The label has it"), max_length=5, required=False, widget=forms.HiddenInput
        )
        self.of = of


def question(form: forms.Form, refused: Foreign) -> None:
    """Show the form again with everything typed, and the checkbox under the number."""
    field = field_of(form, "facility", FacilityField)
    field.widget = FacilityBox(refused.facility)
    # The form has made its bound field already, with the earlier label.
    form["facility"].label = gettext("I compared the label: it is of facility %(facility)s") % {
        "facility": refused.facility
    }
    form.add_error(field.of, str(refused))
