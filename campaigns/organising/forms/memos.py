"""A memo in its three languages, and the changes of an issued one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from crispy_forms.layout import HTML, Div, Field
from django import forms
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from campaigns.models import Memo, MemoDraft, Operation
from campaigns.organising import memo_drafts, memo_versions, unit_kinds
from centers.forms.layout import helper
from donors.errors import Refused
from donors.form_fields import DayField, HourField, WholeNumberField, field_of
from donors.models import Language, Province, Unit
from donors.named_choices import NamedChoices

Scope = MemoDraft.Scope
TEXTS = {"campaign": "", "ready": "ready_", "drill": "drill_"}


class UnitLabel:
    """Indents units by depth, so that the list shows the tree."""

    def label_from_instance(self, unit: Unit) -> str:
        return "\u2003" * unit.level + unit.name


class UnitField(UnitLabel, forms.ModelChoiceField):
    pass


class UnitsField(UnitLabel, forms.ModelMultipleChoiceField):
    pass


def starting_text(
    operation: Operation | None, issuer: Unit, kind: str, languages: Iterable[str]
) -> dict[str, str]:
    """Initial subjects and texts; each says that giving is voluntary."""
    said: dict[str, str] = {}
    for language in languages:
        with override(language):
            context = {"operation": operation, "issuer": issuer}
            name = f"campaigns/memos/draft/{TEXTS[kind]}{language}.txt"
            subject, body = render_to_string(name, context).strip().split("\n", 1)
        said |= {f"subject_{language}": subject.strip(), f"body_{language}": body.strip()}
    return said


def _subject(language: str, *, required: bool) -> forms.CharField:
    direction = "rtl" if language == "ar" else "ltr"
    return forms.CharField(
        label=_("Subject"),
        max_length=200,
        required=required,
        error_messages={"required": _("Say in a line what the memo is about.")},
        widget=forms.TextInput({"dir": direction, "lang": language}),
    )


def _body(language: str, *, required: bool, rows: int) -> forms.CharField:
    direction = "rtl" if language == "ar" else "ltr"
    return forms.CharField(
        label=_("Text"),
        required=required,
        error_messages={"required": _("Write the text that the units will read.")},
        widget=forms.Textarea({"rows": rows, "dir": direction, "lang": language}),
    )


class DeadlineFields(forms.Form):
    deadline_on = DayField(
        label=_("Answer expected by"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={
            "required": _("Enter the day by which the units have to answer."),
            "invalid": _("Write the date as day, month and year, like 08/09/2023."),
        },
    )
    deadline_time = HourField(
        label=_("At"),
        initial=time(18),
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
        error_messages={
            "required": _("Enter the time."),
            "invalid": _("Write the time as hours and minutes, like 09:30."),
        },
    )

    @property
    def deadline_at(self) -> datetime:
        said = self.cleaned_data
        return timezone.make_aware(datetime.combine(said["deadline_on"], said["deadline_time"]))

    def clean(self):
        said = super().clean() or self.cleaned_data
        complete = said.get("deadline_on") and said.get("deadline_time")
        if complete and self.deadline_at <= timezone.now():
            self.add_error("deadline_on", _("The deadline has to lie ahead."))
        return said


class MemoForm(DeadlineFields):
    """A draft: the text of a memo, and to whom it goes. ``revision`` is the one that was read."""

    revision = WholeNumberField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("What is asked"), choices=Memo.Kind.choices)
    issuer = UnitField(label=_("Issued by"), queryset=Unit.objects.none(), empty_label=None)
    reference = forms.CharField(
        label=_("Reference"),
        max_length=60,
        help_text=_("The next number of the issuer and the year; another may be written."),
        error_messages={"required": _("Enter the reference under which the memo is filed.")},
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
    urgency = forms.ChoiceField(label=_("Urgency"), choices=MemoDraft.Urgency.choices)
    subject_ar = _subject("ar", required=True)
    body_ar = _body("ar", required=True, rows=16)
    subject_fr = _subject("fr", required=False)
    body_fr = _body("fr", required=False, rows=12)
    subject_en = _subject("en", required=False)
    body_en = _body("en", required=False, rows=12)
    slogan = forms.CharField(
        label=_("Slogan"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"dir": "auto"}),
    )
    reports = forms.MultipleChoiceField(
        label=_("What the units report"),
        choices=MemoDraft.Report.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    scope = forms.ChoiceField(
        label=_("Addressees"),
        error_messages={"required": _("Say who is addressed.")},
        widget=forms.RadioSelect,
        choices=Scope.choices,
    )
    subtree = UnitField(
        label=_("Unit, with everything under it"), queryset=Unit.objects.none(), required=False
    )
    unit_kinds = forms.MultipleChoiceField(
        label=_("Only units of these kinds"),
        required=False,
        widget=forms.SelectMultiple({"size": 6}),
    )
    provinces = NamedChoices(
        label=_("Only units in these provinces"),
        queryset=Province.objects.all(),
        required=False,
        widget=forms.SelectMultiple({"size": 6}),
    )
    units = UnitsField(
        label=_("Units"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.SelectMultiple({"size": 10}),
    )
    because = forms.CharField(
        label=_("Why the text is changed"),
        max_length=1000,
        help_text=_("The units read it."),
        error_messages={"required": _("Write why the memo is changed.")},
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )

    ADDRESSED = (
        "kind",
        "issuer",
        "reference",
        "scope",
        "subtree",
        "unit_kinds",
        "provinces",
        "units",
    )

    def __init__(
        self, *args, action: str, issuers: QuerySet[Unit], amends=None, drill=False, **kwargs
    ):
        super().__init__(*args, **kwargs)
        if amends:
            for name in self.ADDRESSED:
                del self.fields[name]
        else:
            del self.fields["because"]
            self._addressing(issuers, drill)
        self.helper = helper(
            action, _("Save, and see who is addressed"), *self._parts(amends, drill)
        )

    def _addressing(self, issuers: QuerySet[Unit], drill: bool) -> None:
        field_of(self, "issuer", forms.ModelChoiceField).queryset = issuers
        open_units = Unit.objects.open()
        field_of(self, "subtree", forms.ModelChoiceField).queryset = open_units
        field_of(self, "units", forms.ModelChoiceField).queryset = open_units
        kinds = open_units.order_by("kind").values_list("kind", flat=True).distinct()
        choices = [(kind, unit_kinds.named(kind)) for kind in kinds]
        field_of(self, "unit_kinds", forms.MultipleChoiceField).choices = choices
        allowed = [c for c in Memo.Kind.choices if (c[0] == Memo.Kind.DRILL) == drill]
        field_of(self, "kind", forms.ChoiceField).choices = allowed

    def _parts(self, amends: Memo | None, drill: bool) -> list:
        def section(language: str) -> Div:
            name = HTML(f'<h2 lang="{language}">{Language(language).label}</h2>')
            return Div(name, f"subject_{language}", f"body_{language}")

        text = [
            section("ar"),
            section("fr"),
            section("en"),
            Div("slogan", "urgency", css_class="grid"),
            "reports",
            Div("deadline_on", "deadline_time", css_class="grid"),
        ]
        if amends:
            return ["revision", "because", *text]
        head = Div("kind", "issuer", "reference", css_class="grid")
        to = [
            Div("subtree", "units", css_class="two"),
            Div("unit_kinds", "provinces", css_class="two"),
        ]
        return ["revision", head, *text, Field("scope"), *to]

    def clean(self):
        said = super().clean()
        for language in ("fr", "en"):
            written = [bool(said.get(f"{part}_{language}")) for part in ("subject", "body")]
            if any(written) and not all(written):
                missing = "body" if written[0] else "subject"
                words = _("A language of the memo needs both its subject and its text.")
                self.add_error(f"{missing}_{language}", words)
        if "scope" in self.fields:
            self._clean_scope(said)
        return said

    def clean_because(self) -> str:
        try:
            memo_versions.require_free(self.cleaned_data["because"])
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return self.cleaned_data["because"]

    def _clean_scope(self, said: dict) -> None:
        narrow = ("unit_kinds", "provinces")
        unused = {
            Scope.WHOLE: ("subtree", "units"),
            Scope.SUBTREE: ("units",),
            Scope.LIST: ("subtree", *narrow),
        }
        if any(said.get(name) for name in unused.get(said.get("scope", ""), ())):
            self.add_error(
                "scope", _("You chose units that this answer leaves out. Which is meant?")
            )
        missing = {Scope.SUBTREE: "subtree", Scope.LIST: "units"}.get(said.get("scope", ""))
        if missing and not said.get(missing) and missing not in self.errors:
            self.add_error(missing, _("Choose at least one unit."))

    @property
    def said(self) -> dict:
        """The arguments of ``memo_drafts.begin`` and ``save``."""
        left_out = ("revision", "deadline_on", "deadline_time")
        said = {k: v for k, v in self.cleaned_data.items() if k not in left_out}
        return said | {"deadline_at": self.deadline_at}


def typed_before(draft: MemoDraft) -> dict:
    """What the form shows of a draft."""
    names = (*memo_drafts.TEXT, *MemoForm.ADDRESSED, "because", "revision")
    said = {name: getattr(draft, name) for name in names}
    deadline = timezone.localtime(said.pop("deadline_at"))
    lists = {"units": draft.units.all(), "provinces": draft.provinces.all()}
    return said | lists | {"deadline_on": deadline.date(), "deadline_time": deadline.time()}


class DeadlineForm(DeadlineFields):
    because = forms.CharField(
        label=_("Why"),
        max_length=1000,
        error_messages={"required": _("Write why the memo is changed.")},
        widget=forms.TextInput({"dir": "auto"}),
    )

    def __init__(self, *args, memo: Memo, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(
            reverse("campaigns:memo-deadline", args=[memo.public_id]),
            _("Change the deadline and tell the units"),
            Div("deadline_on", "deadline_time", css_class="grid"),
            "because",
        )


class WithdrawForm(forms.Form):
    why = forms.CharField(
        label=_("Why the memo is withdrawn"),
        max_length=1000,
        error_messages={"required": _("Write why the memo is changed.")},
        widget=forms.TextInput({"dir": "auto"}),
    )

    def __init__(self, *args, memo: Memo, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(
            reverse("campaigns:memo-withdraw", args=[memo.public_id]),
            _("Withdraw the memo and tell the units"),
            "why",
        )
