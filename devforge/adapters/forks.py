"""A developer's way into the registry: a fork, a branch in it, and a pull request. Decides nothing."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Mapping
from urllib.parse import quote

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
            # GitHub's answers for a repository without a commit, and for a commit it never saw.
            if re.search(r": (409|422) ", str(error)):
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

    def commit_files(
        self, fork: str, branch: str, *, base: str, files: Mapping[str, str], message: str
    ) -> str:
        """Make `branch` of `fork` one commit of `files` on top of the registry's commit `base`; return it.

        A fork sees every commit of the repository it was made from, so nothing is cloned.
        """
        where = f"/repos/{fork}/git"
        entries = [
            {"path": path, "mode": "100644", "type": "blob", "content": text}
            for path, text in sorted(files.items())
        ]
        tree = self._made(f"{where}/trees", {"base_tree": base, "tree": entries})
        commit = self._made(
            f"{where}/commits", {"message": message, "tree": tree, "parents": [base]}
        )
        reference = f"heads/{quote(branch)}"
        if self._maybe(_Reference, f"{where}/ref/{reference}") is None:
            self._write("POST", f"{where}/refs", {"ref": f"refs/heads/{branch}", "sha": commit})
        else:
            self._write("PATCH", f"{where}/refs/{reference}", {"sha": commit, "force": True})
        return commit

    def open_pull(self, *, head: str, base: str, title: str, body: str) -> _OpenedPull:
        """Open a pull request in the registry; maintainers may push to its branch."""
        content = {"head": head, "base": base, "title": title, "body": body}
        answer = self._write(
            "POST", f"{self._base}/pulls", content | {"maintainer_can_modify": True}
        )
        return _OpenedPull.model_validate(answer)

    def _made(self, path: str, body: object) -> str:
        """Make a Git object and return its id."""
        return _Sha.model_validate(self._write("POST", path, body)).sha


class _Sha(Foreign):
    sha: str
