"""All addresses of the app: public pages, then those of officers and administrators."""

from .account import urls as account
from .alarms import urls as alarms
from .appeals import urls as appeals
from .booking import urls as booking
from .community import urls as community
from .inbound import urls as inbound
from .messaging import urls as messaging
from .offers import urls as offers
from .operations import urls as operations
from .organising import urls as organising
from .planning import urls as planning
from .preparing import urls as preparing
from .public import feed_urls
from .public import urls as public
from .reports import urls as reports
from .situation import urls as situation

app_name = "campaigns"

urlpatterns = [
    *public.urlpatterns,
    *situation.urlpatterns,
    *reports.urlpatterns,
    *appeals.urlpatterns,
    *operations.urlpatterns,
    *planning.urlpatterns,
    *account.urlpatterns,
    *booking.urlpatterns,
    *offers.urlpatterns,
    *community.urlpatterns,
    *alarms.urlpatterns,
    *preparing.urlpatterns,
    *organising.urlpatterns,
    *messaging.urlpatterns,
    *inbound.urlpatterns,
    *feed_urls.urlpatterns,
]
