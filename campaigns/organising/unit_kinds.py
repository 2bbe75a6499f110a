"""Names for the kinds of units in ``donors/data/police_units.csv``; an unknown kind is shown by its code."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, Promise] = {
    "directorate_general": _("General directorate"),
    "central_directorate": _("Central directorates"),
    "central_inspectorate": _("Central inspectorates"),
    "prefecture_of_police": _("Wilaya security"),
    "regional_security": _("Regional security"),
    "provincial_security": _("Provincial security"),
    "provincial_district": _("Provincial districts"),
    "district": _("Police districts"),
    "commissariat": _("Commissariats"),
    "arrondissement": _("Police arrondissements"),
}


def named(kind: str) -> str:
    return str(NAMES.get(kind, kind))
