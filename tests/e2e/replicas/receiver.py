"""The webhook receiver of the replicas test: notes every message, and can leave one without a response.

`GET /receipts` returns the messages with a response of 204, as time (monotonic clock of the machine), path and
`webhook-id`. `PUT /hold` leaves the next message without a response; `GET /held` returns the port from which that
message came, or null. Prints its port. Uses the receiver of the benchmarks.
"""

import asyncio
import json
import re
import time

import paths  # noqa: F401
from entente_bench import receiver

_ID = re.compile(rb"\r\nwebhook-id: *(\S+)\r\n", re.IGNORECASE)
# So long takes a request of a real receiver; without it, a delivery is hardly ever in flight.
_RESPONSE_SECONDS = 0.01
_receipts = []
_state = {"hold": False, "held": None}


class Messages(receiver.Receiver):
    """A keep-alive connection."""

    def _respond(self, request):
        method, path = request.split(b" ", 2)[:2]
        if method == b"POST":
            self._take(path.decode(), _ID.search(request)[1].decode())
            return
        if method == b"PUT":
            _state.update(hold=True, held=None)
        text = json.dumps(_receipts if path == b"/receipts" else _state["held"]).encode()
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text) + text)

    def _take(self, path, message):
        if _state["hold"]:
            _state.update(hold=False, held=self._transport.get_extra_info("peername")[1])
            return
        asyncio.get_running_loop().call_later(_RESPONSE_SECONDS, self._accept, path, message)

    def _accept(self, path, message):
        _receipts.append((time.monotonic(), path, message))
        self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


if __name__ == "__main__":
    asyncio.run(receiver.main(Messages))
