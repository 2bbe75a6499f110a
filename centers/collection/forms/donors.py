from __future__ import annotations

import re
from datetime import date

from crispy_forms.layout import Div, Field
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.isbt128 import lots
from centers.models import Session
from donors.clock import partial_dates
from donors.clock.partial_dates import PartialDate
from donors.errors import Refused
from donors.form_fields import PersonNameField, field_of
from donors.models import Donor, Language, Sex
from donors.people import identity

ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f]")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
OLDEST = 110
LONGEST = 20  # characters of a document's number
UNREADABLE = _("Write day, month and year, like 07/03/1990, or the year alone, like 1990.")
CENTURY = _("Is it %(day)s? It stands in the field now: send again if it is right.")
TWO_CENTURIES = _("Is it %(day)s or %(other)s? Write the year with four digits.")
NAMES = {"family_name", "given_name", "family_name_ar", "given_name_ar"}


class BirthField(forms.CharField):
    """A birth date in digits of any script; the year, or month and year, where no more is known."""

    def __init__(self, *, required_text, autocomplete: str = "off", **kwargs):
        kwargs.setdefault("label", _("Date of birth"))
        attrs = {"dir": "ltr", "inputmode": "numeric", "autocomplete": autocomplete}
        super().__init__(
            max_length=40,
            help_text=_("Day, month, year: 07/03/1990. Only the year is known: 1990, or 03/1990."),
            error_messages={"required": required_text, "invalid": UNREADABLE},
            widget=forms.TextInput(attrs=attrs),
            **kwargs,
        )

    def clean(self, value) -> PartialDate:
        typed = super().clean(value)
        born = partial_dates.read(typed)
        if born is None and (some := _of_which_century(typed)):
            words = {"day": str(some[0]), "other": str(some[-1])}
            asked = CENTURY if len(some) == 1 else TWO_CENTURIES
            raise forms.ValidationError(asked % words, code="century")
        if born is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return born

    def bound_data(self, data, initial):
        """A year of two digits is asked about; the field then holds the only one possible."""
        typed = super().bound_data(data, initial)
        some = _of_which_century(typed or "")
        return str(some[0]) if len(some) == 1 else typed


def _of_which_century(typed: str) -> list[PartialDate]:
    """The birth dates that 7/3/90 may mean for somebody who lives."""
    today = timezone.localdate()
    some = partial_dates.short_year(typed)
    return [
        one for one in some if today.year - OLDEST <= one.earliest.year and one.earliest <= today
    ]


class BornForm(forms.Form):
    """A form with ``birth_date``, cleaned to its first possible day, and its ``birth_precision``."""

    of_the_future = _("This date has not been yet.")
    too_old = _("Check the year of this date.")

    def clean_birth_date(self) -> date:
        born: PartialDate = self.cleaned_data["birth_date"]
        today = timezone.localdate()
        if born.earliest > today:
            raise forms.ValidationError(self.of_the_future)
        if born.earliest.year < today.year - OLDEST:
            raise forms.ValidationError(self.too_old)
        self.cleaned_data["birth_precision"] = born.precision
        return born.earliest

    @property
    def born(self) -> PartialDate:
        said = self.cleaned_data
        return PartialDate(said["birth_date"], said["birth_precision"])


class SearchForm(forms.Form):
    """One field for card, phone or name; sent by POST, because it is personal."""

    text = forms.CharField(
        label=_("Identity card, phone or name"),
        max_length=100,  # the machine-readable lines of a card have 90 characters
        help_text=_("Scan the card, or type its number, a phone number, or how the name begins."),
        error_messages={"required": _("Type a card number, a phone number or a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "data-scan-here": ""}),
    )

    # A scanned card that nobody has on record goes along, until the person is found by name.
    card = forms.CharField(required=False, max_length=LONGEST, widget=forms.HiddenInput)

    def __init__(
        self, *args, session: Session, scan: bool = False, action: str | None = None, **kwargs
    ):
        super().__init__(*args, **kwargs)
        name = "centers:session-scan" if scan else "centers:donor-find"
        action = action or reverse(name, args=[session.public_id])
        if scan:
            self.fields["text"].label = _("Scan or type: a card, a bag's number, a name")
            self.fields["text"].widget.attrs |= {
                "data-scan-after": "",
                "data-finds": reverse("centers:session-people", args=[session.public_id]),
                "aria-controls": "found",
            }
            self.fields["text"].help_text = _("Needle out: type the volume, then scan the bag.")
        self.helper = helper(action, _("Find"), Field("text", autofocus=True), "card")
        self.helper.form_class = "big-entry entry-narrow"

    def clean_card(self) -> str:
        return identity.card(self.cleaned_data["card"])


def read_from(text: str) -> dict[str, str]:
    """A search without result, put into the fields of ``RegisterForm`` where it belongs."""
    card = identity.card(text)
    if card:
        return {"document_kind": Donor.Document.CIN, "document_number": card}
    try:
        return {"phone": identity.normalise_phone(text)}
    except Refused:
        given, _space, family = text.strip().partition(" ")
    if not (ARABIC.search(text) or LATIN.search(text)):
        return {}
    ending = "_ar" if ARABIC.search(text) else ""
    return {f"given_name{ending}": given, f"family_name{ending}": family}


class DocumentForm(forms.Form):
    """Kind and number of an identity document, typed or scanned."""

    document_kind = forms.ChoiceField(
        label=_("Document"), choices=[("", "—"), *Donor.Document.choices], required=False
    )
    document_number = forms.CharField(
        label=_("Number of the document"),
        max_length=100,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "dir": "ltr", "data-scan": "document"}
        ),
    )

    def clean_document_number(self) -> str:
        """The document number, from a scan or from typing."""
        text = self.cleaned_data["document_number"]
        if lots.is_barcode(text):
            raise forms.ValidationError(
                _("This is the barcode of a bag. Scan or type the number of the document.")
            )
        number = identity.card(text) or identity.documents(text)[0]
        if len(number) > LONGEST:
            raise forms.ValidationError(_("A number of a document has 20 characters at most."))
        return number

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        kind, number = data.get("document_kind"), data.get("document_number")
        if number and not kind:
            self.add_error("document_kind", gettext("Say which document this number is of."))
        if kind and not number:
            self.add_error("document_number", gettext("Enter the number of this document."))
        card = identity.normalise_document(number or "")
        if kind == Donor.Document.CIN and number and not identity.CARD.fullmatch(card):
            sentence = gettext(
                "A card number is one or two letters and up to seven digits, like AB123456."
            )
            self.add_error("document_number", sentence)
        return data


class NamesForm(forms.Form):
    """Both names in one script or in both, each in its letters."""

    family_name = PersonNameField(
        label=_("Family name (Latin letters)"), max_length=80, required=False
    )
    given_name = PersonNameField(
        label=_("Given name (Latin letters)"), max_length=80, required=False
    )
    family_name_ar = PersonNameField(
        label=_("Family name (Arabic letters)"), max_length=80, required=False
    )
    given_name_ar = PersonNameField(
        label=_("Given name (Arabic letters)"), max_length=80, required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in NAMES:
            direction = "rtl" if name.endswith("_ar") else "ltr"
            self.fields[name].widget.attrs |= {"autocomplete": "off", "dir": direction}
            scanned = _("A name has no digits. Was something scanned here?")
            self.fields[name].error_messages["invalid"] = scanned

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        for ending, own, letters in (("", LATIN, _("Latin")), ("_ar", ARABIC, _("Arabic"))):
            foreign = LATIN if own is ARABIC else ARABIC
            names = {n: data.get(n, "") for n in ("family_name" + ending, "given_name" + ending)}
            for name, value in names.items():
                if name in self.errors:
                    continue
                if foreign.search(value) or value and not own.search(value):
                    text = gettext("Write this name in %(letters)s letters.") % {"letters": letters}
                    self.add_error(name, text)
                elif not value and any(names.values()):
                    self.add_error(name, gettext("The other half of this name is missing."))
        nameless = not any(data.get(n) for n in ("family_name", "family_name_ar"))
        if nameless and not NAMES & self.errors.keys():
            self.add_error(
                "family_name_ar", gettext("Enter the name of the card in Arabic or Latin letters.")
            )
        return data


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("Phone"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "tel", "autocomplete": "off"}),
    )

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"]
        try:
            return identity.normalise_phone(text) if text else ""
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused


class RegisterForm(BornForm, DocumentForm, NamesForm, PhoneForm):
    """Data of the identity card; no field has a default, so that each is read from the card."""

    of_the_future = too_old = _("Nobody was born on this date. Compare it with the card.")

    birth_date = BirthField(required_text=_("Enter the date of birth of the card."))
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=Sex.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose as the card says.")},
    )
    language = forms.ChoiceField(label=_("Language of the messages"), choices=Language.choices)
    wants_appeals = forms.BooleanField(
        label=_("Agrees to be asked when blood is urgently needed"), required=False
    )
    another_person = forms.BooleanField(
        label=_("I compared the cards: this is another person"),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args, session: Session, alike: bool = False, paper: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if alike:
            self.fields["another_person"].widget = forms.CheckboxInput()
        name = "centers:paper-register" if paper else "centers:donor-register"
        action = reverse(name, args=[session.public_id])
        rows = [
            Div(Field("document_kind", autofocus=True), "document_number", css_class="grid"),
            Div("family_name_ar", "given_name_ar", css_class="grid"),
            Div("family_name", "given_name", css_class="grid"),
            Div("birth_date", "sex", css_class="grid"),
            Div("phone", "language", css_class="grid"),
            "wants_appeals",
            "another_person",
        ]
        button = _("Register, then type the paper") if paper else _("Register and note the arrival")
        # No draft is stored: the next person at the desk must not see this one's card.
        self.helper = helper(action, button, *rows, data_enter_next="")


class ArriveForm(forms.Form):
    """The person of a search result who is at reception, with the document they show for the first
    time."""

    donor = forms.ModelChoiceField(Donor.objects.none(), to_field_name="public_id")
    document_kind = forms.ChoiceField(choices=Donor.Document.choices, required=False)
    document_number = forms.CharField(required=False, max_length=LONGEST)

    def __init__(self, *args, donors, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "donor", forms.ModelChoiceField).queryset = donors

    @property
    def document(self) -> tuple[str, str] | None:
        said = self.cleaned_data["document_kind"], self.cleaned_data["document_number"]
        return said if all(said) else None
