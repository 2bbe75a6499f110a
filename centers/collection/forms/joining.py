from crispy_forms.layout import Field
from django import forms
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper


class CompareForm(forms.Form):
    """The result of comparing two rows."""

    same = forms.ChoiceField(
        label=_("What do you see?"),
        choices=[("yes", _("One person, registered twice")), ("no", _("Two people"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    because = forms.CharField(
        label=_("What shows it?"),
        max_length=200,
        help_text=_("For example: same card, seen on 3 March. No illness belongs here."),
        error_messages={"required": _("Write in a few words what shows it.")},
    )

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(action, _("Settle"), "same", Field("because", autocomplete="off"))


class PartForm(forms.Form):
    """Why two joined rows are two people after all."""

    because = forms.CharField(
        label=_("What shows that they are two?"),
        max_length=200,
        error_messages={"required": _("Write in a few words what shows it.")},
    )

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(action, _("Part them"), Field("because", autocomplete="off"))
