from __future__ import annotations

from datetime import datetime, time

from crispy_forms.layout import Div
from django import forms
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from campaigns.models import Operation
from centers.forms.layout import helper
from centers.sessions.forms.sessions import FORMATS
from donors.form_fields import field_of
from donors.models import Language, Unit

WHOLE, SUBTREE, LIST = "whole", "subtree", "list"
DRAFTS = (Language.ARABIC, Language.FRENCH)


class UnitLabel:
    """Indents units by depth, so that the list shows the tree."""

    def label_from_instance(self, unit: Unit) -> str:
        return "\u2003" * unit.level + unit.name


class UnitField(UnitLabel, forms.ModelChoiceField):
    pass


class UnitsField(UnitLabel, forms.ModelMultipleChoiceField):
    pass


def starting_text(operation: Operation, issuer: Unit, language: str) -> dict[str, str]:
    """Initial subject and text; the text says that giving is voluntary."""
    with override(language):
        context = {"operation": operation, "issuer": issuer}
        text = render_to_string(f"campaigns/memos/draft/{language}.txt", context).strip()
    subject, body = text.split("\n", 1)
    return {"subject": subject.strip(), "body": body.strip(), "language": language}


class MemoForm(forms.Form):
    """An urgent memo before it is issued, when it can still be changed."""

    issuer = UnitField(label=_("Issued by"), queryset=Unit.objects.none(), empty_label=None)
    reference = forms.CharField(
        label=_("Reference"),
        max_length=60,
        error_messages={"required": _("Enter the reference under which the memo is filed.")},
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Language of the memo"), choices=Language.choices)
    subject = forms.CharField(
        label=_("Subject"),
        max_length=200,
        error_messages={"required": _("Say in a line what the memo is about.")},
        widget=forms.TextInput({"dir": "auto"}),
    )
    body = forms.CharField(
        label=_("Text"),
        help_text=_("The memo orders that a campaign is organised; giving stays voluntary."),
        error_messages={"required": _("Write the text that the units will read.")},
        widget=forms.Textarea({"rows": 18, "dir": "auto"}),
    )
    deadline_on = forms.DateField(
        label=_("Answer expected by"),
        input_formats=FORMATS,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={
            "required": _("Enter the day by which the units have to answer."),
            "invalid": _("Write the date as day, month and year, like 08/09/2023."),
        },
    )
    deadline_time = forms.TimeField(
        label=_("At"),
        initial=time(18),
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
        error_messages={
            "required": _("Enter the time."),
            "invalid": _("Write the time as hours and minutes, like 09:30."),
        },
    )
    scope = forms.ChoiceField(
        label=_("Addressees"),
        error_messages={"required": _("Say who is addressed; a memo cannot be taken back.")},
        widget=forms.RadioSelect,
        choices=[
            (WHOLE, _("Every unit under the issuer")),
            (SUBTREE, _("One unit and everything under it")),
            (LIST, _("The units chosen in the list")),
        ],
    )
    subtree = UnitField(
        label=_("Unit, with everything under it"), queryset=Unit.objects.none(), required=False
    )
    units = UnitsField(
        label=_("Units"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.SelectMultiple({"size": 10}),
    )

    def __init__(self, *args, operation: Operation, issuers: QuerySet[Unit], **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "issuer", forms.ModelChoiceField).queryset = issuers
        field_of(self, "subtree", forms.ModelChoiceField).queryset = field_of(
            self, "units", forms.ModelChoiceField
        ).queryset = Unit.objects.open()
        self.helper = helper(
            reverse("campaigns:memo-write", args=[operation.public_id]),
            _("Look at it before issuing"),
            Div("issuer", "reference", "language", css_class="grid"),
            "subject",
            "body",
            Div("deadline_on", "deadline_time", css_class="grid"),
            "scope",
            Div("subtree", "units", css_class="two"),
            data_draft="memo",
        )

    def clean(self):
        super().clean()
        said = self.cleaned_data
        unused = {WHOLE: ("subtree", "units"), SUBTREE: ("units",), LIST: ("subtree",)}
        if any(said.get(name) for name in unused.get(said.get("scope", ""), ())):
            self.add_error(
                "scope", _("You chose units that this answer leaves out. Which is meant?")
            )
        missing = {SUBTREE: "subtree", LIST: "units"}.get(said.get("scope", ""))
        if missing and not said.get(missing) and missing not in self.errors:
            self.add_error(missing, _("Choose at least one unit."))
        if said.get("deadline_on") and said.get("deadline_time"):
            moment = datetime.combine(said["deadline_on"], said["deadline_time"])
            if timezone.make_aware(moment) <= timezone.now():
                self.add_error("deadline_on", _("The deadline has to lie ahead."))
        return said

    @property
    def addressed(self) -> QuerySet[Unit]:
        said = self.cleaned_data
        if said["scope"] == LIST:
            return said["units"]
        root = said["subtree"] if said["scope"] == SUBTREE else said["issuer"]
        return Unit.objects.below(root)

    @property
    def memo(self) -> dict:
        """The arguments of ``memos.issue``."""
        said = self.cleaned_data
        moment = datetime.combine(said["deadline_on"], said["deadline_time"])
        names = ("issuer", "reference", "language", "subject", "body")
        return {name: said[name] for name in names} | {
            "deadline_at": timezone.make_aware(moment),
            "addressed": self.addressed,
        }
