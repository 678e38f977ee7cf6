"""Bare repositories on disk, named by number so that no rename moves a file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, cast

from devforge.errors import Unavailable
from devforge.local.clock import Clock
from devforge.local.git.locks import RepositoryLock
from devforge.local.git.loose import NotLoose, read_ref, read_refs

T = TypeVar("T")
ZERO = "0" * 40
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_TIMEOUT_SECONDS = 120
_WHOLE = re.compile(r"[0-9a-f]{40}")
_MOST_KEPT = 256
_CONFIG = {
    "core.logAllRefUpdates": "false",
    "http.receivepack": "true",
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "receive.hideRefs": "refs/pull",
    "receive.denyDeleteCurrent": "refuse",
    "receive.autogc": "false",
    "gc.auto": "0",
    "core.fsync": "none",
    "transfer.fsckObjects": "false",
}


class GitFailed(Exception):
    """Git said no. `status` is its exit code, `said` what it wrote to stderr."""

    def __init__(self, arguments: Sequence[str], status: int, said: str) -> None:
        super().__init__(f"git {' '.join(arguments)[:200]}: exit {status}: {said.strip()[:500]}")
        self.status, self.said = status, said


def environment() -> dict[str, str]:
    """Return an environment in which no configuration of this machine's user counts."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": os.devnull,
        "LC_ALL": "C.UTF-8",
        "GIT_COMMITTER_NAME": "GitHub",
        "GIT_COMMITTER_EMAIL": "noreply@github.com",
    }


class Repositories:
    """Git run on the hub's bare repositories, one change at a time in each."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._directory, self._clock = directory, clock
        self._kept: OrderedDict[tuple[object, ...], object] = OrderedDict()
        self._kept_lock = threading.Lock()
        self._objects: dict[tuple[int, str, str], str] = {}  # what is here stays: nothing is pruned
        self._locks: defaultdict[int, RepositoryLock] = defaultdict(RepositoryLock)
        directory.mkdir(parents=True, exist_ok=True)

    def path(self, repository_id: int) -> Path:
        """Return where the bare repository lies."""
        return self._directory / f"{repository_id}.git"

    def lock(self, repository_id: int) -> RepositoryLock:
        """Return the lock that serialises changes of one repository."""
        return self._locks[repository_id]

    def kept(self, key: tuple[object, ...], ask: Callable[[], T]) -> T:
        """Return what `ask` says, asked once: for questions about commits, whose answer never changes."""
        with self._kept_lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("T", self._kept[key])
        answer = ask()
        with self._kept_lock:
            self._kept[key] = answer
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return answer

    def create(self, repository_id: int, default_branch: str) -> None:
        """Make an empty bare repository."""
        path = self.path(repository_id)
        for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info"):
            (path / folder).mkdir(parents=True, exist_ok=True)
        (path / "HEAD").write_text(f"ref: refs/heads/{default_branch}\n", encoding="utf-8")
        sections = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n"
        for name, value in _CONFIG.items():
            section, key = name.split(".", 1)
            sections += f"[{section}]\n\t{key} = {value}\n"
        (path / "config").write_text(sections, encoding="utf-8")

    def fork(self, parent_id: int, fork_id: int, *, default_branch: str, only: str | None) -> None:
        """Make a repository with the parent's branches and tags, sharing objects both ways.

        As on GitHub, every commit of a network of forks can be read through any member of it.
        """
        self.create(fork_id, default_branch)
        self._share(fork_id, parent_id)
        self._share(parent_id, fork_id)
        wanted = [f"refs/heads/{only}"] if only else ["refs/heads", "refs/tags"]
        refs = self.refs(parent_id, *wanted)
        self.update_refs(fork_id, {name: (ZERO, sha) for name, sha in refs.items()})

    def _share(self, borrower_id: int, lender_id: int) -> None:
        alternates = self.path(borrower_id) / "objects/info/alternates"
        with alternates.open("a", encoding="utf-8") as file:
            file.write(f"../../{lender_id}.git/objects\n")

    def remove(self, repository_id: int, *, lent: bool) -> None:
        """Delete a repository's refs, and its objects too unless another one borrows them."""
        path = self.path(repository_id)
        if not lent:
            shutil.rmtree(path, ignore_errors=True)

    def run(
        self,
        repository_id: int,
        *arguments: str,
        stdin: bytes = b"",
        variables: Mapping[str, str] | None = None,
        allowed: Sequence[int] = (0,),
    ) -> bytes:
        """Return what git printed. Raises GitFailed on an exit code outside `allowed`."""
        return self.outcome(
            repository_id, *arguments, stdin=stdin, variables=variables, allowed=allowed
        )[1]

    def outcome(
        self,
        repository_id: int,
        *arguments: str,
        stdin: bytes = b"",
        variables: Mapping[str, str] | None = None,
        allowed: Sequence[int] = (0,),
    ) -> tuple[int, bytes]:
        """Return git's exit code and what it printed, for commands whose exit code is an answer."""
        command = ["git", "--git-dir", str(self.path(repository_id)), *arguments]
        try:
            done = subprocess.run(
                command,
                input=stdin,
                capture_output=True,
                env=environment() | dict(variables or {}),
                timeout=_TIMEOUT_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable(
                f"git {arguments[0]} in repository {repository_id}: {error}"
            ) from error
        if done.returncode not in allowed:
            said = done.stderr.decode("utf-8", "replace")
            raise GitFailed(arguments, done.returncode, said)
        return done.returncode, done.stdout

    def refs(self, repository_id: int, *prefixes: str) -> dict[str, str]:
        """Return full ref names and the object each points at."""
        try:
            return read_refs(self.path(repository_id), *prefixes)
        except NotLoose:
            out = self.run(
                repository_id, "for-each-ref", "--format=%(objectname) %(refname)", *prefixes
            ).decode()
        pairs = (line.split(" ", 1) for line in out.splitlines())
        return {name: sha for sha, name in pairs}

    def update_refs(self, repository_id: int, changes: Mapping[str, tuple[str, str]]) -> None:
        """Move refs from (old, new), all or none. Raises GitFailed where one is not at its old place."""
        if not changes:
            return
        lines = "start\n"
        for name, (old, new) in changes.items():
            lines += f"update {name} {new} {old}\n"
        lines += "prepare\ncommit\n"
        self.run(repository_id, "update-ref", "--stdin", stdin=lines.encode())

    def resolve(self, repository_id: int, name: str, kind: str = "commit") -> str | None:
        """Return the object that a branch, tag or commit id names, or None.

        Branches win over tags, as they do on GitHub; no revision syntax is understood.
        """
        if (
            not name
            or name.startswith("-")
            or any(c in name for c in "\n\0 ~^:?*[\\")
            or ".." in name
        ):
            return None
        if "@{" in name:
            return None
        tries = [name] if name.startswith("refs/") else [f"refs/heads/{name}", f"refs/tags/{name}"]
        if name == "HEAD":
            tries = ["HEAD"]
        if len(name) >= 4 and all(c in "0123456789abcdef" for c in name.lower()):
            tries.append(name)
        found = (self._peeled(repository_id, each, kind) for each in tries)
        return next(filter(None, found), None)

    def _peeled(self, repository_id: int, name: str, kind: str) -> str | None:
        """Return the object of `kind` that a full ref name, HEAD or an object id leads to, or None."""
        if name == "HEAD" or name.startswith("refs/"):
            try:
                tip = read_ref(self.path(repository_id), name)
            except NotLoose:
                return self._asked(repository_id, name, kind)
            if tip is None or (kind == "commit" and name.startswith(("HEAD", "refs/heads/"))):
                return tip  # git lets a branch be nothing but a commit
            name = tip
        if not _WHOLE.fullmatch(name):
            return self._asked(repository_id, name, kind)
        key = (repository_id, name, kind)
        if key not in self._objects:
            found = self._asked(repository_id, name, kind)
            if found is None:
                return None  # it may still come
            self._objects[key] = found
        return self._objects[key]

    def _asked(self, repository_id: int, name: str, kind: str) -> str | None:
        status, out = self.outcome(
            repository_id, "rev-parse", "--verify", "--quiet", f"{name}^{{{kind}}}",
            allowed=(0, 1, 128),
        )  # fmt: skip
        return out.decode().strip() if status == 0 else None
