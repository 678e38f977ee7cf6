"""A developer's way into the registry: a fork, a branch in it, and a pull request. Decides nothing."""

from __future__ import annotations

import base64
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from devforge.adapters.git import Objects
from devforge.adapters.github import GitHub
from devforge.adapters.github_answers import Account, Pull, Repository
from devforge.errors import Refused, Unavailable
from devforge.model.base import Foreign
from devforge.model.names import RepositoryUrl

_FORK_SECONDS = 60


class _Reference(Foreign):
    class Target(Foreign):
        sha: str

    object: Target


class _File(Foreign):
    content: str = ""


class _OpenedPull(Pull):
    html_url: str


class Forks(GitHub):
    """The registry as one developer sees it, with that developer's own token."""

    def __init__(self, registry: str, token: str, *, api_url: str, server_url: str) -> None:
        super().__init__(registry, token, api_url=api_url)
        self._token, self._server_url = token, server_url

    def me(self) -> Account:
        """Return whose token this is."""
        found = self._maybe(Account, "/user")
        if found is None:
            raise Refused("GET /user: this token belongs to nobody; make a new one on GitHub")
        return found

    def registry(self) -> Repository:
        """Return the registry's repository. Raises Refused if the token cannot see it."""
        found = self.repository_named(self.repository)
        if found is None:
            raise Refused(f"{self.repository}: no such repository; is the registry's name right?")
        return found

    def tip(self, branch: str) -> str:
        """Return the commit at the end of the registry's `branch`."""
        found = self._maybe(_Reference, f"{self._base}/git/ref/heads/{quote(branch)}")
        if found is None:
            raise Refused(f"{self.repository}: has no branch {branch}")
        return found.object.sha

    def has_commit(self, repository: RepositoryUrl, commit: str) -> bool:
        """Whether `repository` on the server has `commit`."""
        try:
            path = f"/repos/{repository.full_name}/commits/{commit}"
            return self._maybe(_Sha, path) is not None
        except Refused as error:
            if "422" in str(error):  # GitHub's answer for a commit it never saw
                return False
            raise

    def file(self, path: str, *, ref: str, repository: str | None = None) -> bytes | None:
        """Return the file at `path` in the registry (or `repository`) at `ref`, or None."""
        where = f"/repos/{repository or self.repository}/contents/{quote(path)}?ref={quote(ref, safe='')}"
        found = self._maybe(_File, where)
        return None if found is None else base64.b64decode(found.content)

    def open_pull_from(self, login: str, branch: str) -> _OpenedPull | None:
        """Return the open pull request from `login`'s `branch`, if there is one."""
        query = {"state": "open", "head": f"{login}:{branch}"}
        return next(iter(self._pages(_OpenedPull, f"{self._base}/pulls", query)), None)

    def fork(self) -> str:
        """Return `owner/name` of the developer's fork, made if need be and ready for a push."""
        answer = self._write("POST", f"{self._base}/forks")
        name = str(answer["full_name"])
        end = time.monotonic() + _FORK_SECONDS
        while (
            self._maybe(_Reference, f"/repos/{name}/git/ref/heads/{answer['default_branch']}")
            is None
        ):
            if time.monotonic() > end:
                raise Unavailable(
                    f"{name}: GitHub is still making the fork; submit again in a minute"
                )
            time.sleep(1)
        return name

    def push_files(
        self, fork: str, branch: str, *, base: str, files: Mapping[str, str], message: str
    ) -> None:
        """Make `branch` of `fork` one commit of `files` on top of the registry's commit `base`."""
        owner, _, name = self.repository.partition("/")
        with tempfile.TemporaryDirectory(prefix="devforge-submit-") as scratch:
            directory = Path(scratch)
            with Objects(directory, self._server_url, origin=fork, token=self._token) as objects:
                objects.fetch(RepositoryUrl(owner, name), base, depth=1)
                with tempfile.TemporaryFile() as stream:
                    stream.write(_commit(branch, base=base, files=files, message=message))
                    stream.seek(0)
                    objects.program.run("fast-import", "--quiet", "--done", "--force", stdin=stream)
                objects.program.run(
                    "push", "--quiet", "--force", "--end-of-options", objects.url("origin"),
                    f"refs/heads/{branch}:refs/heads/{branch}",
                )  # fmt: skip

    def open_pull(self, *, head: str, base: str, title: str, body: str) -> _OpenedPull:
        """Open a pull request in the registry; maintainers may push to its branch."""
        content = {"head": head, "base": base, "title": title, "body": body}
        answer = self._write(
            "POST", f"{self._base}/pulls", content | {"maintainer_can_modify": True}
        )
        return _OpenedPull.model_validate(answer)


class _Sha(Foreign):
    sha: str


def _commit(branch: str, *, base: str, files: Mapping[str, str], message: str) -> bytes:
    """Return fast-import's stream for one commit of `files` on top of `base`."""
    when = int(time.time())
    parts = [
        f"commit refs/heads/{branch}\ncommitter devforge <submit@devforge.invalid> {when} +0000\n",
        _data(message), f"from {base}\n",
        *(f"M 100644 inline {path}\n{_data(text)}" for path, text in sorted(files.items())),
        "done\n",
    ]  # fmt: skip
    return "".join(parts).encode()


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"
