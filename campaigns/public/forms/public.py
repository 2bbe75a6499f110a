from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.agenda import listing
from campaigns.agenda.upcoming import Coming
from campaigns.public import blood_need
from centers.forms.layout import filters
from centers.models import Center
from donors import alphabet
from donors.form_fields import DayField, field_of
from donors.models import BloodGroup, Province
from donors.people.names import fold


class ProvinceField(forms.ChoiceField):
    """Any province or none; the rows are read once per page, for the list and for validation."""

    def load(self) -> None:
        self.rows = {row.code: row for row in Province.objects.all()}
        names = [(code, row.listed) for code, row in self.rows.items()]
        names.sort(key=lambda choice: alphabet.key(choice[1]))
        self.choices = [("", _("The whole country")), *names]

    def clean(self, value: str) -> Province | None:
        return self.rows.get(super().clean(value))


class NearForm(forms.Form):
    """The reader's province; an unknown one counts as none."""

    province = ProvinceField(label=_("Your province or prefecture"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "province", ProvinceField).load()
        self.helper = filters(_("Show"), "province")

    @property
    def chosen(self) -> Province | None:
        return self.cleaned_data.get("province") if self.is_valid() else None


class CentreFilter(forms.Form):
    """A part of a centre's name or town, in Arabic or Latin letters."""

    named = forms.CharField(
        label=_("Name or town"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"type": "search", "dir": "auto"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = filters(_("Find"), "named")

    def apply(self, centers: Iterable[Center]) -> list[Center]:
        typed = fold(self.cleaned_data.get("named", "")) if self.is_valid() else ""
        return [center for center in centers if typed in _words(center)]


def _words(center: Center) -> str:
    of = center.province
    names = (center.name_ar, center.name_fr, center.city_ar, center.city_fr, of.name_ar, of.name_fr)
    return fold(" ".join(names))


@dataclass(frozen=True)
class Here:
    latitude: float
    longitude: float


class HereForm(forms.Form):
    """The position of a telephone, already rounded by the page."""

    latitude = forms.FloatField(min_value=-90, max_value=90)
    longitude = forms.FloatField(min_value=-180, max_value=180)

    @property
    def here(self) -> Here:
        return Here(**self.cleaned_data)


class CampaignFilter(forms.Form):
    """Filter of campaigns, in the query string. An invalid value is ignored."""

    province = ProvinceField(label=_("Province or prefecture"), required=False)
    on = DayField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as day, month and year, like 07/03/2027.")},
    )
    group = forms.ChoiceField(
        label=_("Where this group is short"),
        required=False,
        choices=[("", _("Any group")), *BloodGroup.choices],
    )
    free = forms.BooleanField(label=_("With free places only"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "province", ProvinceField).load()
        self.helper = filters(_("Show"), "province", "on", "group", "free")

    @property
    def provinces(self) -> list[Province]:
        return list(field_of(self, "province", ProvinceField).rows.values())

    @property
    def near(self) -> Province | None:
        return self.cleaned_data.get("province") if self.is_valid() else None

    def apply(self, campaigns: Coming, now: datetime) -> Coming:
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("province"):
            campaigns = listing.within(campaigns, chosen["province"])
        if chosen.get("on"):
            campaigns = listing.on_day(campaigns, chosen["on"])
        if chosen.get("group"):
            campaigns = listing.narrowed(
                campaigns, center__in=blood_need.short_of(chosen["group"], now)
            )
        if chosen.get("free"):
            campaigns = listing.with_a_place(campaigns)
        return campaigns

    @property
    def query(self) -> str:
        return self.query_without()

    def query_without(self, *left_out: str) -> str:
        names = [name for name in self.fields if name not in left_out]
        said = {name: self.data[name] for name in names if self.data.get(name)}
        return f"{urlencode(said)}&" if said else ""
