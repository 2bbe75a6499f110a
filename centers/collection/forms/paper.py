"""A paper sheet of a session, as one person reads it."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict
from datetime import date, time
from typing import Any

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.collection import paper_records
from centers.forms.facilities import FacilityField
from centers.isbt128 import donation_numbers
from centers.models import Arm, Bleeding, Job, Kit, PaperRecord, Staff
from donors.clock.calendar import local_day
from donors.eligibility.forms.questionnaire import QuestionsForm
from donors.form_fields import HourField, WholeNumberField, field_of
from donors.models import DeferralReason, User
from donors.named_choices import NamedChoice

from .chair import KitField, checked, number_field
from .lots import LotField
from .visits import MEASURES, MeasuredForm, second_look

CHAIR = ("number", "kit", "lot", "arm", "started", "ended", "taken_by")
OUTCOMES = [
    (paper_records.GIVEN, _("Gave blood")),
    (paper_records.EMPTY, _("Needle in, nothing in the bag")),
    (paper_records.DEFERRED, _("Was deferred")),
    (paper_records.LEFT, _("Went away before giving")),
]
SELDOM = {"data-enter-skip": ""}


class PersonField(NamedChoice):
    """A person who held one of these jobs at the centre on the day of the session."""

    def __init__(self, label, *jobs: str):
        super().__init__(
            User.objects.none(), label=label, required=False, empty_label=_("Choose the name")
        )
        self.jobs = jobs

    def of(self, record: PaperRecord) -> None:
        held = Staff.objects.active(local_day(record.session.starts_at))
        held = held.filter(center=record.session.center_id, job__in=self.jobs)
        people = User.objects.filter(pk__in=held.values("user"))
        self.queryset = people.order_by("pk")

    def label_from_instance(self, user: User) -> str:
        return user.display_name


def clock(label) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=40,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "dir": "ltr", "inputmode": "numeric", "size": "8"}
        ),
    )


class AnswersForm(QuestionsForm):
    """The donor's answers on the paper; part of the sheet's form."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, action="", aloud=True, **kwargs)
        self.fields["all_asked"].required = False
        self.fields["all_asked"].label = _(
            "On the paper every question is answered; what I did not mark is a no."
        )
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout.pop()

    @property
    def lists(self) -> dict[str, list]:
        """The answers in the form that ``Sheet`` stores."""
        return {
            code: [answer.yes, answer.on.isoformat() if answer.on else None]
            for code, answer in self.answers.items()
        }


class PaperForm(MeasuredForm):
    """The fields depend on how the visit ended; nothing has a default."""

    outcome = forms.ChoiceField(
        label=_("How it ended"),
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the visit ended.")},
    )
    arrived = clock(_("Arrived at"))
    decided_by = PersonField(_("Measured and decided by"), Job.COLLECTION, Job.DOCTOR)
    doctor = PersonField(_("Doctor who signed for an answer or a measure"), Job.DOCTOR)
    because = forms.CharField(
        label=_("What the doctor wrote"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"} | SELDOM),
    )
    reason = NamedChoice(
        queryset=DeferralReason.objects.none(),
        label=_("Deferred for"),
        required=False,
        to_field_name="code",
        empty_label=_("Choose a reason"),
    )
    number = number_field()
    facility = FacilityField()
    kit = KitField(
        queryset=Kit.objects.all(),
        label=_("Bag"),
        required=False,
        empty_label=_("Choose the bag"),
    )
    lot = LotField(label=_("Lot of the bag"), required=False)
    arm = forms.ChoiceField(
        label=_("Arm"), choices=[("", _("Choose the arm")), *Arm.choices], required=False
    )
    started = clock(_("Needle in at"))
    ended = clock(_("Needle out at"))
    volume = WholeNumberField(
        label=_("Volume (mL)"),
        required=False,
        min_value=1,
        max_value=700,
        error_messages={
            "invalid": _("Write the volume in millilitres, like 450."),
            "min_value": _("Nothing in the bag is another outcome: choose it above."),
            "max_value": _("A bag holds up to 700 millilitres."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "inputmode": "numeric"}),
    )
    stopped_because = forms.ChoiceField(
        label=_("Stopped early because"),
        required=False,
        choices=[("", _("It was not: the bag is full")), *Bleeding.Stopped.choices],
    )
    taken_by = PersonField(_("Bled by"), Job.COLLECTION)
    times_sure = second_look(_("Compared with the paper: these times stand on it"))

    def __init__(self, *args, record: PaperRecord, reasons, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, PersonField):
                field.of(record)
            field.required = name == "outcome"
        field_of(self, "reason", forms.ModelChoiceField).queryset = reasons
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            "outcome",
            Div("arrived", *MEASURES, "decided_by", css_class="grid"),
            Fieldset(_("Where the doctor decided"), Div("doctor", "because", "reason")),
            Fieldset(
                _("At the chair"),
                "number",
                "facility",
                Div(*CHAIR[1:], "volume", "stopped_because", css_class="grid"),
                "times_sure",
            ),
            StrictButton(_("This is what the paper says"), type="submit", css_class="btn-primary"),
        )

    def clean_number(self) -> str:
        """The number, scanned or typed, with its check character."""
        text = self.cleaned_data["number"]
        if not text:
            return ""
        number = donation_numbers.parse(checked(text))
        return number.din + number.check

    def _clock(self, name: str) -> str:
        text = unicodedata.normalize("NFKC", self.cleaned_data[name]).strip()
        if not text:
            return ""
        try:
            at = HourField().clean(text)
        except forms.ValidationError as error:
            raise forms.ValidationError(gettext("Write the time like 14:05.")) from error
        return f"{at:%H:%M}" if isinstance(at, time) else ""

    def clean_arrived(self) -> str:
        return self._clock("arrived")

    def clean_started(self) -> str:
        return self._clock("started")

    def clean_ended(self) -> str:
        return self._clock("ended")

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        outcome = data.get("outcome")
        wanted = ["arrived"]
        if outcome == paper_records.DEFERRED:
            wanted += ["decided_by", "reason"]
        if outcome in paper_records.BLED:
            wanted += [name for name in MEASURES if name != "pulse"]
            wanted += ["decided_by", *CHAIR]
            wanted.append("volume" if outcome == paper_records.GIVEN else "stopped_because")
        for name in wanted:
            if outcome and name not in self.errors and not data.get(name):
                self.add_error(name, gettext("Copy this from the paper."))
        return data

    def sheet(self, answers: dict[str, list]) -> paper_records.Sheet:
        """The sheet, without the fields that do not apply to its outcome."""
        data, outcome = self.cleaned_data, self.cleaned_data["outcome"]
        measures = self.measures
        said: dict[str, Any] = {  # by the names of ``Sheet``, each of its own type
            "haemoglobin": measures.haemoglobin,
            "systolic": measures.systolic,
            "diastolic": measures.diastolic,
            "pulse": measures.pulse,
            "weight": _plain(measures.weight),
            "temperature": _plain(measures.temperature),
            "decided_by": _key(data["decided_by"]),
        }
        if outcome == paper_records.DEFERRED:
            said["reason"] = data["reason"].code
        if outcome in paper_records.BLED:
            said |= {name: data[name] for name in ("number", "lot", "arm", "started", "ended")}
            said |= {"doctor": _key(data["doctor"]), "because": data["because"].strip()}
            said |= {"kit": data["kit"].pk, "taken_by": _key(data["taken_by"])}
            said |= {"stopped_because": data["stopped_because"], "times_sure": data["times_sure"]}
            said["volume"] = data["volume"] if outcome == paper_records.GIVEN else None
        kept = {} if outcome == paper_records.LEFT else said
        return paper_records.Sheet(
            outcome=outcome, arrived=data["arrived"], answers=answers, **kept
        )


def typed(sheet: paper_records.Sheet | None) -> dict:
    """Initial data of the form for the person who typed this sheet."""
    if sheet is None:
        return {}
    pressure = f"{sheet.systolic}/{sheet.diastolic}" if sheet.systolic else ""
    return asdict(sheet) | {"pressure": pressure}


def typed_answers(sheet: paper_records.Sheet | None) -> dict:
    if sheet is None or not sheet.answers:
        return {}
    found: dict = {"all_asked": True}
    for code, (yes, on) in sheet.answers.items():
        found[code] = "yes" if yes else "no"
        found[f"{code}_on"] = date.fromisoformat(on) if on else None
    return found


def _key(user: User | None) -> int | None:
    return user.pk if user else None


def _plain(value) -> str | None:
    """Normalised number: 70 and 70.0 are the same weight."""
    return None if value is None else f"{value:.1f}"
