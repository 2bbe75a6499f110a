"""Layout of the centre's forms: errors beside the field; the scanner's Enter goes to the next
field."""

from __future__ import annotations

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django.utils.functional import Promise


def helper(action: str, button: Promise | str, *fields, **attributes: str) -> FormHelper:
    """A form posted to ``action`` with one button; ``attributes`` are of the form element."""
    made = FormHelper()
    made.form_action = action
    made.attrs = {"novalidate": ""} | {k.replace("_", "-"): v for k, v in attributes.items()}
    made.layout = Layout(*fields, StrictButton(button, type="submit", css_class="btn-primary"))
    return made


def filters(button: Promise | str, *fields) -> FormHelper:
    """A list's filter: sent by GET, changes nothing."""
    made = FormHelper()
    made.form_method = "get"
    made.disable_csrf = True
    made.form_class = "filters"
    made.attrs = {"novalidate": ""}
    show = StrictButton(button, type="submit", css_class="btn-outline-secondary mb-3")
    made.layout = Layout(*fields, show)
    return made
