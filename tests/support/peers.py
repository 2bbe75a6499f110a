"""Real servers on loopback, where installed: Debian's Kannel (kannel, kannel-extras), an SMS
gateway with a fake network, Postfix, a mail server, and Dovecot, a mailbox. A test without its server
is skipped.
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
{service}
max-messages = 0
"""
# Without send-sender Kannel 1.4.5 posts the text and not who wrote it.
REPLIES = """post-url = "{url}"
send-sender = true"""
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
virtual_mailbox_maps = inline:{{ {{donor@centre.test = donor/}} {{bounces@centre.test = bounces/}} }}
recipient_delimiter = +
transport_maps = inline:{{
    {{dead.test = smtp:[127.0.0.1]:{far}}} {{full.test = smtp:[127.0.0.1]:{far}}}
    {{gone.test = smtp:[127.0.0.1]:{nobody}}} }}
far_restrictions = check_recipient_access inline:{{
    {{dead.test = 550 5.1.1 no such mailbox}} {{full.test = 552 5.2.2 mailbox is full}} }}, reject
minimal_backoff_time = 2s
maximal_backoff_time = 2s
queue_run_delay = 2s
maximal_queue_lifetime = 6s
bounce_queue_lifetime = 6s
disable_dns_lookups = yes
smtp_host_lookup = native
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
smtpd_recipient_restrictions = {restrictions}
smtpd_reject_unlisted_recipient = yes
"""
DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
"""
MASTER = Path("/usr/share/postfix/master.cf.dist")
# The next server on the way, which refuses what the first has taken.
FAR = """127.0.0.1:{far} inet n - n - - smtpd
  -o myhostname=far.test
  -o smtpd_recipient_restrictions=$far_restrictions
"""


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
    with (folder / f"{Path(command[0]).name}.out").open("ab") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, preexec_fn=embedded.end_with_parent
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


class Kannel:
    def __init__(self, folder: Path, port: int, network: int):
        self._folder, self.address = folder, f"http://127.0.0.1:{port}/cgi-bin/sendsms"
        self._network, self._phone = network, ExitStack()
        self.connect("0 0 text nothing", most=0)

    def reply(self, number: str, text: str) -> None:
        """A person sends this text to our number, in UCS-2."""
        data = "".join(f"%{byte:02X}" for byte in text.encode("utf-16-be"))
        self.connect(f"{number} 1234 ucs2 {data}", most=1)

    def connect(self, message: str, *, most: int) -> None:
        """The fake network knows its messages when it starts."""
        self._phone.close()
        out = self._folder / "fakesmsc.out"
        before = out.read_bytes().count(b"Connecting") if out.exists() else 0
        program = [FAKE_NETWORK, "-H", "127.0.0.1", "-r", str(self._network), "-i", "0.1"]
        self._phone.enter_context(_running(self._folder, *program, "-m", str(most), message))
        until(lambda: out.read_bytes().count(b"Connecting") > before)

    def close(self) -> None:
        self._phone.close()

    def sent(self) -> list[tuple[str, str]]:
        """(number, text) of each message that the network accepted; parts of one are put together."""
        seen = (self._folder / "fakesmsc.out").read_bytes()
        found: dict[tuple[bytes, ...], bytes] = {}
        for place, (number, header, kind, text) in enumerate(A_MESSAGE.findall(seen)):
            # The header of a part: its message, how many, and which.
            key = (
                (number, _bytes(header)[3:4], kind)
                if header
                else (number, b"", kind, b"%d" % place)
            )
            found[key] = found.get(key, b"") + _bytes(text, plus=kind != b"text")
        return [
            (key[0].decode(), text.decode("utf-8" if key[2] == b"text" else "utf-16-be"))
            for key, text in found.items()
        ]


A_MESSAGE = re.compile(rb"Got message \d+: <\S+ (\S+) (?:udh (\S+) )?(text|ucs-2|data) (.*)>\n")


def _bytes(text: bytes, *, plus: bool = False) -> bytes:
    text = text.replace(b"+", b" ") if plus else text
    return re.sub(rb"%([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), text)


@contextmanager
def kannel(*, replies_to: str = ""):
    """``replies_to``: the address to which Kannel posts the texts that come in."""
    _installed("bearerbox", "smsbox", FAKE_NETWORK)
    admin, box, network, send = _free_ports(4)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "store").mkdir()
        ports = {"admin": admin, "box": box, "network": network, "send": send}
        settings = folder / "kannel.conf"
        service = REPLIES.format(url=replies_to) if replies_to else 'text = "no"'
        settings.write_text(KANNEL.format(folder=folder, service=service, **ports))
        stack.enter_context(_running(folder, "bearerbox", settings))
        until(lambda: _listens(box) and _listens(network))
        stack.enter_context(_running(folder, "smsbox", settings))
        until(lambda: _listens(send))
        running = Kannel(folder, send, network)
        stack.callback(running.close)
        yield running


class Postfix:
    def __init__(self, folder: Path, port: int):
        self._folder, self.port = folder, port

    def mails(self) -> list[str]:
        """The mails in the mailbox of donor@centre.test."""
        return [path.read_text() for path in self._folder.glob("mail/donor/new/*")]

    def returned(self) -> list[bytes]:
        """The mails that came back to bounces@centre.test."""
        return [path.read_bytes() for path in self._folder.glob("mail/bounces/new/*")]


@contextmanager
def postfix(*, restrictions: str = "permit_mynetworks, reject"):
    """Postfix with the mailboxes donor@ and bounces@centre.test. Anybody at dead.test (5.1.1) and
    full.test (5.2.2) comes back later, at gone.test after the six seconds of the queue (4.4.1)."""
    _installed("postfix")
    if os.geteuid():
        pytest.skip("Postfix is started by root alone")
    port, far, nobody = _free_ports(3)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("etc", "data", "spool", "mail"):
            (folder / part).mkdir()
        shutil.chown(folder / "data", "postfix")
        shutil.chown(folder / "mail", "nobody")
        main = POSTFIX.format(folder=folder, restrictions=restrictions, far=far, nobody=nobody)
        (folder / "etc" / "main.cf").write_text(main)
        # No chroot, and a port of our own.
        service = f"127.0.0.1:{port} inet n - n - - smtpd"
        master = re.sub(r"(?m)^smtp +inet .*$", service, MASTER.read_text())
        master = re.sub(r"(?m)^([a-z].* unix +\S+ +\S+ +)y( )", r"\1n\2", master)
        (folder / "etc" / "master.cf").write_text(master + FAR.format(far=far))
        stack.enter_context(_running(folder, "postfix", "-c", folder / "etc", "start-fg"))
        until(lambda: _listens(port))
        yield Postfix(folder, port)


@contextmanager
def dovecot():
    """A mailbox by IMAP: yields its address, and a function that puts a mail into it."""
    _installed("dovecot")
    if os.geteuid():
        pytest.skip("Dovecot is started by root alone")
    (port,) = _free_ports(1)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("", "cur", "new", "tmp"):
            (folder / "mail" / part).mkdir(exist_ok=True)
            shutil.chown(folder / "mail" / part, "nobody", "nogroup")
        settings = folder / "dovecot.conf"
        settings.write_text(DOVECOT.format(folder=folder, port=port))

        def put(raw: bytes) -> None:
            path = folder / "mail" / "new" / f"{time.time_ns()}.test"
            path.write_bytes(raw)
            shutil.chown(path, "nobody", "nogroup")

        stack.enter_context(_running(folder, "dovecot", "-F", "-c", settings))
        until(lambda: _listens(port))
        yield f"imap://bounces:secret@127.0.0.1:{port}/INBOX", put
