"""A stand-in for api.envoisms.ma, made from its kit (``envoisms`` 1.2.0): bearer key, JSON,
``Idempotency-Key``, 202 with an id, errors with a code. The real service was not reached."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LIVE = "env_live_x"


class Service:
    def __init__(self) -> None:
        self.queued: list[dict] = []
        self.stopped: set[str] = set()
        self._known: dict[str, dict] = {}

    def answer(self, headers, body: dict) -> tuple[int, dict]:
        if headers["Authorization"] != f"Bearer {LIVE}":
            return 401, {"error": {"code": "UNAUTHORIZED", "message": "key"}}
        if not body["to"].startswith("+212"):
            return 400, {"error": {"code": "INVALID_NUMBER", "message": "to"}}
        if body["to"] in self.stopped:
            return 400, {"error": {"code": "OPTED_OUT", "message": "stop"}}
        key = headers["Idempotency-Key"]
        if key not in self._known:
            self.queued.append(body)
            number = len(self.queued)
            self._known[key] = {"id": f"msg_{number}", "to": body["to"], "status": "queued"}
        return 202, self._known[key]


@contextmanager
def running():
    """Yields (address, service)."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, said = service.answer(self.headers, body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/messages", service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
