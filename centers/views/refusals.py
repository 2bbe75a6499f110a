from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages

from centers.errors import Foreign
from centers.forms.facilities import question
from donors.errors import Refused


def show(request, form, refused) -> None:
    """Show a refusal beside its field, or above the page if it names no field."""
    if isinstance(refused, Foreign):
        question(form, refused)
    elif refused.field and refused.field in form.fields:
        asked = form.fields[refused.field]
        if isinstance(asked, forms.BooleanField) and asked.widget.is_hidden:
            asked.widget = forms.CheckboxInput()
        form.add_error(refused.field, str(refused))
    else:
        messages.error(request, str(refused))


def attempt(request, done, rule: Callable[..., object], form=None, /, **said) -> bool:
    """Call one rule with the typed data and show its refusal or success. True on success."""
    try:
        rule(**said)
    except Refused as refused:
        if form is None:
            messages.error(request, str(refused))
        else:
            show(request, form, refused)
        return False
    messages.success(request, done)
    return True
