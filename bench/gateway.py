"""An SMS gateway that accepts everything: ``python -m bench.gateway PORT``. Connections are kept."""

from __future__ import annotations

import asyncio
import re
import sys

LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
BODY = b'{"id": "sms-1"}'
ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


class Gateway(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.waiting = transport, b""

    def data_received(self, data):
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _sep, rest = self.waiting.partition(b"\r\n\r\n")
            found = LENGTH.search(head)
            length = int(found[1]) if found else 0
            if len(rest) < length:
                return
            self.waiting = rest[length:]
            self.transport.write(ANSWER % (len(BODY), BODY))


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Gateway, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
