"""A table as a file that the browser keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.translation import get_language

from . import workbook
from .workbook import Cell


def file(rows: Iterable[Sequence[Cell]], name: str, ending: str) -> HttpResponse:
    """``name`` without the ``ending``, which is csv or xlsx."""
    if ending == "csv":
        response = HttpResponse(workbook.as_csv(rows), content_type="text/csv; charset=utf-8")
    else:
        whole = workbook.as_xlsx(rows, right_to_left=get_language() == "ar")
        response = HttpResponse(whole, content_type=workbook.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response
