"""A form's own field, as the class that it was declared with."""

from typing import TypeVar

from django.forms import BaseForm, Field

Kind = TypeVar("Kind", bound=Field)


def field_of(form: BaseForm, name: str, kind: type[Kind]) -> Kind:
    """Raises TypeError where the field is of another class: what is set on it would be lost."""
    field = form.fields[name]
    if not isinstance(field, kind):
        raise TypeError(f"{name} is no {kind.__name__}")
    return field
