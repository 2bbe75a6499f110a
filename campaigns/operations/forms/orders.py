from __future__ import annotations

from datetime import timedelta

from crispy_forms.layout import Div
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Approval, Operation, StandingOrder
from campaigns.operations import orders
from centers.forms.layout import helper
from donors.form_fields import MomentField, WholeNumberField

USUAL_DAYS = 7


class OrderForm(forms.Form):
    """Who approves the invitations of an operation, and until when."""

    approval = forms.ChoiceField(
        label=_("Who approves invitations"),
        choices=Approval.choices,
        widget=forms.RadioSelect,
        help_text=_("“Nobody” is in force only after another administrator has confirmed it."),
    )
    people_limit = WholeNumberField(
        label=_("People at once"),
        min_value=1,
        max_value=100_000,
        help_text=_("Above this number an administrator approves in any case."),
    )
    hold_seconds = WholeNumberField(
        label=_("Hold, in seconds"),
        min_value=30,
        max_value=3600,
        help_text=_("Nothing leaves before; until then it can be undone."),
    )
    every_center = forms.BooleanField(
        label=_("For every centre, not only those in the stricken provinces"), required=False
    )
    reserve_level = forms.ChoiceField(
        label=_("Relief reserves follow which figure of the estimate"),
        choices=StandingOrder.Level.choices,
    )
    valid_until = MomentField(
        label=_("In force until"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
    )
    because = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args, operation: Operation, **kwargs):
        now = timezone.now()
        last, usual = orders.current(operation=operation, now=now), orders.usual()
        start = last or usual
        kwargs["initial"] = {
            "approval": start.approval,
            "people_limit": start.people_limit,
            "hold_seconds": start.hold_seconds,
            "every_center": bool(last and last.every_center),
            "reserve_level": last.reserve_level if last else StandingOrder.Level.VALUE,
            "valid_until": timezone.localtime(now + timedelta(days=USUAL_DAYS)),
        }
        super().__init__(*args, **kwargs)
        self.helper = helper(
            reverse("campaigns:operation-order", args=[operation.public_id]),
            _("Give this order"),
            "approval",
            Div("people_limit", "hold_seconds", css_class="grid"),
            "every_center",
            Div("reserve_level", "valid_until", css_class="grid"),
            "because",
        )

    def clean_valid_until(self):
        until = self.cleaned_data["valid_until"]
        if until <= timezone.now():
            raise forms.ValidationError(_("The order has to end in the future."))
        return until
