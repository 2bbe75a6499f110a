from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.agenda import listing
from campaigns.agenda.upcoming import Coming
from centers.models import Center
from donors.models import Province, Unit

DAY = {"invalid": _("Write the day as year, month and day, like 2027-03-07.")}
UNKNOWN = {"invalid_choice": _("There is none of this code.")}


class ByCode(forms.ModelChoiceField):
    def __init__(self, queryset, **kwargs):
        super().__init__(
            queryset, to_field_name="code", required=False, error_messages=UNKNOWN, **kwargs
        )


def day() -> forms.DateField:
    return forms.DateField(required=False, input_formats=["%Y-%m-%d"], error_messages=DAY)


class CampaignQuery(forms.Form):
    """A program's query; unlike on a page an invalid value is an error."""

    province = ByCode(Province.objects.all())
    unit = ByCode(Unit.objects.all())
    center = ByCode(Center.objects.collecting())
    on = day()
    since = day()
    until = day()
    free = forms.BooleanField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=1000)

    def __init__(self, data):
        known = {name: data[name] for name in self.base_fields if name in data}
        super().__init__(known)
        self.unknown = sorted(set(data) - set(self.base_fields))

    def clean(self) -> dict:
        if self.unknown:
            raise forms.ValidationError(
                _("Unknown parameters: %(names)s."), params={"names": ", ".join(self.unknown)}
            )
        return self.cleaned_data

    def apply(self, campaigns: Coming) -> Coming:
        wanted = self.cleaned_data
        if wanted["province"]:
            campaigns = listing.within(campaigns, wanted["province"])
        if wanted["unit"]:
            campaigns = listing.narrowed(campaigns, unit__path__startswith=wanted["unit"].path)
        if wanted["center"]:
            campaigns = listing.narrowed(campaigns, center=wanted["center"])
        if wanted["on"]:
            campaigns = listing.on_day(campaigns, wanted["on"])
        if wanted["free"]:
            campaigns = listing.with_a_place(campaigns)
        return listing.between(campaigns, wanted["since"], wanted["until"])
