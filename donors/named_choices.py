"""Fields to choose rows that have a name, in the order of the reader's dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.forms.models import ModelChoiceIterator

from donors import alphabet


class ByName(ModelChoiceIterator):
    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        found = [self.choice(row) for row in self.queryset]
        yield from sorted(found, key=lambda choice: alphabet.key(str(choice[1])))


class NamedChoice(ModelChoiceField):  # type: ignore[type-arg]
    iterator = ByName

    def label_from_instance(self, row: Any) -> str:
        return str(getattr(row, "listed", row))


class NamedChoices(ModelMultipleChoiceField):  # type: ignore[type-arg]
    iterator = ByName

    def label_from_instance(self, row: Any) -> str:
        return str(getattr(row, "listed", row))
