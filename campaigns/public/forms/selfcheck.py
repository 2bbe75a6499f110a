from __future__ import annotations

from collections.abc import Callable
from datetime import date

from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.public import selfcheck
from campaigns.public.selfcheck import Answers
from centers.collection.forms.donors import BirthField, BornForm
from centers.forms.layout import helper
from donors.form_fields import AboutDayField, NumberField
from donors.models import DeferralReason, Sex

DAY = {
    "required": _("Enter the day, about is enough."),
    "invalid": _("Write the date as day, month and year, like 07/03/2026."),
}
THE_LIST = (
    '<details class="panel mb-3" open><summary>{}</summary><ul class="columns">{}</ul></details>'
)
AT_PRESENT = _("Does something last: a pregnancy, breastfeeding, a treatment?")
ONE_MORE = _("One more: does this apply to you?")
WHAT_YOU_ANSWERED = _("What you answered")
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


def day(label, **kwargs) -> AboutDayField:
    widget = forms.DateInput(
        format="%d/%m/%Y", attrs={"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}
    )
    return AboutDayField(label=label, widget=widget, error_messages=DAY, **kwargs)


class Behind(Div):
    """A question in plain words; what it may be about is behind it, open where something is ticked."""

    template = "campaigns/guide/behind.html"

    def __init__(self, question, *fields, opened: bool | Callable[[], bool] = False):
        super().__init__(*fields)
        self.question, self.opened = question, opened


def ticks(reasons: list[DeferralReason]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Tick what applies. Nothing ticked means no."),
        required=False,
        choices=[(reason.code, reason.name) for reason in reasons],
        widget=forms.CheckboxSelectMultiple,
    )


class SelfCheckForm(BornForm):
    """A two-minute self-check. For recent events the day is asked in a second step only."""

    birth_date = BirthField(required_text=DAY["required"])
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, widget=forms.RadioSelect)
    weight = NumberField(
        label=_("Weight in kilograms"),
        min_value=20,
        max_value=300,
        max_digits=4,
        decimal_places=1,
        error_messages={
            "required": _("Enter your weight, about is enough."),
            "invalid": _("Enter your weight as a number of kilograms, like 64."),
            "min_value": _("Check the weight, in kilograms."),
            "max_value": _("Check the weight, in kilograms."),
        },
        widget=forms.TextInput({"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}),
    )
    given_on = day(
        _("When did you last give blood?"), required=False, help_text=_("Leave it empty if never.")
    )
    well = forms.ChoiceField(
        label=_("Do you feel well today?"), choices=YES_NO, widget=forms.RadioSelect
    )
    for_good = forms.ChoiceField(
        label=_("Does one of the reasons on this list apply to you?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text=_("You need not say which."),
    )

    def __init__(self, data=None, *, on: date, action: str):
        super().__init__(data)
        self.on = on
        self.themes = selfcheck.lately(on)
        self.present = selfcheck.present(on)
        self.doubtful = selfcheck.doubtful(on)
        names = []
        for number, reasons in enumerate(self.themes.values()):
            names.append(f"lately_{number}")
            self.fields[names[-1]] = ticks(reasons)
        self.fields["present"] = ticks(self.present)
        self.fields["doubtful"] = ticks(self.doubtful)
        self.when = [f"when_{reason.code}" for reason in self._lately(names)]
        for reason in self._lately(names):
            self.fields[f"when_{reason.code}"] = day(
                gettext("%(what)s: when was it, or when was it over?") % {"what": reason.name}
            )
        self.helper = self._laid_out(action, names)

    def _lately(self, names: list[str]) -> list[DeferralReason]:
        """Ticked recent events that are on the list."""
        if not isinstance(self.data, MultiValueDict):  # nothing was sent yet
            return []
        ticked = {code for name in names for code in self.data.getlist(name)}
        return [row for rows in self.themes.values() for row in rows if row.code in ticked]

    def _laid_out(self, action: str, names: list[str]):
        listed = format_html_join(
            "", "<li>{}</li>", ((r.name,) for r in selfcheck.for_good(self.on))
        )
        heading = format_html("<h2>{}</h2>", gettext("Has one of these happened to you?"))
        the_list = format_html(THE_LIST, gettext("The list"), listed)
        made = helper(action, _("See the answer"))
        made.disable_csrf = True
        # On a shared telephone the way back from the answer must not fill the ticks in again.
        made.attrs |= {"autocomplete": "off"}
        button = made.layout.fields[-1]
        questions = [*zip(self.themes, names, strict=True), (AT_PRESENT, "present")]
        questions += [(ONE_MORE, "doubtful")] if self.doubtful else []
        asked = [
            Div("birth_date", "weight", css_class="grid"),
            "sex",
            "given_on",
            "well",
            HTML(heading),
            *[Behind(q, Field(name), opened=self._ticked(name)) for q, name in questions],
            HTML(the_list),
            "for_good",
        ]
        if self.when:  # what is answered stays behind one line, to be changed and not asked again
            when = Div(*self.when, css_class="panel", css_id="when")
            made.layout = Layout(
                when, Behind(WHAT_YOU_ANSWERED, *asked, opened=lambda: not self.asks_when), button
            )
        else:
            made.layout = Layout(*asked, button)
        return made

    def _ticked(self, name: str) -> bool:
        return isinstance(self.data, MultiValueDict) and bool(self.data.getlist(name))

    @property
    def asks_when(self) -> bool:
        """Everything is answered except the days of the events just ticked, whose fields were not
        shown yet."""
        unseen = {name for name in self.when if name not in self.data}
        return bool(unseen) and set(self.errors) <= unseen

    def ask_when(self) -> None:
        for name in self.when:
            self.errors.pop(name, None)

    def clean(self) -> dict:
        for name in ("given_on", *self.when):
            on = self.cleaned_data.get(name)
            if on and on > self.on:
                self.add_error(name, gettext("This day has not been yet."))
        return self.cleaned_data

    @property
    def answers(self) -> Answers:
        said = self.cleaned_data
        rows = {row.code: row for some in self.themes.values() for row in some}
        return Answers(
            born=self.born,
            sex=said["sex"],
            weight=said["weight"],
            well=said["well"] == "yes",
            given_on=said["given_on"],
            ended={rows[name.removeprefix("when_")]: said[name] for name in self.when},
            present=[row for row in self.present if row.code in said["present"]],
            doubtful=[row for row in self.doubtful if row.code in said["doubtful"]],
            for_good=said["for_good"] == "yes",
        )
