"""Fields that read numbers, days and hours as people write them, and a form's field by its class.

Every form of the site uses these in place of Django's, except those that programs fill in.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm, Field
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donors import typed_text
from donors.clock import partial_dates
from donors.clock.partial_dates import PartialDate

Kind = TypeVar("Kind", bound=Field)
DAY_TEXT = _("Write the day as day, month and year, like 07/03/2027.")
HOURS = ["%H:%M", "%H:%M:%S", "%H.%M", "%Hh%M", "%H h %M", "%Hh", "%H", "%H%M"]


def field_of(form: BaseForm, name: str, kind: type[Kind]) -> Kind:
    """Raises TypeError if the field has another class: attributes set on it would be ignored."""
    field = form.fields[name]
    if not isinstance(field, kind):
        raise TypeError(f"{name} is no {kind.__name__}")
    return field


class PersonNameField(forms.CharField):
    """A person's given or family name in any script."""

    default_error_messages = {"invalid": _("Write the name in letters, without digits.")}

    def clean(self, value: Any) -> str:
        name = typed_text.visible(super().clean(value))
        if name and not typed_text.is_name(name):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return name


class WholeNumberField(forms.IntegerField):
    def to_python(self, value: object) -> int | None:
        return super().to_python(typed_text.whole(value) if isinstance(value, str) else value)


class NumberField(forms.DecimalField):
    """A number with comma or point."""

    def to_python(self, value: object) -> Any:
        return super().to_python(typed_text.pointed(value) if isinstance(value, str) else value)


class DayField(forms.DateField):
    """One day; of a year with two digits, the nearest to today."""

    default_error_messages = {"invalid": DAY_TEXT}

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        found = self.read(str(value))
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def read(self, text: str) -> date | None:
        found = partial_dates.read(text) or _nearest(partial_dates.short_year(text))
        return found.earliest if found and found.is_exact else None


class AboutDayField(DayField):
    """A day in the past, "about" is enough: of a month or year, the last day of it that has been, so
    that a waiting time counted from it is never too short."""

    def read(self, text: str) -> date | None:
        found = partial_dates.read(text) or _nearest(partial_dates.short_year(text))
        if found is None:
            return None
        today = timezone.localdate()
        return found.latest if found.is_exact else max(found.earliest, min(found.latest, today))


def _nearest(some: list[PartialDate]) -> PartialDate | None:
    today = timezone.localdate()
    return min(some, key=lambda one: abs(one.earliest - today), default=None)


class HourField(forms.TimeField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=HOURS, **kwargs)

    def to_python(self, value: Any) -> time | None:
        return super().to_python(typed_text.plain(value) if isinstance(value, str) else value)


class MomentField(forms.DateTimeField):
    def to_python(self, value: Any) -> datetime | None:
        return super().to_python(typed_text.plain(value) if isinstance(value, str) else value)
