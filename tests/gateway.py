"""A small SMS gateway on loopback: remembers what it was asked, answers as it is told."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def running(*statuses: int):
    """Yields (address, requests); answers with the statuses in turn, then 200. 0 drops the answer."""
    asked: list[dict] = []
    turns = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append({**body, "headers": dict(self.headers)})
            status = turns.pop(0) if turns else 200
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            self.end_headers()
            if status == 200:
                self.wfile.write(json.dumps({"id": f"sms-{len(asked)}"}).encode())

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
