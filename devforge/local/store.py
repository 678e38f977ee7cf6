"""Everything the local GitHub remembers, in one SQLite file with one writer at a time.

Tables are declared in `schema/*.sql`, one file per resource. Identifiers come from AUTOINCREMENT
columns, so that no number is ever given twice, not even after a deletion. What is inside
`transaction()` happens whole or not at all, also when the process is killed.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = sqlite3.Row

_SCHEMA = Path(__file__).parent / "schema"


def packed(value: Any) -> str:
    """Return `value` as the compact JSON that TEXT columns hold."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class Store:
    """A thin, thread-safe hand on SQLite. Column names in calls come from our code, never from outside."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._owner: int | None = None
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = Row
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            self._db.execute(f"PRAGMA {pragma}")
        with self.transaction():
            for file in sorted(_SCHEMA.glob("*.sql")):
                for statement in file.read_text(encoding="utf-8").split(";\n"):
                    self._db.execute(statement)

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside one change. May be nested; the outermost one commits."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
                self._owner = threading.get_ident()
            self._depth += 1
            try:
                yield
            except BaseException:
                self._leave("ROLLBACK")
                raise
            self._leave("COMMIT")

    def _leave(self, how: str) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._owner = None
            self._db.execute(how)

    @property
    def in_transaction(self) -> bool:
        """Tell whether this very thread is inside `transaction()`."""
        return self._owner == threading.get_ident()

    def all(self, sql: str, *values: Any) -> list[Row]:
        """Return every row that `sql` selects."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Row | None:
        """Return the first row that `sql` selects, or None."""
        with self._lock:
            row: Row | None = self._db.execute(sql, values).fetchone()
            return row

    def value(self, sql: str, *values: Any) -> Any:
        """Return the first column of the first row, or None."""
        row = self.one(sql, *values)
        return None if row is None else row[0]

    def run(self, sql: str, *values: Any) -> int:
        """Run a statement that changes rows; return how many it changed."""
        with self._lock:
            return self._db.execute(sql, values).rowcount

    def insert(self, table: str, **columns: Any) -> int:
        """Add a row and return its id."""
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names are ours
        with self._lock:
            return int(self._db.execute(sql, tuple(columns.values())).lastrowid or 0)

    def update(self, table: str, id: int, **columns: Any) -> None:
        """Change columns of the row `id`."""
        if columns:
            pairs = ", ".join(f"{name} = ?" for name in columns)
            self.run(f"UPDATE {table} SET {pairs} WHERE id = ?", *columns.values(), id)  # noqa: S608

    def delete(self, table: str, id: int) -> None:
        """Remove the row `id`; its id is never used again."""
        self.run(f"DELETE FROM {table} WHERE id = ?", id)  # noqa: S608

    def find(self, table: str, **columns: Any) -> Row | None:
        """Return the first row with these values, or None."""
        tests = " AND ".join(f"{name} = ?" for name in columns)
        return self.one(f"SELECT * FROM {table} WHERE {tests}", *columns.values())  # noqa: S608

    def get(self, table: str, id: int) -> Row:
        """Return the row `id`. Raises KeyError where there is none: a reference of ours is broken."""
        row = self.find(table, id=id)
        if row is None:
            raise KeyError(f"{table} {id} does not exist")
        return row

    def setting(self, name: str) -> str | None:
        """Return what `remember` kept under `name`, or None."""
        found: str | None = self.value("SELECT value FROM setting WHERE name = ?", name)
        return found

    def remember(self, name: str, value: str) -> None:
        """Keep one value under `name`, replacing the last one."""
        self.run("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", name, value)
