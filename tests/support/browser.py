"""A real Chromium for the journeys: started once; script errors fail; axe is available."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Playwright keeps an event loop in this thread, which Django would take for an async context.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def launch(executable: str | None):
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield chromium
        chromium.close()


def page(chromium, url: str, *, width: int, height: int, touch: bool = False, scheme="light"):
    """A page in Arabic; a script error or a refused resource (CSP) fails the test."""
    context = chromium.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        has_touch=touch,
        locale="ar-MA",
        color_scheme=scheme,
        timezone_id="Pacific/Auckland",  # the page shows Moroccan time all the same
    )
    context.set_default_timeout(30_000)  # a busy machine is slow, not wrong
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    yield opened
    context.close()
    assert not faults, faults


def axe(page: Page) -> None:
    """Fails on a violation of WCAG 2.2 AA in the current page, or on content wider than the
    screen."""
    # A script injected through the debugging protocol is not subject to the page's CSP.
    page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        tags,
    )
    found = [
        f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']][:3]}"
        for v in result["violations"]
    ]
    assert not found, "\n".join(found)
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0, f"{wider} px wider than the screen"


def opened(page: Page, path: str) -> None:
    page.goto(path)
    axe(page)


def pressed(page: Page, selector: str) -> None:
    """Press the first match and wait for the next page."""
    with page.expect_navigation():
        page.locator(selector).first.click()
    axe(page)
