"""What the site serves is hashed: a script that another names by its plain name would be missing."""

import re
from pathlib import Path


def test_no_script_of_ours_imports_another_by_its_plain_name():
    for script in Path("static/js").glob("*.js"):
        assert not re.search(r"^\s*(import|export)\b.*['\"]", script.read_text(), re.M), script


def test_pages_name_every_script():
    pages = "".join(page.read_text() for page in Path("templates").rglob("*.html"))
    missing = [s.name for s in Path("static/js").glob("*.js") if f"js/{s.name}" not in pages]
    assert missing == ["worker.js"]  # that one is registered by a script, from the root
