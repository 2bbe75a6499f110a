#!/bin/sh
# pytest 9.2.0 with pytest-xdist 3.8.0 (PyPI).
#
# Tests with the same xdist_group mark are to run on one worker under --dist loadgroup. With this pair
# they are spread over all workers, without a warning: the group that xdist adds to a test's address is
# no longer what the scheduler reads. With pytest 8.4.2 the same file keeps to one worker. Tests that
# share a database row or a port only because of their mark then disturb each other at random.
#
# Ours: no test relies on the mark; files are the unit of distribution (--dist loadfile).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/test_group.py" <<'PYTHON'
import os
import time

import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(8))
def test_of_one_group(number):
    time.sleep(0.2)
    with open(os.environ["SEEN"], "a") as seen:
        seen.write(os.environ["PYTEST_XDIST_WORKER"] + "\n")
PYTHON
workers() {
    python3 -m venv "$folder/$1"
    "$folder/$1/bin/pip" install --quiet "pytest==$1" pytest-xdist==3.8.0
    SEEN="$folder/seen-$1" "$folder/$1/bin/python" -m pytest -q -n 2 --dist loadgroup \
        -p no:cacheprovider "$folder/test_group.py" >"$folder/log-$1"
    sort -u "$folder/seen-$1" | wc -l | tr -d ' '
}
before=$(workers 8.4.2)
now=$(workers 9.2.0)
echo "one group ran on $before worker with pytest 8.4.2, on $now with pytest 9.2.0"
[ "$before" = 1 ] && [ "$now" = 2 ] || { echo "changed"; exit 1; }
