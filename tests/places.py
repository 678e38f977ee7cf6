"""A signed registry with its server and mirrors, and clients with a home of their own."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from signed_index import Server, SignedIndex, serve, small_config

from devforge.adapters.web import Patience
from devforge.model.index import Mirror
from devforge.model.names import ExtensionId
from devforge.updates.index import Index
from devforge.updates.opening import open_index

INK, PEN = ExtensionId.parse("acme.ink"), ExtensionId.parse("acme.pen")
IMPATIENT = Patience(connect_seconds=1, idle_seconds=1, total_seconds=3)
NOW = datetime.now(UTC).replace(microsecond=0)


class Place:
    """A registry, its server, mirrors of it, and what is needed to open it.

    A mirror has what was there when it was last synced; all mirrors are empty at first.
    """

    def __init__(
        self,
        tmp_path: Path,
        stack: ExitStack,
        *,
        mirrors: tuple[str, ...] = (),
        clock: datetime = NOW,
    ) -> None:
        self._tmp, self._stack = tmp_path, stack
        self.home, self.root, self.site = (
            tmp_path / "home",
            tmp_path / "root.json",
            tmp_path / "site",
        )
        self.server = self._served("site")
        self.mirrors = {name: self._served(name) for name in mirrors}
        named = [Mirror(url=f"{server.url}index/", region=n) for n, server in self.mirrors.items()]
        self.registry = SignedIndex(
            self.site / "index", config=small_config(mirrors=named), clock=clock
        )
        self.registry.add("acme.ink", "1.0.0")
        self.registry.add("acme.pen", "1.0.0")
        self.root.write_bytes(self.registry.root)

    @property
    def url(self) -> str:
        return f"{self.server.url}index/"

    def open(self, location: str | None = None, **options: Any) -> Index:
        """Open the index as a command would; it is closed when the test ends."""
        values = {"home": self.home, "root": self.root, "patience": IMPATIENT} | options
        return self._stack.enter_context(open_index(location or self.url, **values))

    def sync(self, *names: str) -> None:
        """Copy the site as it is to mirrors, or to a directory put aside."""
        for name in names:
            shutil.rmtree(self._tmp / name, ignore_errors=True)
            shutil.copytree(self.site, self._tmp / name)

    def go_back_to(self, name: str) -> None:
        """Serve what was put aside as if it were today's."""
        shutil.rmtree(self.site)
        shutil.copytree(self._tmp / name, self.site)

    def path(self, name: str) -> Path:
        """Return the index directory of a mirror."""
        return self._tmp / name / "index"

    @property
    def memory(self) -> Path:
        """The directory in which the client remembers this registry."""
        [directory] = (self.home / "trust").iterdir()
        return directory

    def _served(self, name: str) -> Server:
        (self._tmp / name).mkdir(exist_ok=True)
        return self._stack.enter_context(serve(self._tmp / name))


def versions(index: Index, extension: ExtensionId = INK) -> list[str]:
    """Return what `index` says is there of an extension, the newest first."""
    document = index.document(extension)
    return [str(version.version) for version in document.versions] if document else []
