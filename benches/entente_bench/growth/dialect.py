"""The parts of SQL that SQLite and PostgreSQL write differently. `i` is the number of the row, from 1."""

from abc import ABC, abstractmethod

# Sorts after the ids of the demo data and before ids of the present.
_ID = "01kdvdna00e0085"


class Dialect(ABC):
    """Builds INSERT statements that generate their rows in the database. `base` is the present, in UTC."""

    true, false = "1", "0"

    def __init__(self, base):
        self.base = base

    @abstractmethod
    def text(self, number):
        """Returns a number as text."""

    @abstractmethod
    def padded(self, number, width):
        """Returns a number as text with leading zeros."""

    @abstractmethod
    def ago(self, seconds):
        """Returns the instant that many seconds before the present."""

    @abstractmethod
    def slot_id(self, instant):
        """Returns the id of the slot that starts at an instant."""

    @abstractmethod
    def random_hash(self):
        """Returns 64 hexadecimal digits, different in every row."""

    @abstractmethod
    def rows(self, count):
        """Returns the clause before SELECT and the clause after FROM that generate the rows."""

    def id(self, prefix, number):
        """Returns the id of a generated record."""
        return f"'{prefix}_{_ID}' || {self.padded(number, 11)}"

    def insert(self, table, count, columns, where=None):
        """Returns a statement that inserts `count` rows, or those that fulfil `where`."""
        before, source = self.rows(count)
        condition = f" WHERE {where}" if where else ""
        return (f"INSERT INTO {table} ({', '.join(columns)}) {before}"
                f"SELECT {', '.join(columns.values())} FROM {source}{condition}")


class Sqlite(Dialect):
    """SQLite."""

    def text(self, number):
        return f"CAST({number} AS TEXT)"

    def padded(self, number, width):
        return f"printf('%0{width}d', {number})"

    def ago(self, seconds):
        return f"(strftime('%Y-%m-%d %H:%M:%f', '{self.base}', printf('%+.3f seconds', -1.0 * ({seconds}))) || '000')"

    def slot_id(self, instant):
        return f"strftime('%Y%m%dT%H%MZ', {instant})"

    def random_hash(self):
        return "lower(hex(randomblob(32)))"

    def rows(self, count):
        return f"WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < {count}) ", "g"


class Postgres(Dialect):
    """PostgreSQL."""

    true, false = "true", "false"

    def text(self, number):
        return f"({number})::text"

    def padded(self, number, width):
        return f"lpad(({number})::text, {width}, '0')"

    def ago(self, seconds):
        return f"(TIMESTAMP '{self.base}' - ({seconds}) * interval '1 second')"

    def slot_id(self, instant):
        return f"""to_char({instant}, 'YYYYMMDD"T"HH24MI"Z"')"""

    def random_hash(self):
        return "md5(i::text || 'x') || md5(i::text || 'y')"

    def rows(self, count):
        return "", f"generate_series(1, {count}) AS g(i)"
