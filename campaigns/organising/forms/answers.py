"""The forms with which a unit answers a memo: on its page and behind the link of a message."""

from __future__ import annotations

from crispy_forms.layout import Div
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.agenda.distances import kilometres
from campaigns.models import Addressee, Memo
from campaigns.organising import drives
from centers.forms.layout import helper
from centers.models import Center
from donors.form_fields import DayField, WholeNumberField, field_of
from donors.models import Unit


class WillForm(forms.Form):
    """The unit will organise: when, for about how many, with which centre."""

    planned_on = DayField(
        label=_("Planned day"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={
            "required": _("Enter the day that the unit plans."),
            "invalid": _("Write the date as day, month and year, like 08/09/2023."),
        },
    )
    expected_donors = WholeNumberField(
        label=_("Donors expected, about"),
        min_value=1,
        max_value=5000,
        help_text=_("An estimate; nobody is listed and nobody is obliged."),
        error_messages={
            "required": _("Enter about how many donors are expected."),
            "invalid": _("Enter about how many donors are expected."),
        },
    )
    center = forms.ModelChoiceField(
        label=_("Centre that collects"),
        queryset=Center.objects.none(),
        empty_label=None,
        help_text=_("The nearest one comes first."),
    )

    def __init__(self, *args, addressee: Addressee, token: str = "", **kwargs):
        kwargs.setdefault("prefix", f"will-{addressee.pk}")
        super().__init__(*args, **kwargs)
        field_of(self, "planned_on", DayField).widget.attrs["min"] = str(timezone.localdate())
        if addressee.memo.kind == Memo.Kind.CAMPAIGN:
            submit, last = _("Answer: we will organise"), self._centers(addressee.unit)
        else:
            submit, last = _("Answer: we are ready"), self._without_campaign()
        row = Div("planned_on", "expected_donors", css_class="grid")
        self.helper = helper(action("will", addressee, token), submit, row, *last)
        self.helper.disable_csrf = bool(token)

    def _centers(self, unit: Unit) -> tuple[str, ...]:
        nearest = drives.nearest_centers(unit)
        field = field_of(self, "center", forms.ModelChoiceField)
        field.queryset = Center.objects.filter(pk__in=[c.pk for c in nearest])
        field.choices = [
            (c.pk, f"{c.name} · {round(kilometres(unit.province, c))} km") for c in nearest
        ]
        return ("center",)

    def _without_campaign(self) -> tuple[str, ...]:
        """The answer to an exercise, or to a memo to be ready: no centre is asked."""
        del self.fields["center"]
        self.fields["planned_on"].label = _("Ready from")
        return ()


class CannotForm(forms.Form):
    because = forms.CharField(
        label=_("Why the unit cannot"),
        max_length=1000,
        help_text=_("For example no room, or a campaign held together with another unit."),
        error_messages={"required": _("Say why, so that help can be found.")},
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args, addressee: Addressee, token: str = "", **kwargs):
        kwargs.setdefault("prefix", f"cannot-{addressee.pk}")
        super().__init__(*args, **kwargs)
        self.helper = helper(
            action("cannot", addressee, token),
            _("Answer: we cannot"),
            "because",
        )
        self.helper.disable_csrf = bool(token)


class UnitsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, unit: Unit) -> str:
        return unit.name


class ForwardForm(forms.Form):
    """Units below that the memo does not address yet."""

    units = UnitsField(
        label=_("Units under yours"),
        queryset=Unit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one unit.")},
    )

    def __init__(self, *args, addressee: Addressee, **kwargs):
        kwargs.setdefault("prefix", f"forward-{addressee.pk}")
        super().__init__(*args, **kwargs)
        below = Unit.objects.open().below(addressee.unit).exclude(pk=addressee.unit_id)
        addressed = Addressee.objects.filter(memo=addressee.memo_id).values("unit")
        self.choices = below.exclude(pk__in=addressed)
        field_of(self, "units", forms.ModelMultipleChoiceField).queryset = self.choices
        self.helper = helper(
            reverse("campaigns:memo-forward", args=[addressee.memo.public_id, addressee.unit.code]),
            _("Forward the memo"),
            "units",
        )


def action(verb: str, addressee: Addressee, token: str) -> str:
    """Where an answer is posted: with the link's token, or by the signed-in officer."""
    if token:
        return reverse(f"campaigns:memo-link-{verb}", args=[token, addressee.unit.code])
    return reverse(f"campaigns:memo-{verb}", args=[addressee.memo.public_id, addressee.unit.code])


def answer_forms(
    row: Addressee, tried: forms.Form | None = None, token: str = ""
) -> tuple[forms.Form, ...]:
    """Both forms of a unit's row; ``tried`` is the refused one, with what was typed."""
    made = (WillForm(addressee=row, token=token), CannotForm(addressee=row, token=token))
    return tuple(tried if tried and tried.prefix == form.prefix else form for form in made)
