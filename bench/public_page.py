"""Anonymous requests a second of a campaign's page, against a bare Django view, same server."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from config.machine import embedded, launch

from . import ground, tools

SITE = "config.wsgi:application"


@contextlib.contextmanager
def served(application: str, port: int):
    """granian as for the site, optionally with another application."""
    command = [application if part == SITE else part for part in launch.children(port)["site"]]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(
        command, preexec_fn=embedded.end_with_parent, start_new_session=True, **quiet
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def wait_for(url: str) -> int:
    """Wait for the page; returns its bytes."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310
                return len(response.read())
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def rate(url: str, *, duration: int, connections: int) -> float:
    command = [str(tools.program("autocannon")), "-c", str(connections), "-d", str(duration), "-j"]
    command += ["-H", "accept-encoding=gzip", url]
    path = f"{Path('.venv/bin').resolve()}:{os.environ['PATH']}"
    run = subprocess.run(
        command, capture_output=True, check=True, env=os.environ | {"PATH": path}, text=True
    )
    found = json.loads(run.stdout)
    if found["non2xx"] or found["errors"]:
        raise SystemExit(f"{url}: {found['non2xx']} bad answers, {found['errors']} errors")
    return found["requests"]["average"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=3000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    options = parser.parse_args()
    with ground.site(donors=options.donors):
        from campaigns.models import Campaign

        campaign = Campaign.objects.get(state__in=Campaign.OPEN, unit__code="SR-TAZ")
        load = {"duration": options.seconds, "connections": options.connections}
        pages, floors = [], []
        with served(SITE, embedded.free_port(8400)) as ours:
            page = f"{ours}/ar/campaigns/{campaign.public_id}/"
            weight = wait_for(page)
            with served("bench.bare:application", embedded.free_port(8500)) as bare:
                wait_for(f"{bare}/")
                for _round in range(options.rounds):  # alternating, so that noise affects both
                    pages.append(rate(page, **load))
                    floors.append(rate(f"{bare}/", **load))
                    print(f"page {pages[-1]:.0f}/s, bare view {floors[-1]:.0f}/s", flush=True)
        size = {"rounds": options.rounds, "bytes": weight} | load
        ground.report(
            "public_page",
            value=ground.middle(pages),
            unit="requests/s",
            floor=ground.middle(floors),
            size=size,
        )


if __name__ == "__main__":
    main()
