from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from crispy_forms.layout import Div
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import Center, Session, Staff
from centers.sessions.planning import on_hand, slot_minutes
from donors.form_fields import DayField, HourField, WholeNumberField, field_of
from donors.models import Province
from donors.named_choices import NamedChoice, NamedChoices

MOST_DAYS = 60


class PlanForm(forms.Form):
    """Time and place of a mobile session, as the public reads it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Session.Kind.choices)
    province = NamedChoice(queryset=Province.objects.all(), label=_("Province"), empty_label=None)
    name_ar = forms.CharField(label=_("Place, in Arabic"), max_length=200)
    name_fr = forms.CharField(label=_("Place, in French"), max_length=200)
    name_en = forms.CharField(label=_("Place, in English"), max_length=200)
    room = forms.CharField(
        label=_("Room or door"),
        max_length=120,
        required=False,
        help_text=_("For the staff, on the sheet of the day."),
    )
    on = DayField(label=_("Day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    also_on = forms.CharField(
        label=_("Also on"),
        required=False,
        max_length=400,
        help_text=_("More days with the same hours, like: 31/12/2026, 07/01/2027"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    begins = HourField(label=_("Begins"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    ends = HourField(
        label=_("Ends"),
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
        help_text=_("An evening may end after midnight."),
    )
    beds = WholeNumberField(label=_("Beds"), min_value=1, max_value=60)
    slot_minutes = WholeNumberField(
        label=_("Minutes between two times"), min_value=5, max_value=120
    )

    like = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, center: Center, like: Session | None = None, **kwargs):
        kwargs["initial"] = {
            "province": center.province_id,
            "name_ar": center.name_ar,
            "name_fr": center.name_fr,
            "name_en": center.name_en,
            "slot_minutes": 30,
        } | (_of(like) if like else {})
        super().__init__(*args, **kwargs)
        for name in ("name_ar", "name_fr", "name_en"):
            direction = "rtl" if name == "name_ar" else "ltr"
            self.fields[name].widget.attrs |= {"dir": direction, "lang": name[5:]}
        self.center = center
        self.helper = helper(
            reverse("centers:session-plan", args=[center.code]),
            _("Plan this session"),
            Div("kind", "province", css_class="grid"),
            "name_ar",
            "name_fr",
            "name_en",
            Div("on", "begins", "ends", "beds", "slot_minutes", "room", css_class="grid"),
            "also_on",
            "like",
            data_draft="session",
            data_draft_of=f"like-{like.public_id}" if like else "plan",
        )

    def clean_also_on(self) -> list[date]:
        days = []
        for word in re.split(r"[\s,;،]+", self.cleaned_data["also_on"].strip()):
            try:
                days += [DayField().clean(word)] if word else []
            except forms.ValidationError as error:
                sentence = gettext("This is no day: %(word)s. Write it like 31/12/2026.")
                raise forms.ValidationError(sentence % {"word": word}) from error
        if len(days) > MOST_DAYS:
            raise forms.ValidationError(gettext("At most 60 days at once."))
        return days

    @property
    def days(self) -> list[date]:
        return sorted({self.cleaned_data["on"], *self.cleaned_data["also_on"]})

    @property
    def session(self) -> dict:
        """The arguments of ``sessions.plan_days``; a mobile session has its province's chief town
        as place.

        If it ends before it begins, it ends on the next morning.
        """
        data = {k: v for k, v in self.cleaned_data.items() if k not in ("also_on", "like")}
        on, begins, ends = data.pop("on"), data.pop("begins"), data.pop("ends")
        place = self.center if data["kind"] == Session.Kind.FIXED else data["province"]
        return data | {
            "latitude": place.latitude,
            "longitude": place.longitude,
            "starts_at": timezone.make_aware(datetime.combine(on, begins)),
            "ends_at": timezone.make_aware(
                datetime.combine(on + timedelta(days=ends < begins), ends)
            ),
            "days": self.days,
        }


def _of(session: Session) -> dict:
    """Initial data for planning a similar session; the day is left empty."""
    begins, ends = (timezone.localtime(at).time() for at in (session.starts_at, session.ends_at))
    same = ("kind", "name_ar", "name_fr", "name_en", "beds", "room")
    return {name: getattr(session, name) for name in same} | {
        "province": session.province_id,
        "begins": begins,
        "ends": ends,
        "slot_minutes": slot_minutes(session),
        "like": session.public_id,
    }


class StaffField(NamedChoices):
    def label_from_instance(self, row: Staff) -> str:
        return f"{row.user.display_name} · {row.get_job_display()}"


class TeamForm(forms.Form):
    """Who works at the session."""

    staff = StaffField(
        label=_("On duty"),
        queryset=Staff.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data=None, *, session: Session, **kwargs):
        held = on_hand(session=session)
        duty = set(session.on_duty.values_list("user", "job"))
        chosen = [row.pk for row in held if (row.user_id, row.job) in duty]
        super().__init__(data, initial={"staff": chosen}, **kwargs)
        field_of(self, "staff", forms.ModelChoiceField).queryset = held
        action = reverse("centers:session-team", args=[session.public_id])
        self.helper = helper(action, _("Save"), "staff")


class ArrangeForm(forms.Form):
    beds = WholeNumberField(label=_("Beds"), min_value=1, max_value=60)
    room = forms.CharField(label=_("Room or door"), max_length=120, required=False)
    ends = HourField(
        label=_("Ends"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    despite = forms.BooleanField(
        label=_("Who booked last may lose the place and is offered other times"), required=False
    )

    def __init__(self, data=None, *, session: Session, **kwargs):
        ends = timezone.localtime(session.ends_at).time()
        initial = {"beds": session.beds, "room": session.room, "ends": ends}
        super().__init__(data, initial=initial, **kwargs)
        action = reverse("centers:session-arrange", args=[session.public_id])
        fields = Div("beds", "ends", "room", css_class="grid")
        self.helper = helper(action, _("Save"), fields, "despite")

    @staticmethod
    def end_of(session: Session, ends: time | None) -> datetime:
        """The end at this hour of the session's day, or of the next morning; unchanged if empty."""
        begins = timezone.localtime(session.starts_at)
        if ends is None or ends == timezone.localtime(session.ends_at).time():
            return session.ends_at
        day = begins.date() + timedelta(days=ends <= begins.time())
        return timezone.make_aware(datetime.combine(day, ends))


class MoveForm(forms.Form):
    """Another hour, day or room; the length stays the same."""

    on = DayField(label=_("Day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    begins = HourField(label=_("Begins"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
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
        """The arguments of ``sessions.move``."""
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
