"""Lighthouse's four scores of each public page on a phone, in Arabic and in French.

Scores without noise must be full: accessibility, best practices, search engines. Performance varies
with the machine; only a score under 90 fails.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from config.machine import embedded

from . import ground, tools
from .public_page import SITE, served, wait_for

LEAST = {"performance": 90, "accessibility": 100, "best-practices": 100, "seo": 100}


def scores(url: str) -> tuple[dict[str, int], list[str]]:
    """The scores of one visit with an empty cache, and the audits that lowered them."""
    command = [str(tools.program("lighthouse")), url, "--output=json", "--quiet"]
    command += [
        f"--only-categories={','.join(LEAST)}",
        "--chrome-flags=--headless=new --no-sandbox",
    ]
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium")
    path = f"{Path('.venv/bin').resolve()}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path} | ({"CHROME_PATH": browser} if browser else {})
    for _try in range(2):  # sometimes it loses its browser
        run = subprocess.run(command, capture_output=True, check=False, env=environment, text=True)
        if run.returncode == 0:
            break
    else:
        raise SystemExit(f"{url}: {run.stderr}")
    found = json.loads(run.stdout)
    short = []
    for category in found["categories"].values():
        for reference in category["auditRefs"]:
            audit = found["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                short.append(f"{audit['id']} {audit.get('displayValue', '')}".strip())
    return {name: round(found["categories"][name]["score"] * 100) for name in LEAST}, short


def paths() -> list[str]:
    from campaigns.models import Campaign

    campaign = Campaign.objects.get(state__in=Campaign.OPEN, unit__code="SR-TAZ")
    pages = ["", "campaigns/", "campaigns/map/", f"campaigns/{campaign.public_id}/"]
    return [
        f"/{language}/{page}" for page in [*pages, "stock/", "how/"] for language in ("ar", "fr")
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=3000)
    parser.add_argument("--only", default="", help="of pages whose address ends so")
    options = parser.parse_args()
    enough = True
    port = embedded.free_port(8400)
    os.environ["SITE_URL"] = f"http://127.0.0.1:{port}"
    with ground.site(donors=options.donors), served(SITE, port) as site:
        for path in (path for path in paths() if path.endswith(options.only)):
            wait_for(f"{site}{path}")
            found, short = scores(f"{site}{path}")
            line = {"bench": "lighthouse", "page": path} | found
            print(json.dumps(line | ({"short": short} if short else {})), flush=True)
            enough = enough and all(found[name] >= least for name, least in LEAST.items())
    sys.exit(0 if enough else 1)


if __name__ == "__main__":
    main()
