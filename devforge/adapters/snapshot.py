"""A branch that only ever holds its newest commit: large data that a job makes and others read parts of.

Speaks git and nothing else. Read shallow and without files; the few files that are wanted are then
asked for in one request. Each write puts one commit without a parent in the place of the one before.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Collection, Iterable
from typing import IO

from devforge.adapters.git_objects import StoredObjects, full_id
from devforge.errors import Refused

_SECONDS = 300
_DISK_BYTES = 1 << 30
_FILE_BYTES = 64 << 20
_AUTHOR = "Dev Forge Registry <registry@devforge.invalid>"


class Snapshot:
    """The branch `branch` of the repository at `url`, kept in `objects`; without `url`, only there."""

    def __init__(self, objects: StoredObjects, branch: str, *, url: str | None = None) -> None:
        self._objects, self._program = objects, objects.program
        self._ref, self._url = f"refs/heads/{branch}", url
        self._tip: str | None = None
        self._ids: dict[str, str] = {}

    @property
    def tip(self) -> str | None:
        """The commit that the last `open` or `write` saw; None: there is no such branch."""
        return self._tip

    def open(self) -> bool:
        """Find the newest commit and list its files, without reading any; False: there is none.

        Raises:
            Unavailable: the server did not answer.
        """
        self._tip = self._remote_tip() if self._url else self._local_tip()
        if self._tip is None:
            return False
        if self._url and not self._objects.has(self._tip):
            self._fetch(b"%s\n" % self._tip.encode(), "--depth=1")
        said = self._program.run("ls-tree", "-r", "-z", "--full-tree", full_id(self._tip))
        entries = (entry.split("\t", 1) for entry in said.text.split("\0") if entry)
        self._ids = {path: words.split(" ")[2] for words, path in entries}
        return True

    def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Return path → content of those of `paths` that are there; all come with one request."""
        wanted = {path: self._ids[path] for path in sorted(set(paths)) if path in self._ids}
        missing = sorted(set(wanted.values()) - self._fetched(wanted.values()))
        if missing and self._url:
            self._fetch("".join(f"{id}\n" for id in missing).encode())
        return {path: self._blob(path, id) for path, id in wanted.items()}

    def write(
        self, files: Iterable[tuple[str, bytes]], message: str, *, keep: Collection[str] = ()
    ) -> str:
        """Make the next commit, of `files` and the directories `keep` as they are; return its id.

        It is here only until `push`.
        """
        scratch = f"{self._ref}-made"
        with tempfile.TemporaryFile() as stream:
            stream.write(
                f"commit {scratch}\ncommitter {_AUTHOR} {int(time.time())} +0000\n".encode()
            )
            _put(stream, message.encode())
            for directory in sorted(keep):
                tree = self._objects.entry(full_id(self._tip or ""), directory)
                if tree is not None:
                    stream.write(f"M 040000 {tree.blob} {directory}\n".encode())
            for path, content in files:
                stream.write(f"M 100644 inline {path}\n".encode())
                _put(stream, content)
            stream.write(b"done\n")
            stream.seek(0)
            self._program.run("fast-import", "--quiet", "--done", "--force", stdin=stream)
        made = self._objects.resolve(scratch, "commit")
        self._program.run("update-ref", self._ref, made)
        self._program.run("update-ref", "-d", scratch)
        return made

    def push(self, commit: str) -> None:
        """Put `commit` in the place of what the branch held when it was opened.

        Raises:
            Refused: somebody else changed the branch meanwhile, or pushing is not allowed.
        """
        if self._url is None:
            return
        lease = f"--force-with-lease={self._ref}:{self._tip or ''}"
        self._program.run(
            "push", "--quiet", lease, "--end-of-options", self._url,
            f"{full_id(commit)}:{self._ref}", seconds=_SECONDS,
        )  # fmt: skip

    def _remote_tip(self) -> str | None:
        said = self._program.run(
            "ls-remote", "--quiet", "--end-of-options", self._url or "", self._ref, seconds=60
        )
        return full_id(said.text.split("\t")[0]) if said.text else None

    def _local_tip(self) -> str | None:
        said = self._program.run("rev-parse", "--verify", "--quiet", self._ref, codes=(0, 1, 128))
        return full_id(said.text) if said.code == 0 else None

    def _fetch(self, wanted: bytes, *options: str) -> None:
        with tempfile.TemporaryFile() as names:
            names.write(wanted)
            names.seek(0)
            self._program.run(
                "-c", "fetch.negotiationAlgorithm=noop",
                "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=blob:none",
                "--no-auto-maintenance", "--no-recurse-submodules", *options, "--stdin",
                "--end-of-options", self._url or "",
                seconds=_SECONDS, disk_bytes=_DISK_BYTES, stdin=names,
            )  # fmt: skip

    def _fetched(self, ids: Iterable[str]) -> set[str]:
        """Which of `ids` are on this disk; git must not go and ask the server for each."""
        if self._url is None:
            return set(ids)
        with tempfile.TemporaryFile() as names:
            names.write("".join(f"{id}\n" for id in ids).encode())
            names.seek(0)
            said = self._program.run(
                "cat-file", "--batch-check", stdin=names, extra={"GIT_ALLOW_PROTOCOL": "none"},
                codes=(0, 1, 128),
            )  # fmt: skip
        return {line.split(" ")[0] for line in said.text.splitlines() if " blob " in line}

    def _blob(self, path: str, id: str) -> bytes:
        content = self._objects.blob(id)
        if len(content) > _FILE_BYTES:
            raise Refused(f"{path} has {len(content):,} bytes; at most {_FILE_BYTES:,} are read")
        return content


def _put(stream: IO[bytes], content: bytes) -> None:
    stream.write(b"data %d\n%s\n" % (len(content), content))
