"""Where reviews find OSV records: the registry's `advisories` branch, or a copy of it on this disk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from pydantic import ValidationError

from devforge.adapters.git import Objects
from devforge.adapters.snapshot import Snapshot
from devforge.advisories.known import Known
from devforge.advisories.matching import Ecosystem
from devforge.advisories.shards import META, Meta, read_shard, shard_path, write_shards
from devforge.errors import BadInput

BRANCH = "advisories"
_NO_SERVER = "https://github.com"  # asked for nothing: the copy on this disk has no address


class Shelf:
    """The records at one moment, opened once and read in parts."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.meta = self._read_meta() if snapshot.open() else None

    def about(self, packages: Collection[tuple[Ecosystem, str]]) -> tuple[Known, ...]:
        """Return what is known of `packages`, given by ecosystem and name as matching folds it.

        Raises:
            Unavailable: the server did not answer.
            BadInput: the copy is damaged.
        """
        names: dict[str, list[str]] = defaultdict(list)
        for ecosystem, name in sorted(set(packages)):
            names[shard_path(ecosystem, name)].append(name)
        shards = self._snapshot.read(names)
        return tuple(
            known for path in shards for known in read_shard(path, shards[path], names[path])
        )

    def put(self, known: Iterable[Known], meta: Meta, *, keep: Collection[Ecosystem] = ()) -> None:
        """Put these records in the place of the old ones; those of the ecosystems `keep` stay."""
        content = meta.model_dump_json(indent=1, exclude_none=True).encode() + b"\n"
        files = (file for part in ([(META, content)], write_shards(known)) for file in part)
        made = self._snapshot.write(files, f"Advisories as of {meta.as_of}", keep=keep)
        self._snapshot.push(made)
        self._snapshot.open()
        self.meta = meta

    def _read_meta(self) -> Meta:
        found = self._snapshot.read([META]).get(META, b"")
        try:
            return Meta.model_validate_json(found)
        except ValidationError as error:
            raise BadInput(f"{META} of the advisories is damaged: refresh them anew") from error


def registry_shelf(objects: Objects) -> Shelf:
    """Open the `advisories` branch of the registry that `objects` calls its origin.

    Raises:
        Unavailable: the server did not answer.
    """
    return Shelf(Snapshot(objects, BRANCH, url=objects.url("origin")))


def own_copy() -> Path:
    """Where this user's own copy lies, once they have fetched one."""
    return Path(platformdirs.user_cache_dir("devforge", appauthor=False), "advisories.git")


@contextmanager
def own_shelf(directory: Path | None = None) -> Iterator[Shelf]:
    """Open this user's own copy, empty at first, or one in `directory`."""
    with Objects(directory or own_copy(), _NO_SERVER) as objects:
        yield Shelf(Snapshot(objects, BRANCH))
