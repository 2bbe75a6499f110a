"""One reader's sheet of antigens and CMV."""

from __future__ import annotations

from crispy_forms.layout import Div, Field
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.collection.forms.lots import LotField
from centers.forms.layout import helper
from centers.models import Answer, Donation, ExtendedTest

ROW = "centers/laboratory/marker.html"


class ExtendedForm(forms.Form):
    """Nothing is preselected; what stays empty was not read."""

    lot = LotField(
        label=_("Reagent lot"),
        error_messages={"required": _("Copy the lot number from the reagent.")},
    )

    def __init__(self, *args, donation: Donation, tests: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.tests = tests
        for test in tests:
            self.fields[test] = forms.ChoiceField(
                label=ExtendedTest(test).label,
                choices=Answer.choices,
                widget=forms.RadioSelect,
                required=False,
            )
        action = reverse("centers:extended-enter", args=[donation.public_id])
        lines = Div(
            *(Field(test, template=ROW) for test in tests),
            template="centers/laboratory/sheet.html",
            css_class="antigens",
        )
        self.helper = helper(action, _("Record this entry"), "lot", lines)

    @property
    def outcomes(self) -> dict[str, str]:
        return {test: self.cleaned_data.get(test, "") for test in self.tests}
