#!/bin/sh
# smpplib 2.2.4 (PyPI).
#
# A text longer than 160 letters is cut into parts of 153. The letters [ ] { } \ ^ ~ | and the euro sign
# take two septets, an escape and a code (3GPP TS 23.038, 6.2.1.1). make_parts cuts between the two: the
# first part ends with the escape alone, the second begins with the code, which is another letter of the
# basic table. Each part is valid, so that gateway and network accept both, and "9 [12]" is read as
# "9  <12>" on the telephone. Whether it happens depends on the length of what stands before: a name of
# a place that is one letter longer hides or shows it.
#
# Ours: no SMPP here; a text is kept within one part of 7-bit letters, and letters that take two septets
# are counted as two.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/v"
"$folder/v/bin/pip" install --quiet --disable-pip-version-check smpplib==2.2.4 six==1.17.0
"$folder/v/bin/python" - <<'PYTHON'
from smpplib import gsm

cut = {}
for before in (150, 151, 152, 153):
    parts, _coding, _class = gsm.make_parts("x" * before + "[12]" + "y" * 20)
    first, second = (part[6:] for part in parts)  # after the header of a part
    cut[before] = (first[-1:], second[:2])
    print(f"{before} letters before the bracket: one part ends with {first[-1:]}, the next begins with {second[:2]}")
alone = [before for before, (end, _begin) in cut.items() if end == b"\x1b"]
assert alone == [152], "changed"
assert cut[152][1] == b"<1", "changed"
PYTHON
