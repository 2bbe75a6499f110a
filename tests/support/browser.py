"""A real Chromium for the journeys: started once; script errors fail; axe is available."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, sync_playwright

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--process-per-site",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
STORED = "cookies,local_storage,indexeddb,cache_storage"
# Playwright keeps an event loop in this thread, which Django would take for an async context.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def launch(executable: str | None):
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield chromium
        chromium.close()


def _context(
    chromium, url: str, *, width: int, height: int, touch: bool = False, scheme="light"
) -> BrowserContext:
    context = chromium.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        has_touch=touch,
        locale="ar-MA",
        color_scheme=scheme,
        service_workers="block",  # it fetches two pages more at each start; it has a test of its own
        timezone_id="Pacific/Auckland",  # the page shows Moroccan time all the same
    )
    context.set_default_timeout(30_000)  # a busy machine is slow, not wrong
    return context


class Contexts(ExitStack):
    """One context in Arabic for each kind of screen, for all tests.

    A tab of the site stays open in it, and with it the process that draws the site's pages: a new process for
    each test takes longer than most pages do.
    """

    def __init__(self, chromium, url: str):
        super().__init__()
        self.chromium, self.url, self.opened = chromium, url, {}

    def of(self, **kind) -> BrowserContext:
        key = tuple(sorted(kind.items()))
        if key not in self.opened:
            context = _context(self.chromium, self.url, **kind)
            self.callback(context.close)
            context.new_page().goto("/robots.txt")
            self.opened[key] = context
        return self.opened[key]


def tab(context: BrowserContext):
    """A new tab without cookies and without what earlier tabs kept; an error in it fails the test."""
    opened = context.new_page()
    if len(context.pages) > 1:
        clearing = context.new_cdp_session(opened)
        of = urlsplit(context.pages[0].url)
        origin = {"origin": f"{of.scheme}://{of.netloc}", "storageTypes": STORED}
        clearing.send("Storage.clearDataForOrigin", origin)
        clearing.detach()
        context.clear_cookies()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    yield opened
    opened.close()
    assert not faults, faults


def axe(page: Page) -> None:
    """Fails on a violation of WCAG 2.2 AA in the current page, or on content wider than the
    screen of a telephone or of a desk.

    Both are measured at each look, so that a journey needs to be made on one of them only.
    """
    # A script injected through the debugging protocol is not subject to the page's CSP.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'],"
        # No rule of these tags reads the style sheets, which would be fetched a second time.
        " preload: {assets: ['media']}})",
        tags,
    )
    found = [
        f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']][:3]}"
        for v in result["violations"]
    ]
    assert not found, "\n".join(found)
    own = page.viewport_size
    for width in (own["width"], DESKTOP["width"] if own["width"] < 600 else PHONE["width"]):
        page.set_viewport_size(own | {"width": width})
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{wider} px wider than a screen of {width} px"
    page.set_viewport_size(own)


def opened(page: Page, path: str) -> None:
    page.goto(path)
    axe(page)


def pressed(page: Page, selector: str) -> None:
    """Press the first match and wait for the next page."""
    with page.expect_navigation():
        page.locator(selector).first.click()
    axe(page)
