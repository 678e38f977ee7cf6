"""The `state` branch: what the jobs remember between runs, kept in the registry's own repository.

Speaks git and nothing else. Every write is one commit on top of what is there, pushed, and made
again on top of the newer tip when another job pushed first; writing what is already there makes
no commit, so a lost answer is repaired by doing the same again.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from devforge.adapters.git_reader import GitReader
from devforge.errors import BadInput, Refused, Unavailable

BRANCH = "state"
_TIMEOUT_SECONDS = 120
_ATTEMPTS = 8
_READ_BYTES = 32 * 1024 * 1024
_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*", re.ASCII)
_AUTHOR = "Dev Forge Registry <registry@devforge.invalid>"
_LOST_THE_RACE = ("non-fast-forward", "fetch first", "cannot lock ref", "failed to update ref")


class State:
    """The branch `branch` of `remote`, through the clone at `repository`.

    `remote` is a URL, a path, or the name of one of the clone's remotes. `token` is sent as the
    workflow's token to an https or http remote; it is never written to disk nor put into an
    argument list.
    """

    def __init__(
        self,
        repository: Path,
        remote: str = "origin",
        *,
        token: str | None = None,
        branch: str = BRANCH,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._repository = repository
        self._remote = remote
        self._branch = branch
        self._sleep = sleep
        self._environment = os.environ | _isolation() | _credentials(token, remote)
        self._reader = GitReader(repository, self._environment)
        self._tip: str | None = None

    @property
    def tip(self) -> str | None:
        """The commit read by the last `fetch` or made by the last `commit`; None: no branch yet."""
        return self._tip

    def fetch(self) -> str | None:
        """Read the branch's newest commit from the remote; return it, or None if there is none."""
        listed = self._git("ls-remote", "--", self._remote, f"refs/heads/{self._branch}")
        line = listed.decode().split("\n", 1)[0]
        self._tip = line.split("\t", 1)[0] if line else None
        if self._tip and not self._has(self._tip):
            self._git(
                "fetch", "-q", "--no-tags", "--no-write-fetch-head", "--depth=1",
                "--", self._remote, self._tip,
            )  # fmt: skip
        return self._tip

    def read(self, path: str) -> bytes | None:
        """Return the file at `path` as of the last fetch, or None if it is not there."""
        if self._tip is None:
            return None
        return self._reader.read(f"{self._tip}:{path}", limit_bytes=_READ_BYTES)

    def files(self, directory: str = "") -> dict[str, str]:
        """Return path → blob id of every file below `directory` as of the last fetch."""
        return self._listing(directory, recursive=True)

    def trees(self, directory: str) -> dict[str, str]:
        """Return path → object id of what lies directly in `directory`: equal ids, equal content."""
        return self._listing(f"{directory.rstrip('/')}/", recursive=False)

    def commit(self, files: Mapping[str, bytes], message: str) -> str | None:
        """Put `files` on the branch in one commit and push it; return the branch's commit.

        Other files stay as they are. Where another job pushed in between, the commit is made
        again on top of its work. Safe to repeat: content that is already there is not committed.

        Raises:
            Unavailable: the remote did not answer, or others pushed first every time.
            Refused: the remote refused the push for another reason, e.g. a missing permission.
        """
        _refuse_odd_paths(files)
        for attempt in range(_ATTEMPTS):
            if attempt:
                self._sleep(min(0.2 * 2**attempt, 10))
            self.fetch()
            made = self._make(files, message)
            if made is None or self._push(made):
                self._tip = made or self._tip
                return self._tip
        raise Unavailable(
            f"push to {self._branch}: others pushed first {_ATTEMPTS} times; run the job again"
        )

    def commit_on_top(self, files: Mapping[str, bytes], message: str) -> bool:
        """Put `files` on top of exactly what was fetched; False, and nothing done, if it has moved since.

        Raises:
            Unavailable, Refused: as `commit`.
        """
        _refuse_odd_paths(files)
        made = self._make(files, message)
        if made is not None and not self._push(made):
            return False
        self._tip = made or self._tip
        return True

    def _make(self, files: Mapping[str, bytes], message: str) -> str | None:
        """Return a commit of `files` on top of the tip, or None if the tip holds them already."""
        scratch = f"refs/devforge/{self._branch}-{os.getpid()}"
        base = f"from {self._tip}\n" if self._tip else ""
        when = int(time.time())
        stream = [
            f"commit {scratch}\ncommitter {_AUTHOR} {when} +0000\n".encode(),
            _data(message.encode()),
            base.encode(),
        ]
        for path in sorted(files):
            stream += [f"M 100644 inline {path}\n".encode(), _data(files[path])]
        stream += [b"done\n"]
        # Objects are made first and then named, so --force only ever moves our own scratch name.
        self._git("fast-import", "--quiet", "--done", "--force", stdin=b"".join(stream))
        made = self._git("rev-parse", scratch).decode().strip()
        self._git("update-ref", "-d", scratch)
        if self._tip and self._tree(made) == self._tree(self._tip):
            return None
        return made

    def _push(self, commit: str) -> bool:
        """Push `commit`; False if somebody else was faster."""
        done = self._run(
            ["push", "-q", "--porcelain", "--", self._remote,
             f"{commit}:refs/heads/{self._branch}"]
        )  # fmt: skip
        if done.returncode == 0:
            return True
        said = _words(done)
        if any(mark in said for mark in _LOST_THE_RACE):
            return False
        raise _error(f"push to {self._branch}", said)

    def _tree(self, commit: str) -> str:
        return self._git("rev-parse", f"{commit}^{{tree}}").decode().strip()

    def _has(self, commit: str) -> bool:
        return self._try("cat-file", "-e", f"{commit}^{{tree}}") is not None

    def _listing(self, directory: str, *, recursive: bool) -> dict[str, str]:
        if self._tip is None:
            return {}
        arguments = ["ls-tree", "-z", *(["-r"] if recursive else []), self._tip]
        listed = self._git(*arguments, *(["--", directory] if directory.strip("/") else []))
        entries = (entry.split("\t", 1) for entry in listed.decode().split("\0") if entry)
        return {path: words.split(" ")[2] for words, path in entries}

    def _try(self, *arguments: str) -> bytes | None:
        done = self._run(list(arguments))
        return done.stdout if done.returncode == 0 else None

    def _git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        done = self._run(list(arguments), stdin)
        if done.returncode != 0:
            raise _error(f"git {arguments[0]} for {self._branch}", _words(done))
        return done.stdout

    def _run(self, arguments: list[str], stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                ["git", "-C", str(self._repository), *arguments],
                input=stdin, capture_output=True, timeout=_TIMEOUT_SECONDS,
                check=False, env=self._environment,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise Unavailable(
                f"git {arguments[0]} for {self._branch}: no answer in {_TIMEOUT_SECONDS} s"
            ) from error
        except FileNotFoundError as error:
            raise Unavailable("git is not installed; install git 2.38 or newer") from error


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _refuse_odd_paths(paths: Mapping[str, bytes]) -> None:
    for path in paths:
        if not _PATH.fullmatch(path):
            raise BadInput(f"{path!r} cannot be a path on the {BRANCH} branch")


def _isolation() -> dict[str, str]:
    """No prompt, no hooks of the user's, and English words, since the answers are read."""
    return {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}


def _credentials(token: str | None, remote: str) -> dict[str, str]:
    """The token as git's own environment configuration, where no process list shows it.

    A remote that is a URL is the only one it is sent to.
    """
    if not token:
        return {}
    scope = f"{remote}." if remote.startswith(("https://", "http://")) else ""
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{scope}extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
    }


def _words(done: subprocess.CompletedProcess[bytes]) -> str:
    text = (done.stderr + b"\n" + done.stdout).decode("utf-8", "replace").strip()
    return re.sub(r"//[^/@\s]*@", "//", text)


def _error(what: str, said: str) -> Refused | Unavailable:
    refused = ("403", "401", "rejected", "denied", "Authentication", "not found", "does not exist")
    family = Refused if any(mark in said for mark in refused) else Unavailable
    return family(f"{what}: {said[:600]}")
