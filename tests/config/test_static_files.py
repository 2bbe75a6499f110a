"""Static files are hashed: a script that imports another by its plain name would fail."""

import re
from pathlib import Path

from django.conf import settings

from config.static import Served
from donors import typeface


def test_no_script_of_ours_imports_another_by_its_plain_name():
    for script in Path("static/js").glob("*.js"):
        assert not re.search(r"^\s*(import|export)\b.*['\"]", script.read_text(), re.M), script


def test_pages_name_every_script():
    pages = "".join(page.read_text() for page in Path("templates").rglob("*.html"))
    missing = [s.name for s in Path("static/js").glob("*.js") if f"js/{s.name}" not in pages]
    assert missing == ["worker.js"]  # registered by a script, from the root


def test_what_npm_brought_is_collected_as_far_as_a_page_names_it():
    """Source maps are included; the builds that no page uses would only slow each first start."""
    brought = {
        path for path, _storage in Served().list([]) if not path.startswith(("css/", "js/", "img/"))
    }
    sheets = {f"bootstrap{kind}.min.css" for kind in ("", ".rtl")}
    fonts = {f"readex-pro-{script}-wght-normal.woff2" for script in typeface.SCRIPTS}
    assert brought == sheets | {f"{sheet}.map" for sheet in sheets} | {"htmx.min.js"} | fonts
    assert (
        "django.contrib.staticfiles" in settings.INSTALLED_APPS
    )  # the live server requests it by name
