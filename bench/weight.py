"""Kilobytes over the wire of each public page and language, first and second visit, in Chromium."""

from __future__ import annotations

import argparse
import os
import shutil

from config.machine import embedded

from . import ground
from .public_page import SITE, served, wait_for

LIMITS = {"first": 100, "second": 15}  # our own limit in kilobytes


def visit(context, url: str) -> float:
    """Kilobytes of the page with everything it loads."""
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    page.close()
    return sum(sizes) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=3000)
    options = parser.parse_args()
    with ground.site(donors=options.donors):
        from playwright.sync_api import sync_playwright

        from campaigns.models import Campaign

        campaign = Campaign.objects.get(state__in=Campaign.OPEN, unit__code="SR-TAZ")
        pages = ["", "campaigns/", f"campaigns/{campaign.public_id}/", "campaigns/map/", "stock/"]
        heaviest = {"first": 0.0, "second": 0.0}
        port = embedded.free_port(8400)
        with served(SITE, port) as site, sync_playwright() as playwright:
            wait_for(f"{site}/ar/")
            chromium = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
                args=["--no-sandbox"],
            )
            for language in ("ar", "fr", "en"):
                for path in pages:
                    context = chromium.new_context(viewport={"width": 360, "height": 740})
                    url = f"{site}/{language}/{path}"
                    found = {"first": visit(context, url), "second": visit(context, url)}
                    context.close()
                    figures = ", ".join(f"{k} {v:.1f} KB" for k, v in found.items())
                    print(f"/{language}/{path[:24]}: {figures}", flush=True)
                    heaviest = {k: max(v, found[k]) for k, v in heaviest.items()}
            chromium.close()
        for which, limit in LIMITS.items():
            ground.report(
                "weight",
                value=heaviest[which],
                unit="KB",
                floor=limit,
                size={"visit": which, "pages": 3 * len(pages)},
            )


if __name__ == "__main__":
    main()
