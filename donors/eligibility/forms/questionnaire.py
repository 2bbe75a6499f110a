from __future__ import annotations

from datetime import date

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donors.eligibility.questionnaire import Answer
from donors.form_fields import AboutDayField
from donors.models import Question


class QuestionsForm(forms.Form):
    """Yes or no to every question; no answer is preselected.

    When the questions are read aloud, every question left unmarked is a no, and the member of staff
    confirms that all were asked.
    """

    def __init__(
        self, *args, questions: list[Question], on: date, action: str, aloud: bool = False, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.questions, self.on, self.aloud = questions, on, aloud
        parts: dict[str, list] = {}
        for question in questions:
            self.fields[question.code] = forms.ChoiceField(
                label=question.text,
                choices=[("no", _("No")), ("yes", _("Yes"))],
                widget=forms.RadioSelect,
                required=not aloud,
                error_messages={"required": _("Answer with yes or no.")},
            )
            names = [question.code]
            if question.asks_when:
                names.append(f"{question.code}_on")
                self.fields[names[-1]] = AboutDayField(
                    label=_("If yes: when was it, or when was it over? About is enough."),
                    required=False,
                    error_messages={
                        "invalid": _("Write the date as day, month and year, like 07/03/2026.")
                    },
                    widget=forms.DateInput(
                        format="%d/%m/%Y",
                        attrs={"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"},
                    ),
                )
            parts.setdefault(question.part, []).append(Div(*names, css_class="question"))
        self.helper = FormHelper()
        self.helper.form_action = action
        self.helper.attrs = {"novalidate": "", "autocomplete": "off", "data-no-draft": ""}
        sets = [Fieldset(Question.Part(part).label, *rows) for part, rows in parts.items()]
        words = _("Keep these answers") if aloud else _("These are my answers")
        button = StrictButton(words, type="submit", css_class="btn-primary")
        if aloud:
            self.fields["all_asked"] = forms.BooleanField(
                label=_("I asked every question; what I did not mark was answered with no."),
                error_messages={"required": _("Ask every question, then tick this box.")},
                widget=forms.CheckboxInput(attrs={"data-key": "a"}),
            )
            self.helper.layout = Layout(*sets, "all_asked", button)
        else:
            said = gettext("I have answered honestly and may ask the doctor anything.")
            self.helper.layout = Layout(*sets, HTML(f"<p>{said}</p>"), button)

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        for question in self.questions:
            name = f"{question.code}_on"
            if not question.asks_when or data.get(question.code) != "yes" or name in self.errors:
                continue
            if not data.get(name):
                self.add_error(name, _("Enter the day, about is enough."))
            elif data[name] > self.on:
                self.add_error(name, _("This day has not been yet."))
        return data

    @property
    def answers(self) -> dict[str, Answer]:
        said = self.cleaned_data
        return {
            q.code: Answer(
                said[q.code] == "yes", said.get(f"{q.code}_on") if said[q.code] == "yes" else None
            )
            for q in self.questions
        }
