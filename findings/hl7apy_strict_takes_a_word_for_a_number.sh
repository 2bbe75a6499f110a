#!/bin/sh
# hl7apy 1.3.5 (PyPI).
#
# OBX-2 says of which type OBX-5 is. With VALIDATION_LEVEL.STRICT, parsing and validate() accept any text as NM
# (number, HL7 v2.5 2.A.47) or DT (date): "<0.05", which many analysers send as NM though the standard wants SN for it,
# and "abc" as well. Somebody who relies on strict validation to refuse what is no number gets it as one.
#
# Ours: the hl7 library, without validation; what a value is, is decided by the value.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/v"
"$folder/v/bin/pip" install --quiet --disable-pip-version-check hl7apy==1.3.5
"$folder/v/bin/python" - <<'PYTHON'
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message


def valid(kind, value):
    said = [
        r"MSH|^~\&|A|B|C|D|20261128||ORU^R01^ORU_R01|1|P|2.5",
        "PID|1||9^^^X||Name^N",
        "OBR|1||1|HIV^HIV^L|||20261128",
        f"OBX|1|{kind}|HIV^HIV^L||{value}||||||F",
    ]
    message = parse_message("\r".join(said), validation_level=VALIDATION_LEVEL.STRICT)
    return message.validate()


for kind, value in (("NM", "0.05"), ("NM", "<0.05"), ("NM", "abc"), ("DT", "nonsense")):
    print(f"{value!r} as {kind}: valid {valid(kind, value)}")
    assert valid(kind, value) is True, "changed"
PYTHON
