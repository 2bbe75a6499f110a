from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from crispy_forms.layout import HTML, Div, Fieldset
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from campaigns.models import Estimate, Operation
from campaigns.operations import estimates, shares
from campaigns.operations.operations import counts_from
from campaigns.operations.parameters import Parameter, parameter
from centers.forms.layout import helper
from centers.models import Family
from donors import punctuation
from donors.clock.calendar import local_day, midnight
from donors.form_fields import MomentField, NumberField, WholeNumberField

MANY = 1_000_000
ADDRESS = re.compile(r"[,;]? ?(https?://[^\s;,]+)")
BOUNDS = ("low", "value", "high")


def _name(quantity: str, bound: str) -> str:
    return quantity if bound == "value" else f"{quantity}_{bound}"


def _figure(value: float) -> str:
    return str(number_format(Decimal(str(value)).normalize(), use_l10n=True))


class EstimateForm(forms.Form):
    """Admissions, bags per admission and where the patients go; the rule's figures stand as the start."""

    basis = forms.ChoiceField(label=_("What is counted"), choices=Estimate.Basis.choices)
    counted = WholeNumberField(label=_("How many"), min_value=0, max_value=MANY)
    admissions_low = WholeNumberField(
        label=_("Admissions, low"),
        required=False,
        min_value=0,
        max_value=MANY,
        help_text=_("Empty: as follows from the count."),
    )
    admissions_high = WholeNumberField(
        label=_("Admissions, high"),
        required=False,
        min_value=0,
        max_value=MANY,
        help_text=_("Empty: as follows from the count."),
    )
    starts_at = MomentField(
        label=_("The first patients arrived"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        help_text=_(
            "The days of the curve are counted from here; after a second shock, from that one."
        ),
    )
    first_day_share = NumberField(
        label=_("Used on the first day, in %"), min_value=1, max_value=100, decimal_places=1
    )
    because = forms.CharField(
        label=_("Why, and where the count comes from"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args, operation: Operation, **kwargs):
        last = operation.estimates.last()
        kwargs["initial"] = _kept(last) if last else _first(operation)
        super().__init__(*args, **kwargs)
        self.centers = {center.code: center for center in shares.centers()}
        weights = last.weights if last else shares.suggested(operation)
        for family in estimates.FAMILIES:
            self._bags(family)
        for code, center in self.centers.items():
            self.fields[f"weight-{code}"] = WholeNumberField(
                label=center.name,
                required=False,
                min_value=0,
                max_value=1000,
                initial=weights.get(code),
            )
        published = parameter("share_of_rbc_used_first_24h")
        self.fields["first_day_share"].help_text = _told(
            _(
                "Published: %(low)s to %(high)s %%, natural disasters left out; for these the low end is an"
                " assumption, as is the fading of each later day to three quarters of the one before."
            )
            % {"low": _figure(100 * published.low), "high": _figure(100 * published.high)},
            published,
        )
        self.fields["counted"].help_text = _ratios()
        self.helper = helper(
            reverse("campaigns:operation-estimate", args=[operation.public_id]),
            _("Put this estimate in force"),
            *self._layout(weights),
            data_draft="estimate",
        )

    def _bags(self, family: str) -> None:
        band, cited = estimates.per_admission(family), estimates.sources(family)
        labels = {"low": _("low"), "value": _("expected"), "high": _("high")}
        for bound, source in zip(BOUNDS, cited, strict=True):
            name = _name(family, bound)
            self.fields[name] = NumberField(
                label=punctuation.listed([Family(family).label, labels[bound]]),
                min_value=0,
                max_value=100,
                decimal_places=2,
                initial=Decimal(str(getattr(band, bound))),
                help_text=_told(_figure(source.value) + ".", source),
            )

    def _layout(self, weights: dict[str, int]) -> list[Any]:
        bags = [
            Div(*(_name(family, bound) for bound in BOUNDS), css_class="grid")
            for family in estimates.FAMILIES
        ]
        near = [f"weight-{code}" for code in self.centers if weights.get(code)]
        others = [f"weight-{code}" for code in self.centers if not weights.get(code)]
        summary = format_html("<details><summary>{}</summary>", _("Other centres"))
        return [
            Fieldset(
                _("Admissions to hospital"),
                Div("basis", "counted", "admissions_low", "admissions_high", css_class="grid"),
                Div("starts_at", "first_day_share", css_class="grid"),
            ),
            Fieldset(_("Bags per admission (platelets in adult doses)"), *bags),
            Fieldset(
                _("Where the patients go: weights of the centres"),
                HTML(format_html("<p class='quiet'>{}</p>", _weighing())),
                Div(*near, css_class="grid"),
                HTML(summary),
                Div(*others, css_class="grid"),
                HTML("</details>"),
            ),
            "because",
            HTML(
                format_html(
                    '<button class="btn btn-outline-secondary" name="look" value="1">{}</button> ',
                    _("Look at what follows first"),
                )
            ),
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not any(said.get(f"weight-{code}") for code in self.centers):
            self.add_error(None, _("Give at least one centre a share of the patients."))
        for quantity in estimates.FAMILIES:
            typed = (said.get(_name(quantity, bound)) for bound in BOUNDS)
            figures = [figure for figure in typed if figure is not None]
            if figures != sorted(figures):
                self.add_error(quantity, _("It has to lie between the low and the high figure."))
        if said.get("basis") and said.get("counted") is not None:
            self._between(said)
        return said

    def _between(self, said: dict[str, Any]) -> None:
        """The expected admissions follow from the count; low and high may be typed."""
        band = estimates.admissions(basis=said["basis"], counted=said["counted"])
        low, high = said.get("admissions_low"), said.get("admissions_high")
        if low is not None and low > band.value:
            self.add_error("admissions_low", _("More than the expected number."))
        if high is not None and high < band.value:
            self.add_error("admissions_high", _("Less than the expected number."))

    def said(self) -> dict[str, Any]:
        """The arguments of ``estimates.unsaved``."""
        names = [_name(family, bound) for family in estimates.FAMILIES for bound in BOUNDS]
        bags = {name: self.cleaned_data[name] for name in names}
        said = {name: self.cleaned_data[name] for name in self.base_fields}
        weights = {code: self.cleaned_data[f"weight-{code}"] or 0 for code in self.centers}
        return said | {"weights": weights, "bags": bags}


def _told(figure: str, source: Parameter) -> SafeString:
    """The figure and its source; of an address only the link is kept, it is longer than a telephone."""
    name = ADDRESS.sub("", source.source)
    address = ADDRESS.search(source.source)
    if address is None:
        cited = format_html("<bdi>{}</bdi>", name)
    else:
        link = '<a href="{}" lang="en" rel="noreferrer"><bdi>{}</bdi></a>'
        cited = format_html(link, address[1], name)
    return format_html(str(_("{figure} Source: {source}")), figure=figure, source=cited)


def _ratios() -> SafeString:
    injured, rate = parameter("quake_injury_to_death_ratio"), parameter("quake_admission_rate")
    sentence = _(
        "Earthquakes: %(low)s to %(high)s injured for each death, %(from)s to %(to)s %% of the injured"
        " admitted. For other disasters these ratios are an assumption."
    ) % {
        "low": _figure(injured.low),
        "high": _figure(injured.high),
        "from": _figure(100 * rate.low),
        "to": _figure(100 * rate.high),
    }
    return _told(sentence, rate)


def _weighing() -> str:
    return _(
        "Suggested from the distance to the stricken provinces: every province counts alike, and the"
        " weight halves with each %(km)s km. An assumption: change it as soon"
        " as it is known where patients are brought."
    ) % {"km": shares.HALF_KM}


def _first(operation: Operation) -> dict[str, Any]:
    opened = operation.opened_at
    day = counts_from(operation)
    starts = opened if day == local_day(opened) else midnight(day)
    share = Decimal(str(round(100 * estimates.first_day(operation.kind), 1)))
    return {"starts_at": timezone.localtime(starts), "first_day_share": share}


def _kept(last: Estimate) -> dict[str, Any]:
    """A revision starts from the version in force, except its reason."""
    names = [_name(q, bound) for q in estimates.FAMILIES for bound in BOUNDS]
    kept = {name: getattr(last, name) for name in ["basis", "counted", *names]}
    share = Decimal(str(round(100 * estimates.used_between(last.curve, 0, 24), 1)))
    return kept | {"starts_at": timezone.localtime(last.starts_at), "first_day_share": share}
