"""A TCP proxy in front of PostgreSQL that fails on purpose.

It understands as much of the protocol as it needs to see simple queries with BEGIN and COMMIT
(https://www.postgresql.org/docs/current/protocol-message-formats.html).
"""

import asyncio
import random
import struct
import threading
from contextlib import suppress

# Requests before the start message: TLS, GSSAPI. The server responds with one byte.
_NEGOTIATIONS = (80_877_103, 80_877_104)
_READY = b"Z\x00\x00\x00\x05"

PASS = "pass"
# The server executes the query, but the client never gets the response.
SWALLOW = "lose responses to BEGIN and COMMIT"
# The connection ends before the server gets the query.
CUT = "cut before BEGIN and COMMIT"
# Everything is accepted and nothing is forwarded.
BLACK_HOLE = "black hole"


class Proxy:
    """Runs in a thread of its own. Use it in a `with` statement, which stops it."""

    def __init__(self, target_port, share=0.5):
        """`share` is the share of BEGIN and COMMIT that is hit."""
        self._target, self._share, self._random = target_port, share, random.Random(1)
        self.mode, self.hit, self.port = PASS, 0, 0
        self._loop, self._tasks = asyncio.new_event_loop(), set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        self._server = self._wait(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        self._wait(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def cut_all(self):
        """Closes all connections."""
        self._wait(self._cut_all())

    async def _cut_all(self):
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _close(self):
        self._server.close()
        await self._cut_all()

    def hits(self):
        """Returns whether the next query of this kind is hit."""
        if self.mode not in (SWALLOW, CUT) or self._random.random() >= self._share:
            return False
        self.hit += 1
        return True

    async def _accept(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        with suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
            try:
                await _Pair(self, reader, writer, server_reader, server_writer).run()
            finally:
                server_writer.close()
        self._tasks.discard(task)
        writer.close()


def _is_boundary(statement):
    """Returns whether a simple query begins a transaction or ends it with COMMIT.

    A connection that is lost at BEGIN is replaced, and the new one can be lost, too.
    """
    return statement.startswith(b"BEGIN") or statement.rstrip(b"\x00").endswith(b"COMMIT")


class _Pair:
    """A connection of a client and the one to the server that belongs to it."""

    def __init__(self, proxy, reader, writer, server_reader, server_writer):
        self._proxy, self._reader, self._writer = proxy, reader, writer
        self._server_reader, self._server_writer = server_reader, server_writer
        self._swallowing = False

    async def run(self):
        """Forwards in both directions until one side closes its connection."""
        ways = [asyncio.ensure_future(self._to_server()), asyncio.ensure_future(self._to_client())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _forward(self, data, writer):
        # Until the connection is cut.
        while self._proxy.mode == BLACK_HOLE:
            await asyncio.sleep(0.05)
        writer.write(data)
        await writer.drain()

    async def _to_server(self):
        started = False
        while True:
            head = b"" if not started else await self._reader.readexactly(1)
            length = await self._reader.readexactly(4)
            body = await self._reader.readexactly(struct.unpack("!I", length)[0] - 4)
            started = started or struct.unpack("!I", body[:4])[0] not in _NEGOTIATIONS
            if head == b"Q" and _is_boundary(body) and self._proxy.hits():
                if self._proxy.mode == CUT:
                    return
                self._swallowing = True
            await self._forward(head + length + body, self._server_writer)

    async def _to_client(self):
        received = b""
        while data := await self._server_reader.read(65_536):
            if self._swallowing:
                received += data
                # The server has executed it.
                if received[-6:-1] == _READY:
                    return
            else:
                await self._forward(data, self._writer)
