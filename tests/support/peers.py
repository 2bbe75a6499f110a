"""Real servers on loopback, where installed: Debian's Kannel (kannel, kannel-extras), an SMS
gateway with a fake network, and Postfix, a mail server. A test without its server is skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from config.machine import embedded

FAKE_NETWORK = Path("/usr/lib/kannel/test/fakesmsc")
KANNEL = """
group = core
admin-port = {admin}
admin-password = adm
smsbox-port = {box}
log-file = {folder}/bearer.log
store-type = spool
store-location = {folder}/store
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = fake
port = {network}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {send}
log-file = {folder}/smsbox.log

group = sendsms-user
username = blood
password = secret
max-messages = 10
concatenation = true

group = sms-service
keyword = default
text = "no"
"""
POSTFIX = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mta.centre.test
mydestination =
mynetworks = 127.0.0.0/8
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
virtual_mailbox_domains = centre.test
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {{donor@centre.test = donor/}} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
smtpd_recipient_restrictions = {restrictions}
smtpd_reject_unlisted_recipient = yes
"""
MASTER = Path("/usr/share/postfix/master.cf.dist")


def _installed(*programs: str | Path) -> None:
    for program in programs:
        if not shutil.which(str(program)):
            pytest.skip(f"{program} is not installed")


def until(true: Callable[[], object], seconds: float = 20):
    """Poll ``true`` and return its first truthy value."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
    return found


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _number in range(count)]
        for free in sockets:
            free.bind(("127.0.0.1", 0))
        return [free.getsockname()[1] for free in sockets]


@contextmanager
def _running(folder: Path, *command: str | Path):
    with (folder / f"{Path(command[0]).name}.out").open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, preexec_fn=embedded.end_with_parent
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


class Kannel:
    def __init__(self, folder: Path, port: int):
        self._folder, self.address = folder, f"http://127.0.0.1:{port}/cgi-bin/sendsms"

    def sent(self) -> list[tuple[str, str]]:
        """(number, text) of each message that the network accepted."""
        seen = (self._folder / "fakesmsc.out").read_bytes()
        lines = re.findall(rb"Got message \d+: <\S+ (\S+) (text|ucs-2) (.*)>\n", seen)
        return [(number.decode(), _decoded(kind, text)) for number, kind, text in lines]


def _decoded(kind: bytes, text: bytes) -> str:
    text = text.replace(b"+", b" ") if kind == b"ucs-2" else text
    plain = re.sub(rb"%([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), text)
    return plain.decode("utf-16-be" if kind == b"ucs-2" else "utf-8")


@contextmanager
def kannel():
    _installed("bearerbox", "smsbox", FAKE_NETWORK)
    admin, box, network, send = _free_ports(4)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "store").mkdir()
        ports = {"admin": admin, "box": box, "network": network, "send": send}
        settings = folder / "kannel.conf"
        settings.write_text(KANNEL.format(folder=folder, **ports))
        stack.enter_context(_running(folder, "bearerbox", settings))
        until(lambda: _listens(box) and _listens(network))
        stack.enter_context(_running(folder, "smsbox", settings))
        until(lambda: _listens(send))
        fake = [FAKE_NETWORK, "-H", "127.0.0.1", "-r", str(network), "-m", "0", "0 0 text nothing"]
        stack.enter_context(_running(folder, *fake))
        until(lambda: b"Connecting" in (folder / "fakesmsc.out").read_bytes())
        yield Kannel(folder, send)


class Postfix:
    def __init__(self, folder: Path, port: int):
        self._folder, self.port = folder, port

    def mails(self) -> list[str]:
        """The mails in the mailbox of donor@centre.test."""
        return [path.read_text() for path in self._folder.glob("mail/donor/new/*")]


@contextmanager
def postfix(*, restrictions: str = "permit_mynetworks, reject"):
    """Postfix with one mailbox, ``donor@centre.test``."""
    _installed("postfix")
    if os.geteuid():
        pytest.skip("Postfix is started by root alone")
    (port,) = _free_ports(1)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("etc", "data", "spool", "mail"):
            (folder / part).mkdir()
        shutil.chown(folder / "data", "postfix")
        shutil.chown(folder / "mail", "nobody")
        main = POSTFIX.format(folder=folder, restrictions=restrictions)
        (folder / "etc" / "main.cf").write_text(main)
        # No chroot, and a port of our own.
        service = f"127.0.0.1:{port} inet n - n - - smtpd"
        master = re.sub(r"(?m)^smtp +inet .*$", service, MASTER.read_text())
        master = re.sub(r"(?m)^([a-z].* unix +\S+ +\S+ +)y( )", r"\1n\2", master)
        (folder / "etc" / "master.cf").write_text(master)
        stack.enter_context(_running(folder, "postfix", "-c", folder / "etc", "start-fg"))
        until(lambda: _listens(port))
        yield Postfix(folder, port)
