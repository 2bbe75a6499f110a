"""A form's field, with the class it was declared with (for the type checker)."""

from typing import TypeVar

from django.forms import BaseForm, Field

Kind = TypeVar("Kind", bound=Field)


def field_of(form: BaseForm, name: str, kind: type[Kind]) -> Kind:
    """Raises TypeError if the field has another class: attributes set on it would be ignored."""
    field = form.fields[name]
    if not isinstance(field, kind):
        raise TypeError(f"{name} is no {kind.__name__}")
    return field
