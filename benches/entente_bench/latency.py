"""Measures single requests on a connection, with little overhead of its own."""

import json
import socket
import time

from .service import BenchError


class Connection:
    """A keep-alive connection that sends prepared bytes and reads whole responses."""

    def __init__(self, port, timeout=120):
        self._address, self._timeout = ("127.0.0.1", port), timeout
        self._socket = None

    def _open(self):
        self._socket = socket.create_connection(self._address, self._timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        """Closes the connection; the next request opens a new one."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def request(self, data):
        """Sends a request and returns its status, its body and the seconds that it took."""
        # The service closes connections that were idle for a while.
        fresh = self._socket is None
        if fresh:
            self._open()
        started = time.perf_counter()
        try:
            self._socket.sendall(data)
            response = self._read()
        except (ConnectionError, EOFError) as error:
            self.close()
            if fresh:
                raise BenchError(f"connection lost: {error}") from error
            return self.request(data)
        return *response, time.perf_counter() - started

    def _read(self):
        received = b""
        while True:
            end = received.find(b"\r\n\r\n")
            if end >= 0:
                break
            received += self._receive()
        head = received[:end].lower()
        status = int(head[9:12])
        at = head.find(b"content-length:")
        if at < 0:
            if status in (204, 304):
                return status, b""
            if b"transfer-encoding: chunked" in head:
                return status, self._chunks(received[end + 4:])
            raise BenchError(f"a response without Content-Length: {head.decode(errors='replace')}")
        length = int(head[at + 15:].split(b"\r\n", 1)[0])
        parts, missing = [received[end + 4:]], length - (len(received) - end - 4)
        while missing > 0:
            parts.append(self._receive())
            missing -= len(parts[-1])
        return status, b"".join(parts)

    def _chunks(self, received):
        while not received.endswith(b"0\r\n\r\n"):
            received += self._receive()
        return received

    def _receive(self):
        data = self._socket.recv(262_144)
        if not data:
            raise EOFError("closed by the service")
        return data


def request_bytes(method, path, *, token="", body=None, headers=()):
    """Returns the bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    lines += [f"{name}: {value}" for name, value in headers]
    content = b"" if body is None else json.dumps(body).encode()
    if method != "GET":
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def percentile(values, share):
    """Returns the value below which that share of the values is."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
