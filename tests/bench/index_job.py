"""The job that publishes one version into 100,000 extensions of 5: what it fetches and sends, over HTTP.

The server is the local GitHub, which hands all of it to Git's own `http-backend`. Bytes are counted
on the way, in a tunnel between the two.
"""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from devforge.adapters.git import Objects
from devforge.adapters.index_branch import IndexBranch
from devforge.adapters.index_files import IndexFiles
from devforge.local import LocalGitHub
from devforge.model.collector import collector_paused
from devforge.model.fields import from_json
from devforge.model.generation import MadeFrom
from devforge.model.index import ExtensionDocument
from devforge.publish.index import build_index, update_index
from devforge.publish.resign import resign
from tests.bench import writing_index as index
from tests.bench.figures import Benchmark, Figure, measure_alone, size_of

_REGISTRY = "operator/registry"
_MADE_FROM = MadeFrom(registry="0" * 40, state=None, engine=None)


class Tunnel:
    """Passes bytes on between clients and a server, and counts them: `down` to clients, `up` from them."""

    def __init__(self, url: str) -> None:
        at = urlsplit(url)
        self._server = (at.hostname or "127.0.0.1", at.port or 80)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.up = self.down = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(self._server)
                threading.Thread(
                    target=self._pass, args=(client, server, "up"), daemon=True
                ).start()
                threading.Thread(
                    target=self._pass, args=(server, client, "down"), daemon=True
                ).start()

    def _pass(self, source: socket.socket, target: socket.socket, way: str) -> None:
        with suppress(OSError):
            while chunk := source.recv(1 << 16):
                setattr(self, way, getattr(self, way) + len(chunk))
                target.sendall(chunk)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def measure(extensions: int = index.MANY) -> list[Figure]:
    """Return a row for each of: the first index, one version more, all of it fetched."""
    with tempfile.TemporaryDirectory(prefix="devforge-bench-") as scratch, _served(scratch) as to:
        index._write_documents(Path(scratch, "documents"), extensions)
        index._write_trust(Path(scratch, "trust"))
        return [
            to("publish_whole", f"{extensions:,} extensions, the first index"),
            to("publish_one", "one version more"),
            to("fetch_whole", "all of it in a directory, as `site` and `mirrors` need it"),
        ]


def publish_whole(folder: str, url: str, token: str) -> str:
    """Push the index of everything."""
    with Path(folder, "documents").open("rb") as lines, collector_paused():
        found = [from_json(ExtensionDocument, line) for line in lines]

    def build(files: IndexFiles) -> None:
        build_index(found, files, index._policy(), index._signing(folder))

    return _published(folder, url, token, build)


def publish_one(folder: str, url: str, token: str) -> str:
    """Push one version more, as the job does."""
    document = one_more(folder)

    def update(files: IndexFiles) -> None:
        update_index([document], files, index._policy(), index._signing(folder))

    return _published(folder, url, token, update)


def fetch_whole(folder: str, url: str, token: str) -> str:
    """Write the whole index into a directory."""
    out = Path(folder, "fetched")
    with _store(folder, url, token) as objects:
        IndexBranch(objects).restore(out)
    return size_of(out)


def one_more(folder: str) -> ExtensionDocument:
    """Return the document of an extension with one version more."""
    with Path(folder, "documents").open("rb") as lines:
        [line] = islice(lines, 471, 472)
    document = from_json(ExtensionDocument, line)
    newest = document.versions[0]
    newer = replace(newest, version=type(newest.version).parse("2.0.0"))
    return replace(document, versions=(newer, *document.versions))


def _published(folder: str, url: str, token: str, write: Callable[[IndexFiles], None]) -> str:
    out = Path(tempfile.mkdtemp(prefix="new-", dir=folder))
    with _store(folder, url, token) as objects:
        branch = IndexBranch(objects)
        with branch.opened(out) as files:
            write(files)
            fresh = resign(files, index._policy(), index._signing(folder))
            branch.push(files, made_from=_MADE_FROM, signed_until=fresh.roles, message="Publish")
            return f"{len(files.written):,} files written"


@contextmanager
def _store(folder: str, url: str, token: str) -> Iterator[Objects]:
    """A clone as a runner has it: nothing of the branch is there."""
    clone = Path(tempfile.mkdtemp(prefix="clone-", dir=folder))
    with Objects(clone, url, origin=_REGISTRY, token=token) as objects:
        yield objects


@contextmanager
def _served(scratch: str) -> Iterator[Callable[[str, str], Figure]]:
    """Yield what measures a function of this module against a server that lives as long."""
    with LocalGitHub(data=Path(scratch, "github")) as github:
        token = github.create_account("operator").token
        github.create_repository(_REGISTRY)
        tunnel = Tunnel(github.url)

        def row(function: str, what: str) -> Figure:
            up, down = tunnel.up, tunnel.down
            seconds, megabytes, note = measure_alone(__name__, function, scratch, tunnel.url, token)
            fetched, sent = tunnel.down - down, tunnel.up - up
            way = f"{fetched / 1e6:.2f} MB fetched, {sent / 1e3:,.0f} kB sent"
            return Figure(what, seconds, megabytes, f"{way}; {note}")

        try:
            yield row
        finally:
            tunnel.close()


BENCHMARK = Benchmark(
    name="index-job",
    title=f"Publishing one version into an index of {index.MANY:,} extensions, over HTTP",
    measure=measure,
)
