"""A fast webhook receiver, in a process of its own: notes when the event of each subject arrived first.

`GET /count` returns the number of subjects, `GET /arrivals` the times by subject, on the monotonic clock of the
machine; `DELETE /` deletes them. Prints its port.
"""

import asyncio
import json
import re
import time

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_SUBJECT = re.compile(rb'"subject": *"([^"]+)"')
_arrivals = {}


class Receiver(asyncio.Protocol):
    """A keep-alive connection."""

    def connection_made(self, transport):
        self._transport, self._received = transport, b""

    def data_received(self, data):
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._received, 0, end)
            total = end + 4 + (int(found[1]) if found else 0)
            if len(self._received) < total:
                return
            request, self._received = self._received[:total], self._received[total:]
            self._respond(request)

    def _respond(self, request):
        if request.startswith(b"POST"):
            found = _SUBJECT.search(request)
            if found:
                _arrivals.setdefault(found[1].decode(), time.monotonic())
            self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            return
        if request.startswith(b"DELETE"):
            _arrivals.clear()
        content = len(_arrivals) if request.startswith(b"GET /count") else dict(_arrivals)
        text = json.dumps(content).encode()
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text) + text)


async def main(protocol=Receiver):
    """Serves until the process is stopped."""
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
