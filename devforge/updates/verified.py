"""What was verified before of a registry's index, read without asking anybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from devforge.model.index import LISTS, Config, Mirror
from devforge.model.names import ExtensionId
from devforge.updates.asking import CONFIG, document_path, parsed
from devforge.updates.store import Store


class Unverified(Exception):
    """Nothing was verified before that would answer the question."""


class Verified:
    """The targets of the last states that proved to be whole."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def kept(self, path: str) -> bytes | None:
        """Return a target as it was last; None where it was not looked at, or was not there."""
        pointer = self._store.state.targets.get(path)
        return self._store.document(pointer) if pointer else None

    def target(self, path: str) -> bytes:
        """Return a target as it was last. Raises Unverified."""
        content = self.kept(path)
        if content is None:
            raise Unverified(f"{path} was not looked at before")
        return content

    def search(self, paths: Iterable[str]) -> dict[str, bytes | None]:
        """Return the shards that were read before; a registry with extensions has at least one. Raises Unverified."""
        found = {path: self.kept(path) for path in paths}
        if not any(found.values()):
            raise Unverified("nobody searched this registry here yet")
        return found

    def lists(self) -> dict[str, bytes | None]:
        """Return all lists as they were last. Raises Unverified."""
        return {name: self.target(f"lists/{name}.json") for name in LISTS}

    def changed(
        self, wanted: frozenset[ExtensionId], since: int | None
    ) -> tuple[int, dict[ExtensionId, bytes | None], None]:
        """Return what `asking.changed` would of nothing but what is known: nothing since any time. Raises Unverified."""
        state = self._store.state
        if state.verified is None:
            raise Unverified("nothing of this registry was verified here yet")
        found = {e: self.kept(document_path(e)) for e in wanted} if since is None else {}
        return state.generation or 0, {e: content for e, content in found.items() if content}, None

    def config(self) -> Config | None:
        """Return the registry's configuration, if it is known."""
        content = self.kept(CONFIG)
        return None if content is None else parsed(content, Config, CONFIG)

    def mirrors(self) -> tuple[Mirror, ...]:
        """Return the mirrors that the configuration names, each with a slash at its end."""
        config = self.config()
        mirrors = config.mirrors if config else ()
        return tuple(replace(m, url=m.url.rstrip("/") + "/") for m in mirrors)
