from __future__ import annotations

from datetime import date

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import filters
from donors.clock.calendar import add_months
from donors.form_fields import field_of

MONTHS_SHOWN = 24
YEARS_SHOWN = 5


class MonthForm(forms.Form):
    """Chosen in the address, so that a report can be linked and kept."""

    month = forms.ChoiceField(label=_("Month"), required=False)

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.this = today.replace(day=1)
        firsts = [add_months(self.this, -back) for back in range(MONTHS_SHOWN)]
        choices = [(f"{first:%Y-%m}", date_format(first, "F Y")) for first in firsts]
        field_of(self, "month", forms.ChoiceField).choices = choices
        self.helper = filters(_("Show"), "month")

    @property
    def chosen(self) -> date:
        """The first of the month; the month under way where none is chosen."""
        said = self.cleaned_data["month"] if self.is_valid() else ""
        return date.fromisoformat(f"{said}-01") if said else self.this


class YearForm(forms.Form):
    year = forms.ChoiceField(label=_("Year"), required=False)

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.this = today.year
        years = range(self.this, self.this - YEARS_SHOWN, -1)
        choices = [(str(year), str(year)) for year in years]
        field_of(self, "year", forms.ChoiceField).choices = choices
        self.helper = filters(_("Show"), "year")

    @property
    def chosen(self) -> int:
        said = self.cleaned_data["year"] if self.is_valid() else ""
        return int(said or self.this)
