"""Sitemaps for search engines, in the three languages."""

from __future__ import annotations

from functools import cached_property
from typing import Generic, TypeVar

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.urls import reverse

from campaigns.agenda import listing
from campaigns.models import Campaign
from centers.models import Center

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


class Trilingual(Sitemap):  # type: ignore[type-arg]  # Django's class takes none at run time
    i18n = True
    alternates = True
    x_default = True


class Pages(Trilingual):
    changefreq = "hourly"

    def items(self) -> tuple[str, ...]:
        return PAGES

    def location(self, item: str) -> str:
        return reverse(f"campaigns:{item}")


Row = TypeVar("Row", bound=Model)


class InEachLanguage(Generic[Row]):
    """Rows times languages, evaluated for one page only; Django's would read them all."""

    def __init__(self, rows: QuerySet[Row]) -> None:
        self.rows = rows
        self.languages = [code for code, _name in settings.LANGUAGES]

    def count(self) -> int:
        return self.rows.count() * len(self.languages)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[tuple[Row, str]]:
        per_row = len(self.languages)
        rows = self.rows[part.start // per_row : -(-part.stop // per_row)]
        return [(row, language) for row in rows for language in self.languages]


class Campaigns(Trilingual):
    """Upcoming campaigns only: search engines should not find those that are over."""

    limit = 1500  # a multiple of the languages, so that a campaign is not split over pages

    def items(self) -> QuerySet[Campaign]:
        rows = listing.shown().filter(state__in=Campaign.OPEN)
        return rows.only("public_id").order_by("-planned_on", "-pk")

    @cached_property
    def paginator(self) -> Paginator[tuple[Campaign, str]]:
        rows = InEachLanguage(self.items())
        return Paginator(rows, self.limit)  # type: ignore[arg-type]  # a page asks for a slice alone

    def location(self, item: Campaign) -> str:
        return reverse("campaigns:campaign-detail", args=[item.public_id])


class Centres(Trilingual):
    def items(self) -> QuerySet[Center]:
        return Center.objects.collecting().order_by("code")

    def location(self, item: Center) -> str:
        return reverse("campaigns:center-page", args=[item.code])


SITEMAPS = {"pages": Pages, "centres": Centres, "campaigns": Campaigns}
