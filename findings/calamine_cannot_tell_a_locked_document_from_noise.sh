#!/bin/sh
# python-calamine 0.9.1 (PyPI).
#
# It has a PasswordError, and raises it for an OpenDocument spreadsheet that is opened by a path ending in .ods. The
# same bytes as an open file, as an upload is, give CalamineError "Cannot detect file format": the formats are tried one
# after the other, and what the right one said is lost. Somebody who uploads a locked list hears that it is no list.
#
# Ours: META-INF/manifest.xml is read before (encryption-data, OpenDocument 1.3 part 2, 4.4).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/v"
"$folder/v/bin/pip" install --quiet --disable-pip-version-check python-calamine==0.9.1
cd "$folder"
"$folder/v/bin/python" - <<'PYTHON'
import io
import zipfile

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

SPACE = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
ENTRY = '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml" manifest:size="9">'
LOCK = (
    '<manifest:encryption-data manifest:checksum-type="SHA1/1K" manifest:checksum="x">'
    '<manifest:algorithm manifest:algorithm-name="Blowfish CFB" manifest:initialisation-vector="x"/>'
    "</manifest:encryption-data></manifest:file-entry>"
)
file = io.BytesIO()
with zipfile.ZipFile(file, "w") as archive:
    archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    archive.writestr("content.xml", b"\x00\x01\x02")
    archive.writestr(
        "META-INF/manifest.xml",
        f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{SPACE}">{ENTRY}{LOCK}</manifest:manifest>',
    )
with open("locked.ods", "wb") as kept:
    kept.write(file.getvalue())


def said(open_it):
    try:
        open_it()
    except CalamineError as error:
        return type(error), str(error)
    return None, ""


by_path = said(lambda: CalamineWorkbook.from_path("locked.ods"))
by_file = said(lambda: CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue())))
print("by its path:", by_path)
print("as an open file:", by_file)
assert by_path[0] is PasswordError and by_file == (CalamineError, "Cannot detect file format"), "changed"
PYTHON
