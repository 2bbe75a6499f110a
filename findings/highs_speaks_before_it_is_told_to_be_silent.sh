#!/bin/sh
# highspy 1.16.0 (the solver of the planner; PyPI, MIT licence).
#
# A Highs object whose first call is setOptionValue("output_flag", False) still writes its banner and
# licence note to standard output, once a process, by the C library and not by sys.stdout: redirecting
# sys.stdout in Python does not catch it. A program whose standard output is data (a line of JSON, a
# pipe to another program) gets two foreign lines in front of it.
#
# Ours: nothing of the planner writes data to standard output; benches read the lines that begin with "{".
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet highspy==1.16.0
cat >"$folder/silent.py" <<'PYTHON'
import contextlib
import io

import highspy

kept = io.StringIO()
with contextlib.redirect_stdout(kept):
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.addVar(0, 10)
    solver.run()
assert kept.getvalue() == "", "Python's own standard output stays empty"
print("{}")
PYTHON
"$folder/venv/bin/python" "$folder/silent.py" >"$folder/out"
cat "$folder/out"
[ "$(wc -l <"$folder/out")" -eq 3 ] || { echo "changed: $(wc -l <"$folder/out") lines instead of 3"; exit 1; }
head -n 1 "$folder/out" | grep -q "^Running HiGHS 1.16.0" || { echo "changed: another first line"; exit 1; }
[ "$(tail -n 1 "$folder/out")" = "{}" ] || { echo "changed: the data is not last"; exit 1; }
echo "as found: two lines of HiGHS stand before the program's own"
