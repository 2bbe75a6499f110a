from __future__ import annotations

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.models import Appeal


class CheckForm(forms.Form):
    """A code from a message; lower case, spaces and dashes are accepted."""

    code = forms.CharField(
        label=_("Code of the message"),
        max_length=20,
        help_text=_("Six letters and digits; they stand at the end of the SMS."),
        error_messages={"required": _("Enter the code that stands in the message.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}
        ),
    )

    def __init__(self, *args, appeals: QuerySet[Appeal], **kwargs):
        super().__init__(*args, **kwargs)
        self.appeals = appeals
        self.appeal: Appeal | None = None
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        self.helper.attrs = {"novalidate": ""}
        self.helper.layout = Layout(
            "code", StrictButton(_("Check the message"), type="submit", css_class="btn-primary")
        )

    def clean_code(self) -> str:
        code = "".join(c for c in self.cleaned_data["code"].upper() if c.isalnum())
        self.appeal = self.appeals.filter(code=code).first()
        if self.appeal is None:
            raise forms.ValidationError(
                _(
                    "No appeal has this code. Copy it again; if it still fails, the message is not"
                    " from us: do not answer it."
                )
            )
        return code


class AppealFilter(forms.Form):
    """Filter of appeals by state; an unknown value shows all."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *Appeal.State.choices]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        self.helper.form_class = "filters"
        show = StrictButton(_("Show"), type="submit", css_class="btn-outline-secondary")
        self.helper.layout = Layout("state", show)

    def apply(self, appeals: QuerySet[Appeal]) -> QuerySet[Appeal]:
        state = self.cleaned_data.get("state") if self.is_valid() else ""
        return appeals.filter(state=state) if state else appeals
