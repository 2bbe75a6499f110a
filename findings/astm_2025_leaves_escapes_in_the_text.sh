#!/bin/sh
# astm-2025 1.0.0 (PyPI), the maintained fork of astm 0.5.0.
#
# The escapes of LIS2-A2 6.6 (&F& for the field delimiter, &S&, &R&, &E&) stay in the decoded text as they are: the
# comment "a|b", which an analyser has to send as "a&F&b", is read as "a&F&b". A sample number or a comment with a
# delimiter in it is then compared and stored wrongly. (Nor does the decoder refuse a frame whose checksum is wrong:
# it writes a line into the log, though its docstring promises an AssertionError.)
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
result, comment = codec.decode(b"\x02" + said + codec.make_checksum(said) + b"\r\n")
print("The comment a|b is read as", comment[3])
assert (result[3], comment[3]) == ("<0.05", "a&F&b"), "changed"
PYTHON
