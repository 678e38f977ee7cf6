"""What servers have of a repository: fetched as objects, never checked out, and reachability asked for."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from devforge.adapters.git_objects import StoredObjects, full_id
from devforge.adapters.git_program import GitProgram
from devforge.errors import BadInput, Refused
from devforge.model.names import RepositoryUrl

_FETCH_SECONDS = 300
_FETCH_BYTES = 1 << 30
_TAGS = 200  # looked at one by one, where all at once is impossible
Origin = Literal["origin"]


class Objects(StoredObjects):
    """The object store of one repository on this disk, filled from a server; made bare if it is empty.

    Args:
        path: a bare repository, a working one, or an empty or missing directory.
        server_url: what stands for `https://github.com`; http only where this says so.
        origin: `owner/name` of the registry itself, which the word "origin" then means.
        token: sent to `origin` alone, in a header, never in a URL.
    """

    def __init__(
        self, path: Path, server_url: str, *, origin: str | None = None, token: str | None = None
    ) -> None:
        scheme = urlsplit(server_url).scheme
        if scheme not in ("https", "http"):
            raise BadInput(
                f"the server's URL must start with https:// or http://, not {server_url!r}"
            )
        self.server_url = server_url.rstrip("/")
        self._origin, self._token = origin, token
        settings = _authorization(self.url("origin"), token) if origin and token else {}
        path.mkdir(parents=True, exist_ok=True)
        super().__init__(GitProgram(path, protocol=scheme, settings=settings))
        if self.program.run("rev-parse", "--git-dir", codes=(0, 128)).code:
            self.program.run("init", "--quiet", "--bare", "--template=", "--", ".")
        self._path = path

    def beside(self, path: Path) -> Objects:
        """Return another store, at `path`, that is filled from the same server as this one."""
        return Objects(path, self.server_url, origin=self._origin, token=self._token)

    def url(self, repository: RepositoryUrl | Origin) -> str:
        """Return the address git fetches `repository` from, on the server we were started with."""
        if repository == "origin":
            if self._origin is None:
                raise BadInput("no origin is known: pass origin=owner/name")
            return f"{self.server_url}/{self._origin}.git"
        return f"{self.server_url}/{repository.full_name}.git"

    def fetch(
        self, repository: RepositoryUrl | Origin, *refs: str, depth: int | None = None,
        limit_bytes: int = _FETCH_BYTES,
    ) -> None:  # fmt: skip
        """Bring `refs` (refspecs or commit ids) here; with depth 1 a commit without its history.

        Raises:
            BadInput: the repository or a ref does not exist, is damaged or is too large.
            Unavailable: the server did not answer.
        """
        shallow = () if depth is None else (f"--depth={depth}",)
        self.program.run(
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
            "--no-auto-maintenance", "--force", *shallow, "--end-of-options",
            self.url(repository), *map(_refspec, refs),
            seconds=_FETCH_SECONDS, disk_bytes=limit_bytes, watch=self._path,
        )  # fmt: skip

    def remote_refs(self, repository: RepositoryUrl | Origin, *patterns: str) -> dict[str, str]:
        """Return ref name → commit as the server tells it now; tags are followed to their commit."""
        said = self.program.run(
            "ls-remote", "--quiet", "--end-of-options", self.url(repository), *patterns, seconds=60
        )
        refs: dict[str, str] = {}
        for line in said.text.splitlines():
            commit, _, name = line.partition("\t")
            refs[name.removesuffix("^{}")] = commit  # a peeled tag comes after the tag itself
        return refs

    def reachable(self, repository: RepositoryUrl, commit: str) -> bool:
        """Whether a branch or tag of `repository` itself leads to `commit`.

        Being there is not enough: a server hands out any object of a repository's forks, and
        orphans that no branch ever held.

        Source: attack A9 of the threat model.
        """
        heads = self.remote_refs(repository, "refs/heads/*", "refs/tags/*")
        if commit in heads.values():
            return True
        if not heads:
            return False
        with (
            tempfile.TemporaryDirectory(prefix="devforge-history-") as scratch,
            Objects(Path(scratch), self.server_url) as history,
        ):
            if history.leads_to(repository, commit, "refs/heads/*"):
                return True
            tags = [name for name in heads if name.startswith("refs/tags/")]
            try:
                return bool(tags) and history.leads_to(repository, commit, "refs/tags/*")
            except Refused:
                # A tag may name a file or a directory, and one that does spoils them all.
                return any(history.leads_to(repository, commit, tag) for tag in tags[-_TAGS:])

    def leads_to(self, repository: RepositoryUrl, commit: str, refs: str) -> bool:
        """Fetch the history, without any file, of `refs`, and tell whether it holds `commit`.

        A single ref that is no history leads nowhere. What is fetched is left in this store.
        """
        try:
            self.program.run(
                "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=tree:0",
                "--no-auto-maintenance", "--no-recurse-submodules", "--end-of-options",
                self.url(repository), f"+{refs}:{refs}",
                seconds=_FETCH_SECONDS, disk_bytes=_FETCH_BYTES, watch=self._path,
            )  # fmt: skip
        except Refused:
            if "*" in refs:
                raise
            return False
        if not self.has(commit):
            return False
        return bool(
            self.program.run("for-each-ref", "--count=1", "--contains", full_id(commit)).output
        )


def _authorization(url: str, token: str) -> dict[str, str]:
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode("ascii")
    return {f"http.{url}.extraHeader": f"Authorization: Basic {basic}"}


def _refspec(ref: str) -> str:
    plain = ref.removeprefix("+")
    if not plain or plain.startswith("-") or any(c.isspace() or c in "?[\\^~\x7f" for c in plain):
        raise BadInput(f"{ref[:60]!r} is not a ref")
    return ref
