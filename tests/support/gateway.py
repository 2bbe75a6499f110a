"""A small SMS gateway on loopback: records requests and gives scripted answers."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextlib.contextmanager
def running(*answers, always=None):
    """Yields (address, requests); gives the answers in turn, then ``always`` or 200.

    An answer is a status or (status, body, headers); 0 drops it, and an event delays it. ``always`` is a list whose only
    entry may be changed while the gateway runs.
    """
    asked: list[dict] = []
    turns, always = list(answers), always or [200]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            is_json = self.headers["Content-Type"] == "application/json"
            body = json.loads(raw) if is_json else {"body": raw.decode()}
            asked.append({**body, "headers": dict(self.headers)})
            answer = turns.pop(0) if turns else always[0]
            if isinstance(answer, threading.Event):
                answer.wait(30)
                answer = 200
            status, said, headers = answer if isinstance(answer, tuple) else (answer, None, {})
            if status == 0:
                self.close_connection = True
                return
            if said is None and status == 200:
                said = json.dumps({"id": f"sms-{len(asked)}"})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # the sender did not wait for a late answer
                self.wfile.write((said or "").encode())

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
