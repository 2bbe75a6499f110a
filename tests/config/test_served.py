"""Installation of npm packages without npm: only what the lock file names is unpacked."""

import base64
import hashlib
import io
import json
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from config.machine import served


def packed(*files: tuple[str, bytes], link: str = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in files:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        if link:
            member = tarfile.TarInfo("package/link")
            member.type, member.linkname = tarfile.SYMTYPE, link
            archive.addfile(member)
    return buffer.getvalue()


class Registry(ThreadingHTTPServer):
    """Serves ``files`` by path, and records requests with their keys."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.address = f"http://127.0.0.1:{self.server_port}/npm/"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, self.headers["Authorization"]))
        data = self.server.files.get(self.path)
        self.send_response(404 if data is None else 200)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *_):
        pass


@pytest.fixture
def registry(monkeypatch, tmp_path):
    server = Registry()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("npm_config_registry", server.address)
    monkeypatch.setenv("npm_config_userconfig", str(tmp_path / "userconfig"))
    yield server
    server.shutdown()
    server.server_close()


def lock(folder, **packages: bytes) -> None:
    """A lock file with these archives; an entry may be given by its path."""
    entries = {
        name if "/" in name else f"node_modules/{name}": {
            "version": "1.2.3",
            "integrity": f"sha512-{base64.b64encode(hashlib.sha512(data).digest()).decode()}",
        }
        for name, data in packages.items()
    }
    (folder / "package-lock.json").write_text(json.dumps({"packages": {"": {}, **entries}}))


ARCHIVE = packed(("package/package.json", b"{}"), ("package/dist/a.css", b"a{}"))


def test_what_the_lock_names_is_unpacked_and_nothing_else_is_left(registry, tmp_path):
    (tmp_path / "node_modules" / "old").mkdir(parents=True)
    lock(tmp_path, **{"plain": ARCHIVE, "node_modules/@scope/name": ARCHIVE})
    registry.files = {
        "/npm/plain/-/plain-1.2.3.tgz": ARCHIVE,
        "/npm/@scope/name/-/name-1.2.3.tgz": ARCHIVE,
    }
    served.install(tmp_path)
    modules = tmp_path / "node_modules"
    assert {path.name for path in modules.iterdir()} == {"plain", "@scope"}
    assert (modules / "@scope" / "name" / "dist" / "a.css").read_bytes() == b"a{}"


def test_a_file_that_is_not_the_locks_is_refused(registry, tmp_path):
    lock(tmp_path, plain=ARCHIVE)
    registry.files = {"/npm/plain/-/plain-1.2.3.tgz": packed(("package/dist/a.css", b"b{}"))}
    with pytest.raises(served.Refused, match="EINTEGRITY"):
        served.install(tmp_path)
    assert not (tmp_path / "node_modules" / "plain").exists()


@pytest.mark.parametrize("integrity", ["", "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "md5-AAAA"])
def test_a_digest_that_can_be_forged_is_none(integrity):
    with pytest.raises((served.Refused, ValueError)):
        served.check(b"", integrity)


@pytest.mark.parametrize(
    "archive",
    [
        packed(("package/../../out", b"x")),
        packed(("/tmp/out", b"x")),
        packed(link="../../.."),
    ],
    ids=["up", "absolute", "link"],
)
def test_nothing_is_written_outside_the_packages_folder(registry, tmp_path, archive):
    lock(tmp_path, plain=archive)
    registry.files = {"/npm/plain/-/plain-1.2.3.tgz": archive}
    with pytest.raises(served.Refused, match="not a file of the package"):
        served.install(tmp_path)
    assert not list((tmp_path / "node_modules").rglob("*out*"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("place", ["elsewhere/plain", "node_modules/../plain"])
def test_a_lock_cannot_name_a_place_outside(registry, tmp_path, place):
    lock(tmp_path, **{place: ARCHIVE})
    with pytest.raises(served.Refused, match="outside"):
        served.install(tmp_path)
    assert registry.asked == []


def test_the_registry_of_npm_is_asked_with_the_key_of_npm(registry, tmp_path, monkeypatch):
    monkeypatch.delenv("npm_config_registry")
    monkeypatch.setenv("KEY_OF_THE_TEST", "secret")
    host = registry.address.removeprefix("http:")
    (tmp_path / "userconfig").write_text(
        f"; ours\nregistry = {registry.address}\n{host}:_authToken=${{KEY_OF_THE_TEST}}\n"
    )
    lock(tmp_path, plain=ARCHIVE)
    registry.files = {"/npm/plain/-/plain-1.2.3.tgz": ARCHIVE}
    served.install(tmp_path)
    assert registry.asked == [("/npm/plain/-/plain-1.2.3.tgz", "Bearer secret")]


def test_the_project_goes_before_the_user_and_a_scope_may_have_its_own(
    registry, tmp_path, monkeypatch
):
    monkeypatch.delenv("npm_config_registry")
    (tmp_path / "userconfig").write_text(
        "registry=https://user.example\n@a:registry=https://a.example\n"
    )
    (tmp_path / ".npmrc").write_text("registry=https://project.example\n")
    npmrc = served.settings(tmp_path)
    assert served.registry(npmrc, "plain") == "https://project.example/"
    assert served.registry(npmrc, "@a/name") == "https://a.example/"
    assert served.registry({}, "plain") == served.DEFAULT_REGISTRY
    assert served.key(npmrc, "https://project.example/") == {}


def test_a_package_that_is_not_there_is_named(registry, tmp_path, monkeypatch, capsys):
    lock(tmp_path, plain=ARCHIVE)
    monkeypatch.setattr("sys.argv", ["served.py", str(tmp_path)])
    assert served.main() == 1
    assert "HTTP Error 404" in (said := capsys.readouterr().err) and "plain 1.2.3" in said
    assert len(registry.asked) == 1
