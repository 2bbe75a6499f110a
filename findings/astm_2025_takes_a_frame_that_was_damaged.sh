#!/bin/sh
# astm-2025 1.0.0 (PyPI), the maintained fork of astm 0.5.0.
#
# 1. A frame whose checksum is wrong is decoded all the same: decode_message only writes a line into the log.
#    Its own docstring, and the original, raise AssertionError. The checksum is what LIS01-A2 has against noise
#    on the line: a result of <0.05 that arrives as <9.05 is handed to the laboratory as a result.
# 2. The escapes of LIS2-A2 6.6 (&F& for the field delimiter, &S&, &R&, &E&) stay in the text as they are, on
#    valid input: a comment "a|b" is read as "a&F&b".
#
# Ours: frames are taken apart and checked by our own lines with the library's make_checksum; records are decoded by
# the library, and the escapes afterwards.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/v"
"$folder/v/bin/pip" install --quiet --disable-pip-version-check --no-deps astm-2025==1.0.0
"$folder/v/bin/python" - <<'PYTHON'
from astm import codec

said = b"1R|1|^^^HIV|<0.05|COI||N||F\rC|1|I|a&F&b|G\r\x03"
frame = b"\x02" + said + codec.make_checksum(said) + b"\r\n"
damaged = frame.replace(b"<0.05", b"<9.05")
result, comment = codec.decode(damaged)
print("A damaged frame is read as", result[3], "with a line in the log; its comment as", comment[3])
assert result[3] == "<9.05", "changed"
assert codec.decode(frame)[1][3] == "a&F&b", "changed"
PYTHON
