from __future__ import annotations

from datetime import datetime

from crispy_forms.layout import Div
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centers.models import Center, Session
from donors.models import Province

from .layout import helper

FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"]


class ProvinceField(forms.ModelChoiceField):
    def label_from_instance(self, province: Province) -> str:
        return province.name


class PlanForm(forms.Form):
    """Where and when a team collects, as the public will read it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Session.Kind.choices)
    province = ProvinceField(
        queryset=Province.objects.order_by("code"), label=_("Province"), empty_label=None
    )
    name_ar = forms.CharField(label=_("Place, in Arabic"), max_length=200)
    name_fr = forms.CharField(label=_("Place, in French"), max_length=200)
    name_en = forms.CharField(label=_("Place, in English"), max_length=200)
    on = forms.DateField(
        label=_("Day"), input_formats=FORMATS, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    begins = forms.TimeField(label=_("Begins"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    ends = forms.TimeField(label=_("Ends"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    beds = forms.IntegerField(label=_("Beds"), min_value=1, max_value=60)
    slot_minutes = forms.IntegerField(
        label=_("Minutes between two times"), min_value=5, max_value=120
    )

    def __init__(self, *args, center: Center, **kwargs):
        kwargs["initial"] = {
            "province": center.province_id,
            "name_ar": center.name_ar,
            "name_fr": center.name_fr,
            "name_en": center.name_en,
            "slot_minutes": 30,
        } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.center = center
        self.helper = helper(
            reverse("centers:session-plan", args=[center.code]),
            _("Plan this session"),
            Div("kind", "province", css_class="grid"),
            "name_ar",
            "name_fr",
            "name_en",
            Div("on", "begins", "ends", "beds", "slot_minutes", css_class="grid"),
            data_draft="session",
        )

    @property
    def session(self) -> dict:
        """What ``sessions.plan`` is told; a mobile session stands in its province's chief town."""
        data = dict(self.cleaned_data)
        on, begins, ends = data.pop("on"), data.pop("begins"), data.pop("ends")
        place = self.center if data["kind"] == Session.Kind.FIXED else data["province"]
        return data | {
            "latitude": place.latitude,
            "longitude": place.longitude,
            "starts_at": timezone.make_aware(datetime.combine(on, begins)),
            "ends_at": timezone.make_aware(datetime.combine(on, ends)),
        }


class MoveForm(forms.Form):
    """Another hour, day or room; as long as before."""

    on = forms.DateField(
        label=_("Day"), input_formats=FORMATS, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    begins = forms.TimeField(label=_("Begins"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    name_ar = forms.CharField(label=_("Place, in Arabic"), max_length=200)
    name_fr = forms.CharField(label=_("Place, in French"), max_length=200)
    name_en = forms.CharField(label=_("Place, in English"), max_length=200)

    def __init__(self, *args, session: Session, **kwargs):
        starts_at = timezone.localtime(session.starts_at)
        names = {name: getattr(session, name) for name in ("name_ar", "name_fr", "name_en")}
        kwargs["initial"] = names | {"on": starts_at.date(), "begins": starts_at.time()}
        super().__init__(*args, **kwargs)
        action = reverse("centers:session-move", args=[session.public_id])
        self.helper = helper(
            action,
            _("Move this session"),
            Div("on", "begins", css_class="grid"),
            "name_ar",
            "name_fr",
            "name_en",
        )

    @property
    def session(self) -> dict:
        """What ``sessions.move`` is told."""
        data = dict(self.cleaned_data)
        at = datetime.combine(data.pop("on"), data.pop("begins"))
        return data | {"starts_at": timezone.make_aware(at)}


class CancelForm(forms.Form):
    because = forms.CharField(
        label=_("Why?"),
        max_length=200,
        help_text=_("The people who booked will read this."),
        error_messages={
            "required": _("Say why the session is cancelled; the people who booked will read it.")
        },
    )

    def __init__(self, *args, session: Session, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:session-cancel", args=[session.public_id])
        self.helper = helper(action, _("Cancel this session"), "because")
