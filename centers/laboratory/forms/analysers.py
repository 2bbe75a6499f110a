"""Mapping of an analyser's files, and upload of files."""

from __future__ import annotations

from crispy_forms.layout import Fieldset
from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import Analyser, HeldReading, Marker, Outcome
from donors import punctuation
from donors.form_fields import field_of
from donors.named_choices import NamedChoice

COLUMNS = ("sample_column", "test_column", "result_column")
MORE_COLUMNS = ("lot_column", "value_column", "cut_off_column", "run_column", "time_column")


class AnalyserField(NamedChoice):
    def label_from_instance(self, analyser: Analyser) -> str:
        return analyser.name


class PairsField(forms.CharField):
    """Lines of ``their word = our word`` as a dictionary; ``ours`` are the allowed right-hand
    sides."""

    widget = forms.Textarea(attrs={"rows": 6, "dir": "ltr", "autocomplete": "off"})

    def __init__(self, *, ours, **kwargs):
        super().__init__(**kwargs)
        self.ours = ours

    def prepare_value(self, value):
        if isinstance(value, dict):
            return "\n".join(f"{theirs} = {ours}" for theirs, ours in value.items())
        return value

    # The cleaned value is a dictionary; the stub of CharField only knows text.
    def to_python(self, value) -> dict[str, str]:  # type: ignore[override]  # see above
        allowed = {str(word).casefold(): str(word) for word in self.ours()}
        pairs = {}
        for line in filter(str.strip, (super().to_python(value) or "").splitlines()):
            theirs, sign, ours = (part.strip() for part in line.rpartition("="))
            if not sign or not theirs or ours.casefold() not in allowed:
                sentence = gettext(
                    "This line is not understood: %(line)s. On the right: %(words)s."
                )
                words = punctuation.listed(allowed.values())
                raise forms.ValidationError(sentence % {"line": line.strip(), "words": words})
            pairs[theirs] = allowed[ours.casefold()]
        return pairs


def codes() -> list[str]:
    return list(Marker.objects.values_list("code", flat=True))


class AnalyserForm(forms.ModelForm):
    tests = PairsField(
        label=_("Tests"),
        ours=codes,
        help_text=_("One a line: the name in the file = our code, like: HIV Ag/Ab = HIV"),
        error_messages={"required": _("Write at least one test.")},
    )
    words = PairsField(
        label=_("Results"),
        ours=lambda: Outcome.values,
        help_text=_("One a line: the word in the file = our outcome, like: NEG = negative"),
        error_messages={"required": _("Write what the results mean.")},
    )

    class Meta:
        model = Analyser
        fields = [
            "name",
            "technique",
            "format",
            "sender",
            "tests",
            "words",
            "below",
            *COLUMNS,
            *MORE_COLUMNS,
        ]
        labels = {
            "name": _("Name of the analyser"),
            "technique": _("Technique, where it determines groups"),
            "sample_column": _("Column of the donation number"),
            "test_column": _("Column of the test"),
            "result_column": _("Column of the result"),
            "lot_column": _("Column of the reagent's lot, if any"),
            "value_column": _("Column of the measured value, if any"),
            "cut_off_column": _("Column of the cut-off, if any"),
            "run_column": _("Column of the run's number, if any"),
            "time_column": _("Column of the time of measurement, if any"),
            "format": _("How it speaks"),
            "sender": _("How it calls itself in its messages (MSH-3, or field 5 of H)"),
            "below": _("A value below the cut-off is the reactive one (competitive test)"),
        }
        help_texts = {
            "run_column": _("By run, time, lot or value two runs are told apart."),
            "sender": _("Needed for what it sends by itself."),
        }

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = _("Give the analyser a name.")
        for name in ("name", "technique", "sender", *COLUMNS, *MORE_COLUMNS):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        columns = Fieldset(
            _("Columns of its table"), *COLUMNS, *MORE_COLUMNS, css_class="mt-3 mb-3"
        )
        first = [name for name in self.fields if not name.endswith("_column")]
        self.helper = helper(action, _("Save"), *first, columns)

    def clean(self) -> dict:
        super().clean()
        if self.cleaned_data.get("format") == Analyser.Format.TABLE:
            for name in COLUMNS:
                if not self.cleaned_data.get(name):
                    sentence = gettext("Write the name of the column as the file has it.")
                    self.add_error(name, sentence)
        return self.cleaned_data


class FileForm(forms.Form):
    analyser = AnalyserField(
        label=_("Analyser"),
        queryset=Analyser.objects.none(),
        empty_label=_("Choose the analyser"),
        error_messages={"required": _("Choose the analyser.")},
    )
    file = forms.FileField(
        label=_("The file"),
        max_length=200,
        help_text=_(
            "A table (CSV or .xlsx) whose first line names the columns, or messages of HL7 v2 or ASTM."
        ),
        error_messages={
            "required": _("Choose the file of the analyser."),
            "empty": _("The file is empty. Choose the one with the results."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv,.hl7,.astm,.dat"}),
    )

    def __init__(self, *args, analysers, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "analyser", forms.ModelChoiceField).queryset = analysers
        self.helper = helper(action, _("Hand in and look"), "analyser", "file")


class SettleForm(forms.Form):
    because = forms.CharField(
        label=_("Why this becomes no reading"),
        max_length=200,
        error_messages={"required": _("Say why in a sentence.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, held: HeldReading):
        super().__init__(data, auto_id=f"id_{held.pk}_%s")
        self.held = held
        action = reverse("centers:held-settle", args=[held.public_id])
        self.helper = helper(action, _("It becomes no reading"), "because", data_comes_back="")
