"""Installs a folder's ``node_modules`` from its package-lock.json without npm: the site serves
three packages only. Runs before anything is installed and therefore uses the standard library
alone. The registry, its key, proxies and certificates are read from the places where npm looks for
them.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import ssl
import sys
import tarfile
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

DEFAULT_REGISTRY = "https://registry.npmjs.org/"
TRIES = 3
TIMEOUT = 60  # seconds without a byte
VARIABLE = re.compile(r"\$\{(\w+)\}")


class Refused(Exception):
    """A package that must not be unpacked; the message says why."""


def settings(folder: Path) -> dict[str, str]:
    """npm's configuration for this folder; precedence: environment, project, user, machine."""
    given = {
        name[len("npm_config_") :].lower().replace("_", "-"): value
        for name, value in os.environ.items()
        if name.lower().startswith("npm_config_") and value
    }
    node = shutil.which("node")
    said = given.get("prefix") or os.environ.get("PREFIX")
    beside_node = Path(node).resolve().parent.parent if node else Path("/usr/local")
    prefix = Path(said) if said else beside_node
    files = [
        Path(given.get("globalconfig", prefix / "etc" / "npmrc")),
        Path(given.get("userconfig", Path.home() / ".npmrc")),
        folder / ".npmrc",
    ]
    found: dict[str, str] = {}
    for file in files:
        if file.is_file():
            found |= dict(_lines(file.read_text(encoding="utf-8")))
    return found | given


def _lines(text: str):
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and name[0:1] not in ("#", ";"):
            value = VARIABLE.sub(lambda m: os.environ.get(m[1], m[0]), value.strip().strip("\"'"))
            yield name.strip(), value


def registry(npmrc: dict[str, str], name: str) -> str:
    """The registry's address for a package (a scope may have its own); ends in a slash."""
    scope = name.partition("/")[0] if name.startswith("@") else ""
    found = npmrc.get(f"{scope}:registry") or npmrc.get("registry") or DEFAULT_REGISTRY
    return found.rstrip("/") + "/"


def key(npmrc: dict[str, str], address: str) -> dict[str, str]:
    """The authorisation header, if npm is configured with a key for this address."""
    parts = urlsplit(address)
    path = f"//{parts.netloc}{parts.path}"
    while path.strip("/"):
        if token := npmrc.get(f"{path}:_authToken"):
            return {"Authorization": f"Bearer {token}"}
        if user := npmrc.get(f"{path}:username"):
            secret = base64.b64decode(npmrc.get(f"{path}:_password", "")).decode()
            return {
                "Authorization": f"Basic {base64.b64encode(f'{user}:{secret}'.encode()).decode()}"
            }
        if pair := npmrc.get(f"{path}:_auth"):
            return {"Authorization": f"Basic {pair}"}
        path = path[:-1] if path.endswith("/") else path.rpartition("/")[0] + "/"
    return {}


def opener(npmrc: dict[str, str]) -> urllib.request.OpenerDirector:
    trust = ssl.create_default_context()
    for file in (npmrc.get("cafile"), os.environ.get("NODE_EXTRA_CA_CERTS")):
        if file and file != "null":
            trust.load_verify_locations(file)
    proxies = urllib.request.getproxies()
    for scheme, name in (("http", "proxy"), ("https", "https-proxy")):
        given = npmrc.get(name) or npmrc.get("proxy")
        if given and given not in ("null", "false"):
            proxies[scheme] = given
    return urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=trust), urllib.request.ProxyHandler(proxies)
    )


def download(npmrc: dict[str, str], name: str, version: str) -> bytes:
    base = registry(npmrc, name)
    address = f"{base}{quote(name, safe='@/')}/-/{name.rpartition('/')[2]}-{version}.tgz"
    request = urllib.request.Request(address, headers=key(npmrc, base))  # noqa: S310 - of the npmrc
    tried = 0
    while True:
        try:
            with opener(npmrc).open(request, timeout=TIMEOUT) as answer:
                return answer.read()
        except (OSError, EOFError) as error:
            tried += 1
            refused = isinstance(error, urllib.error.HTTPError) and error.code < 500
            if refused or tried == TRIES:
                raise
            time.sleep(tried)


def check(data: bytes, integrity: str) -> None:
    """Raises ``Refused`` unless the data match the strongest digest in the lock file."""
    kind, _, wanted = max(integrity.split()).partition("-")  # prefer sha512 over sha384 over sha256
    if kind not in ("sha512", "sha384", "sha256"):
        raise Refused(f"EINTEGRITY: the lock has no digest that is safe: {integrity}")
    if hashlib.new(kind, data).digest() != base64.b64decode(wanted):
        raise Refused(f"EINTEGRITY: the file does not have the {kind} of the lock")


def unpack(data: bytes, into: Path) -> None:
    """Extract plain files below the package's own folder only: no links, no devices, no path
    traversal."""
    shutil.rmtree(into, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        for member in archive:
            path = PurePosixPath(member.name)
            if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
                raise Refused(f"EINTEGRITY: {member.name} is not a file of the package")
            content = archive.extractfile(member)
            if content:
                target = into.joinpath(*path.parts[1:])  # npm wraps every package in one top folder
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())


def install(folder: Path) -> None:
    """Install exactly what the lock file names and remove what an earlier one left."""
    packages = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    places = {place: package for place, package in packages.items() if place}
    npmrc = settings(folder)

    def put(place: str) -> None:
        package, name = places[place], place.rpartition("node_modules/")[2]
        if not place.startswith("node_modules/") or ".." in PurePosixPath(place).parts:
            raise Refused(f"The lock names a place outside: {place}")
        try:
            data = download(npmrc, name, package["version"])
            check(data, package["integrity"])
        except (Refused, OSError) as error:
            error.add_note(f"while getting {name} {package['version']}")
            raise
        unpack(data, folder / place)

    shutil.rmtree(folder / "node_modules", ignore_errors=True)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, places))


def main() -> int:
    try:
        install(Path(sys.argv[1]))
    except (Refused, OSError, EOFError, tarfile.TarError) as error:
        print(f"{error}, {', '.join(getattr(error, '__notes__', []))}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
