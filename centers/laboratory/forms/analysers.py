"""Mapping of an analyser's files, and upload of files."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import Analyser, Marker, Outcome
from donors import punctuation
from donors.form_fields import field_of

COLUMNS = ("sample_column", "test_column", "result_column")


class AnalyserField(forms.ModelChoiceField):
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
            "sample_column",
            "test_column",
            "result_column",
            "lot_column",
            "tests",
            "words",
        ]
        labels = {
            "name": _("Name of the analyser"),
            "technique": _("Technique, where it determines groups"),
            "sample_column": _("Column of the donation number"),
            "test_column": _("Column of the test"),
            "result_column": _("Column of the result"),
            "lot_column": _("Column of the reagent's lot, if any"),
        }

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("name", *COLUMNS):
            self.fields[name].error_messages["required"] = (
                _("Write the name of the column as the file has it.")
                if name in COLUMNS
                else _("Give the analyser a name.")
            )
        for name in ("name", "technique", "lot_column", *COLUMNS):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.helper = helper(action, _("Save"), *self.fields)


class FileForm(forms.Form):
    analyser = AnalyserField(
        label=_("Analyser"),
        queryset=Analyser.objects.none(),
        empty_label=_("Choose the analyser"),
        error_messages={"required": _("Choose the analyser.")},
    )
    file = forms.FileField(
        label=_("The file (CSV or .xlsx)"),
        max_length=200,
        help_text=_("The first line names the columns; one line a sample and test."),
        error_messages={
            "required": _("Choose the file of the analyser."),
            "empty": _("The file is empty. Choose the one with the results."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )

    def __init__(self, *args, analysers, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "analyser", forms.ModelChoiceField).queryset = analysers
        self.helper = helper(action, _("Hand in and look"), "analyser", "file")
