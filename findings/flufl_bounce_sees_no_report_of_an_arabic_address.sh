#!/bin/sh
# flufl.bounce 4.0 (PyPI).
#
# When a message to an address with letters beyond ASCII comes back, RFC 6533 has the report in a part of
# the type message/global-delivery-status, with "Final-Recipient: utf-8; ...". all_failures, which knows
# dozens of providers' own formats, finds neither a temporary nor a permanent failure in it, and says so
# in the same way as for a message that is no bounce at all. It is the type of the part that is not
# known: the same lines as message/delivery-status are found, and an ASCII address in a global report is
# not. A list that clears its dead addresses with it never clears an Arabic one.
#
# Ours: campaigns/inbound reads both types.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/v"
"$folder/v/bin/pip" install --quiet --disable-pip-version-check flufl.bounce==4.0
"$folder/v/bin/python" - <<'PYTHON'
import email

from flufl.bounce import all_failures

REPORT = """From: MAILER-DAEMON@mta.example.org
To: return@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Your message could not be delivered.

--b
Content-Type: message/{kind}
Content-Transfer-Encoding: 8bit

Reporting-MTA: dns; mta.example.org

Final-Recipient: {address}
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Subject: a message

its text
--b--
"""


def found(kind, address):
    told = all_failures(email.message_from_bytes(REPORT.format(kind=kind, address=address).encode()))
    print(f"message/{kind}, {address.split(';')[0]} address: temporary {told[0]}, permanent {told[1]}")
    return told


assert found("delivery-status", "rfc822; donor@example.net") == (set(), {b"donor@example.net"})
assert found("global-delivery-status", "rfc822; donor@example.net") == (set(), set()), "changed"
assert found("global-delivery-status", "utf-8; متبرع@example.net") == (set(), set()), "changed"
PYTHON
