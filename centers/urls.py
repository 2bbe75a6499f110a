"""Pages of a centre, in the order of a bag's way from donor to hospital."""

from .collection import urls as collection
from .distribution import urls as distribution
from .haemovigilance import urls as haemovigilance
from .inventory import urls as inventory
from .laboratory import urls as laboratory
from .overview import urls as overview
from .sessions import urls as sessions

app_name = "centers"

urlpatterns = [
    *overview.urlpatterns,
    *distribution.urlpatterns,
    *laboratory.urlpatterns,
    *collection.urlpatterns,
    *haemovigilance.urlpatterns,
    *inventory.urlpatterns,
    *sessions.urlpatterns,
]
