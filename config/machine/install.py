"""Installs what the product needs on this machine; each step runs only when its inputs have
changed. Runs before anything is installed and therefore uses the standard library alone. The output
of pip and npm goes into ``var/install.log``; when one fails, its last lines are shown with advice.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAST_LINES = 12
# Warnings about other folders that pip repeats at every run, and the traces and blanks of npm.
NOISE = re.compile(r"WARNING: Location|npm warn Unknown|(npm error)?\s*$|npm error\s+at ")
# Known messages of pip, npm and apt with advice; the first match is shown.
ADVICE = (
    (
        ("ENOSPC", "No space left", "Disk quota exceeded"),
        "The disk is full. Free some space (1 GB is enough), then start again.",
    ),
    (
        ("EACCES", "EPERM", "Permission denied", "EROFS", "Read-only file system"),
        "A file may not be written. Check that {root} belongs to you, then start again.",
    ),
    (
        ("ensurepip is not", "No module named ensurepip", "No module named 'ensurepip'"),
        "This Python cannot make a virtual environment. Install that part of it, on Debian and "
        "Ubuntu with: apt install python3-venv",
    ),
    (
        ("EUSAGE", "can only install packages when your package.json"),
        "package.json and package-lock.json do not belong together. Take both from the same "
        "commit, or renew the lock with bin/lock.",
    ),
    (
        ("EINTEGRITY", "DO NOT MATCH THE HASHES"),
        "A package is not the one that the lock names. Start again; if that does not help, the "
        "registry or a proxy on the way serves a wrong file.",
    ),
    (
        (
            "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ERR_SOCKET_TIMEOUT",
            "ENETUNREACH", "EHOSTUNREACH", "NewConnectionError", "ConnectTimeout", "ReadTimeout",
            "ProxyError", "SSLError", "CERT_", "SELF_SIGNED", "Connection refused", "Max retries",
            "name resolution", "Name or service not known", "nodename nor servname",
            "Network is unreachable", "Could not resolve", "Failed to fetch", "net::ERR", "timed out",
            "E407", "E502", "E503", "E504", "HTTP Error 407", "HTTP Error 50",
            "CERTIFICATE_VERIFY_FAILED",
        ),
        "The package registry cannot be reached. Check the network; behind a proxy set "
        "HTTPS_PROXY; for a registry of your own see “pip config” and “npm config”. Then start "
        "again.",
    ),
    (
        ("E401", "E403", "401 Client Error", "403 Client Error", "HTTP Error 401", "HTTP Error 403"),
        "The package registry refuses to serve this machine. Check your access to it in the "
        "configuration of pip or npm, then start again.",
    ),
    (
        ("ETARGET", "E404", "HTTP Error 404", "No matching version", "No matching distribution"),
        "The package registry does not have a version that the lock names. If it is a mirror, it "
        "is not complete; for Python, try another version of it (3.11 to 3.13).",
    ),
)  # fmt: skip
OTHERWISE = "The whole of it is in {log}. Start again; what is done already is not done twice."


class Failed(SystemExit):
    """A step failed; the message is the complete explanation for the user."""


def step(doing: str, command: list[str | Path], *, folder: Path = ROOT, **environment: str) -> None:
    """Print the step's name and run it; raises ``Failed``."""
    print(f"{doing} (once)…", flush=True)
    log = ROOT / "var" / "install.log"
    try:
        log.parent.mkdir(exist_ok=True)
        with log.open("a+", encoding="utf-8", errors="replace") as file:
            file.write(f"\n== {doing}\n")
            file.flush()
            begins = file.tell()
            code = subprocess.run(
                command,
                cwd=folder,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
            file.seek(begins)
            said = file.read()
    except OSError as error:
        code, said = 1, str(error)
    if code:
        raise Failed(account(doing, code, said))


def account(doing: str, code: int, said: str) -> str:
    lines = [line.rstrip() for line in said.splitlines()]
    lines = [line for line in lines if not NOISE.match(line)]
    shown = lines[-LAST_LINES:] or [f"It ended with code {code} and said nothing."]
    words = (advice for marks, advice in ADVICE if any(mark in said for mark in marks))
    advice = next(words, OTHERWISE).format(root=ROOT, log=ROOT / "var" / "install.log")
    quoted = "\n".join(f"    {line}" for line in shown)
    return f"\nThis step failed: {doing}.\n{quoted}\n{advice}"


def _stamp(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _is_stamped(stamp: Path, path: Path) -> bool:
    return stamp.exists() and stamp.read_text().strip() == _stamp(path)


def _pip() -> Path | None:
    """The pip bundled with this Python: used once, so it is not installed in ``.venv``."""
    try:
        import ensurepip
    except ImportError:  # a part of Debian's Python that may be missing
        return None
    folders = [
        sysconfig.get_config_var("WHEEL_PKG_DIR"),
        Path(ensurepip.__file__).parent / "_bundled",
    ]
    found = (wheel for folder in folders if folder for wheel in Path(folder).glob("pip-*.whl"))
    return next(found, None)


def python(name: str, doing: str) -> None:
    """Install one of the two lock files; ``--require-hashes`` refuses any other file."""
    lock, stamp = ROOT / f"{name}.lock", ROOT / ".venv" / f"{name}.stamp"
    if _is_stamped(stamp, lock):
        return
    ours, pip = ROOT / ".venv" / "bin" / "python", _pip()
    if not ours.exists():
        bare = ["--without-pip"] if pip else []
        step("Making a Python environment", [sys.executable, "-m", "venv", *bare, ROOT / ".venv"])
    # No bytecode in advance: it is made on import, and half of the modules are never imported.
    options = [
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-compile",
        "--require-hashes",
    ]
    # An empty PYTHONPATH counts as unset.
    path = str(pip or "")
    step(doing, [ours, "-m", "pip", "install", *options, "-r", lock], PYTHONPATH=path)
    stamp.write_text(_stamp(lock))


def node_modules(folder: Path, doing: str, command: list[str | Path], **environment: str) -> Path:
    """The folder's ``node_modules``, holding exactly what its lock names."""
    lock, modules = folder / "package-lock.json", folder / "node_modules"
    if not _is_stamped(modules / "stamp", lock):
        step(doing, command, folder=folder, **environment)
        modules.mkdir(exist_ok=True)
        (modules / "stamp").write_text(_stamp(lock))
    return modules


def served(folder: Path, doing: str) -> None:
    node_modules(
        folder, doing, [sys.executable, "-P", ROOT / "config" / "machine" / "served.py", folder]
    )


def site() -> None:
    python("requirements", "Installing the Python packages")
    served(ROOT, "Installing the styles, scripts and fonts")


def tools() -> None:
    python("requirements-test", "Installing the packages of the tests and tools")


def tests() -> None:
    tools()
    served(ROOT / "tests", "Installing the accessibility checks of the tests")


def bench() -> Path:
    tools()
    programs = ROOT / ".venv" / "bin"
    path = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    command: list[str | Path] = [
        programs / "npm",
        "ci",
        "--omit=dev",
        "--loglevel=error",
        "--no-progress",
    ]
    return node_modules(
        ROOT / "bench", "Installing the programs of the benches", command, PATH=path
    )


def system_chromium() -> None:
    mode = "noninteractive"
    update: list[str | Path] = ["apt-get", "update", "-qq"]
    step("Reading the list of system packages", update, DEBIAN_FRONTEND=mode)
    install: list[str | Path] = ["apt-get", "install", "-qq", "-y", "chromium-headless-shell"]
    step("Installing Chromium", install, DEBIAN_FRONTEND=mode)


def own_chromium() -> None:
    ours = ROOT / ".venv" / "bin" / "python"
    step("Installing Chromium", [ours, "-m", "playwright", "install", "chromium"])


STEPS = {
    "site": site,
    "tools": tools,
    "tests": tests,
    "bench": bench,
    "system-chromium": system_chromium,
    "own-chromium": own_chromium,
}


if __name__ == "__main__":
    STEPS[sys.argv[1]]()
