"""An SMTP server that takes everything and keeps nothing, cheap enough to measure senders with.

``python -m bench.sink PORT``. It offers PIPELINING and 8BITMIME, as nearly every mail server does.
"""

from __future__ import annotations

import asyncio
import sys

OFFERED = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
ANSWERS = {b"MAIL": b"250 ok\r\n", b"RCPT": b"250 ok\r\n", b"EHLO": OFFERED, b"RSET": b"250 ok\r\n"}
END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.waiting = transport, b""
        self.in_text = self.over = False
        transport.write(b"220 sink\r\n")

    def data_received(self, data):
        waiting, answers = self.waiting + data, []
        while True:
            end = END if self.in_text else b"\r\n"
            part, found, rest = waiting.partition(end)
            if not found:
                break
            waiting = rest
            answers.append(self.answer(part))
        self.waiting = waiting
        self.transport.write(b"".join(answers))
        if self.over:
            self.transport.close()

    def answer(self, part: bytes) -> bytes:
        if self.in_text:
            self.in_text = False
            return b"250 taken\r\n"
        word = part[:4].upper()
        if word == b"DATA":
            self.in_text = True
            return b"354 go on\r\n"
        if word == b"QUIT":
            self.over = True
            return b"221 bye\r\n"
        return ANSWERS.get(word, b"502 unknown\r\n")


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
