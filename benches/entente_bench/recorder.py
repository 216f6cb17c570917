"""Records the statements that the service sends to PostgreSQL, with their parameters.

The service connects through a proxy. The database is set to log every statement and to send its log to the client, so
the proxy reads the log from the connection and needs no access to the files of the server. It does not pass the log on.
"""

import re
import socket
import struct
import threading
import urllib.parse
from dataclasses import dataclass

from .databases import psql

_SSL_REQUEST, _GSS_REQUEST = 80_877_103, 80_877_104
# The readiness probe reads this table once a second.
_PROBED = "__diesel_schema_migrations"
_PARAMETER = re.compile(r"\$(\d+) = ('(?:[^']|'')*'|NULL)")


@dataclass(frozen=True)
class Statement:
    """A statement as it was executed: `$1` in `sql` has the first of the parameters, which are text or None."""

    sql: str
    parameters: tuple = ()


class Recorder:
    """The proxy. `url` is the address for the service."""

    def __init__(self, database):
        parts = urllib.parse.urlsplit(database.url)
        self._server = parts.hostname or "127.0.0.1", parts.port or 5432
        self._database = database
        psql(database.url, f"ALTER DATABASE {database.name} SET log_statement = 'all'")
        psql(database.url, f"ALTER DATABASE {database.name} SET client_min_messages = log")
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        user = f"{parts.username or 'postgres'}" + (f":{parts.password}" if parts.password else "")
        self.url = urllib.parse.urlunsplit(parts._replace(netloc=f"{user}@127.0.0.1:{port}"))
        self._lock, self._seen = threading.Lock(), []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
        for setting in ("log_statement", "client_min_messages"):
            psql(self._database.url, f"ALTER DATABASE {self._database.name} RESET {setting}")

    def take(self):
        """Returns the statements since the last call."""
        with self._lock:
            seen, self._seen = self._seen, []
        return seen

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._upstream, args=(client, server), daemon=True).start()
            threading.Thread(target=self._downstream, args=(client, server), daemon=True).start()

    def _upstream(self, client, server):
        """Passes on what the service sends, and declines encryption."""
        try:
            while True:
                head = _read(client, 8)
                length, code = struct.unpack("!II", head)
                if code not in (_SSL_REQUEST, _GSS_REQUEST):
                    server.sendall(head + _read(client, length - 8))
                    break
                client.sendall(b"N")
            while data := client.recv(65_536):
                server.sendall(data)
        except (OSError, EOFError):
            pass
        finally:
            _close(server)

    def _downstream(self, client, server):
        """Passes on what the server sends, except its log."""
        try:
            while True:
                head = _read(server, 5)
                body = _read(server, struct.unpack("!I", head[1:])[0] - 4)
                if head[:1] == b"N" and self._record(body):
                    continue
                client.sendall(head + body)
        except (OSError, EOFError):
            pass
        finally:
            _close(client)

    def _record(self, body):
        """Records the statement in a notice; returns whether it was from the log."""
        fields = {part[:1].decode(): part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
        if fields.get("V") != "LOG":
            return False
        found = re.match(r"(?:statement|execute [^:]*): (.*)", fields.get("M", ""), re.DOTALL)
        if found and _PROBED not in found[1]:
            values = dict(_PARAMETER.findall(fields.get("D", "")))
            parameters = tuple(_value(values[str(number)]) for number in range(1, len(values) + 1))
            with self._lock:
                self._seen.append(Statement(re.sub(r"\s+", " ", found[1]).strip().rstrip(";"), parameters))
        return True


def _value(text):
    return None if text == "NULL" else text[1:-1].replace("''", "'")


def _read(source, length):
    data = b""
    while len(data) < length:
        part = source.recv(length - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _close(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    connection.close()
