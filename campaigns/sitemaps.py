"""What search engines may find, in the three languages."""

from __future__ import annotations

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from centers.models import Center

from . import places
from .models import Campaign

PAGES = (
    "home",
    "campaign-list",
    "campaign-map",
    "campaign-month",
    "center-list",
    "stock",
    "self-check",
    "how",
    "safety",
    "why",
    "questions",
    "developers",
)


class Trilingual(Sitemap):
    i18n = True
    alternates = True
    x_default = True


class Pages(Trilingual):
    changefreq = "hourly"

    def items(self) -> tuple[str, ...]:
        return PAGES

    def location(self, item: str) -> str:
        return reverse(f"campaigns:{item}")


class Campaigns(Trilingual):
    """Those that are to come; one that is over is found by nobody who wants to give."""

    limit = 2000

    def items(self):
        return places.shown().filter(state=Campaign.State.CONFIRMED).order_by("-planned_on", "pk")

    def location(self, item: Campaign) -> str:
        return reverse("campaigns:campaign-detail", args=[item.public_id])


class Centres(Trilingual):
    def items(self):
        return Center.objects.collecting().order_by("code")

    def location(self, item: Center) -> str:
        return reverse("campaigns:center-page", args=[item.code])


SITEMAPS = {"pages": Pages, "centres": Centres, "campaigns": Campaigns}
