"""The branch `index`: the signed index as it was last published, written by jobs alone.

Speaks git and nothing else. What is written is one commit on top of the one that was restored; where
another run pushed first, nothing is pushed, so that versions never fall.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel

from devforge.adapters.git import Objects
from devforge.adapters.git_import import import_commit, write_commit, write_file, write_removal
from devforge.adapters.git_listing import read_children
from devforge.adapters.git_partial import PartialCommit
from devforge.adapters.index_files import DEPTH, DOCUMENTS, FOLDER, IndexFiles, in_index, on_branch
from devforge.errors import Refused, Unavailable
from devforge.model.generation import MADE_FROM, SIGNED_UNTIL, MadeFrom, SignedRoles, SignedUntil

BRANCH = "index"
_REF = f"refs/heads/{BRANCH}"
_SCRATCH = "refs/devforge/index"
_RACES = (
    "non-fast-forward",
    "fetch first",
    "cannot lock ref",
    "failed to update ref",
    "stale info",
)


class OvertakenError(Unavailable):
    """Another run published first; restore again and start from what it made."""


class IndexBranch:
    """The branch, through the object store of the registry's clone."""

    def __init__(self, objects: Objects) -> None:
        self._objects, self._program = objects, objects.program

    @contextmanager
    def opened(self, out: Path) -> Iterator[IndexFiles]:
        """Yield the branch's newest index, fetched as it is read; what is new goes into `out`.

        Raises:
            Unavailable: the server gave no answer.
        """
        tip = self._tip()
        if tip is None:
            yield IndexFiles(None, out)
            return
        with (
            tempfile.TemporaryDirectory(prefix="devforge-index-") as scratch,
            self._objects.beside(Path(scratch)) as store,
        ):
            yield IndexFiles(PartialCommit(store, tip, depth=DEPTH), out)

    def push(
        self,
        files: IndexFiles,
        *,
        made_from: MadeFrom,
        signed_until: Mapping[str, SignedUntil],
        message: str,
    ) -> str:
        """Put on the branch what was written into and removed from `files`; return the commit.

        Everything else stays as it is, by the listings' names. Nothing of it is here.

        Raises:
            OvertakenError: the branch is no longer where it was read.
        """
        store = files.store or self._objects
        files.bring_overwritten()
        notes: dict[str, BaseModel] = {
            MADE_FROM: made_from, SIGNED_UNTIL: SignedRoles(roles=dict(signed_until))
        }  # fmt: skip
        with tempfile.TemporaryFile() as stream:
            write_commit(stream, _SCRATCH, files.commit, message)
            for path in files.stale_paths():
                write_removal(stream, path)
            for path, at in sorted(files.written.items()):
                write_file(stream, on_branch(path), at.read_bytes())
            for name, note in notes.items():
                write_file(stream, name, f"{note.model_dump_json(indent=1)}\n".encode())
            commit = import_commit(store, stream, _SCRATCH)
        _send(store, commit, files.commit)
        return commit

    def restore(self, out: Path) -> str | None:
        """Write the branch's newest index into the empty directory `out`; return its commit, if any.

        Raises:
            Unavailable: the server gave no answer.
        """
        tip = self._tip()
        if tip is not None:
            if not self._objects.has(tip):
                self._objects.fetch("origin", tip, depth=1)
            self._check_out(tip, out)
        return tip

    def before(self, out: Path) -> bool:
        """Write the index before the newest one into `out`, without documents; False where none is."""
        tip = self._tip()
        if tip is None:
            return False
        self._objects.fetch("origin", tip, depth=2)
        said = self._program.run("rev-parse", "--verify", "-q", f"{tip}^", codes=(0, 1, 128))
        if said.code:
            return False
        self._check_out(said.text, out, documents=False)
        return True

    def _tip(self) -> str | None:
        return self._objects.remote_refs("origin", _REF).get(_REF)

    def _check_out(self, commit: str, out: Path, *, documents: bool = True) -> None:
        """Write files where the index has them, whatever folders the branch put them into."""
        out.mkdir(parents=True, exist_ok=True)
        said = self._program.run("ls-tree", "-r", "-z", "--full-tree", f"{commit}:{FOLDER}")
        with tempfile.TemporaryDirectory(prefix="devforge-index-") as scratch:
            extra = {
                "GIT_INDEX_FILE": str(Path(scratch, "index")),
                "GIT_WORK_TREE": str(out.resolve()),
            }
            with tempfile.TemporaryFile() as listed:
                for entry in read_children(said.output):
                    path = in_index(entry.path)
                    if documents or not path.startswith(f"{DOCUMENTS}/"):
                        listed.write(f"{entry.mode} {entry.blob}\t{path}\0".encode())
                listed.seek(0)
                self._program.run("update-index", "-z", "--index-info", stdin=listed, extra=extra)
            self._program.run(
                "checkout-index", "--all", "--force", f"--prefix={out.resolve()}/", extra=extra
            )


def _send(store: Objects, commit: str, parent: str | None) -> None:
    try:
        store.program.run(
            "push", "--quiet", "--porcelain", f"--force-with-lease={_REF}:{parent or ''}",
            "--end-of-options", store.url("origin"), f"{commit}:{_REF}",
        )  # fmt: skip
    except (Refused, Unavailable) as error:
        now = store.remote_refs("origin", _REF).get(_REF)
        if now == commit:  # the answer was lost, the push was not
            return
        if now != parent or any(mark in str(error) for mark in _RACES):
            raise OvertakenError(
                f"the branch {BRANCH} moved meanwhile; run the job again"
            ) from error
        raise
