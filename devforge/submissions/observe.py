"""Reads what a submission needs: the developer's repository, the account, the registry's records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import git

from devforge.adapters.forks import Forks
from devforge.adapters.git import Objects
from devforge.errors import BadInput
from devforge.model.manifest import FILE, Manifest
from devforge.model.names import RepositoryUrl
from devforge.model.policy import Limits
from devforge.model.reading import read_record
from devforge.model.records import Developer, Extension, VersionRecord
from devforge.submissions.plan import Account, Listed, Work

T = TypeVar("T")


def observe_work(path: Path, forks: Forks, *, server_url: str, limits: Limits) -> Work:
    """Return the extension committed at `path`.

    Raises:
        BadInput: not a Git repository, nothing committed, no manifest, or no GitHub remote.
    """
    repository = _repository(path)
    try:
        commit = repository.head.commit.hexsha
    except ValueError as error:
        raise BadInput(f"{path}: nothing is committed yet; run git add and git commit") from error
    root = Path(str(repository.working_tree_dir))
    subdirectory = path.resolve().relative_to(root.resolve()).as_posix()
    manifest = _manifest(root, commit, subdirectory, server_url, limits)
    url = _remote(repository, server_url)
    remote = forks.repository_named(url.full_name)
    if remote is None:
        raise BadInput(f"{url}: GitHub shows no such repository; make it, and make it public")
    return Work(
        manifest=manifest,
        commit=commit,
        subdirectory=subdirectory,
        repository=url,
        repository_id=remote.id,
        is_pushed=forks.has_commit(url, commit),
        is_dirty=repository.is_dirty(untracked_files=True),
    )


def observe_account(forks: Forks) -> Account:
    """Return whose token it is."""
    me = forks.me()
    return Account(me.login, me.id)


def observe_listed(read: Callable[[str], bytes | None], manifest: Manifest) -> Listed:
    """Return what the registry's default branch, as `read` finds it, holds of what is submitted."""
    root = f"registry/extensions/{manifest.id.path}"

    def record(path: str, kind: type[T]) -> T | None:
        content = read(path)
        return None if content is None else read_record(content, kind, file=path)

    return Listed(
        developer=record(f"registry/developers/{manifest.id.developer}.yaml", Developer),
        extension=record(f"{root}/extension.yaml", Extension),
        version=record(f"{root}/versions/{manifest.version}.yaml", VersionRecord),
    )


def _repository(path: Path) -> git.Repo:
    try:
        return git.Repo(path, search_parent_directories=True)
    except git.NoSuchPathError as error:
        raise BadInput(f"{path}: no such directory") from error
    except git.InvalidGitRepositoryError as error:
        raise BadInput(
            f"{path}: not a Git repository; run git init, commit, and push it"
        ) from error


def _manifest(
    root: Path, commit: str, subdirectory: str, server_url: str, limits: Limits
) -> Manifest:
    with Objects(root, server_url) as objects:
        manifest = read_manifest(objects, commit, subdirectory, limits)
    if manifest is None:
        raise BadInput(
            f"{FILE}: not in commit {commit[:12]}; `devforge init` writes one, then commit it"
        )
    return manifest


def read_manifest(
    objects: Objects, commit: str, subdirectory: str, limits: Limits
) -> Manifest | None:
    """Return the manifest at a commit that is here, or None if there is none.

    Raises:
        BadRecord: it is there, and wrong.
    """
    file = FILE if subdirectory == "." else f"{subdirectory}/{FILE}"
    content = objects.read(commit, file, limit_bytes=limits.manifest_bytes)
    if content is None:
        return None
    return read_record(content, Manifest, file=file, limit_bytes=limits.manifest_bytes)


def _remote(repository: git.Repo, server_url: str) -> RepositoryUrl:
    """Return the GitHub repository that `origin` names, by https or ssh."""
    urls = [url for remote in repository.remotes if remote.name == "origin" for url in remote.urls]
    for url in urls:
        path = url
        for prefix in (
            f"{server_url.rstrip('/')}/",
            "https://github.com/",
            "git@github.com:",
            "ssh://git@github.com/",
        ):
            path = path.removeprefix(prefix)
        try:
            return RepositoryUrl.parse(f"https://github.com/{path.removesuffix('.git')}")
        except ValueError:
            continue
    raise BadInput(
        "this repository has no remote `origin` on GitHub; add it with git remote add origin "
        "https://github.com/you/name and push"
    )
