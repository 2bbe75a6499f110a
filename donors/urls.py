"""Addresses, room by room."""

from .eligibility import urls as eligibility
from .showcase import urls as showcase
from .units import urls as units

app_name = "donors"

urlpatterns = [
    *showcase.urlpatterns,
    *units.urlpatterns,
    *eligibility.urlpatterns,
]
