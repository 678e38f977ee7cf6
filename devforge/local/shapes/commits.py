"""How commits, trees, refs and files look in answers."""

from __future__ import annotations

import re
from typing import Any

from devforge.local.git.diffs import FileChange
from devforge.local.git.objects import Commit, Signature, TreeEntry
from devforge.local.hub import Hub
from devforge.local.nodes import node_id
from devforge.local.shapes.accounts import simple_user
from devforge.local.shapes.links import escaped, repository_api, repository_web
from devforge.local.store import Row

_NOREPLY = re.compile(r"(\d+)\+[^@]+@users\.noreply\.github\.com\Z")
_UNSIGNED = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}


def account_by_email(hub: Hub, email: str) -> dict[str, Any] | None:
    """Return whose commits carry this address, in short form."""
    if found := _NOREPLY.match(email):
        row = hub.store.find("account", id=int(found[1]))
    else:
        row = hub.store.one("SELECT * FROM account WHERE email = ? AND deleted_at IS NULL", email)
    return None if row is None or row["deleted_at"] else simple_user(hub, row)


def signature(person: Signature) -> dict[str, Any]:
    """Return an author, committer or tagger."""
    return {"name": person.name, "email": person.email, "date": person.stamp}


def _commit_node(repository: Row, sha: str) -> str:
    return f"{node_id('Commit', repository['id'])}_{sha}"


def git_commit(hub: Hub, repository: Row, commit: Commit) -> dict[str, Any]:
    """Return a commit as the Git database has it."""
    api, web = repository_api(hub, repository), repository_web(hub, repository)
    return {
        "sha": commit.sha,
        "node_id": _commit_node(repository, commit.sha),
        "url": f"{api}/git/commits/{commit.sha}",
        "html_url": f"{web}/commit/{commit.sha}",
        "author": signature(commit.author),
        "committer": signature(commit.committer),
        "tree": {"sha": commit.tree, "url": f"{api}/git/trees/{commit.tree}"},
        "message": commit.message.rstrip("\n"),
        "parents": [
            {"sha": p, "url": f"{api}/git/commits/{p}", "html_url": f"{web}/commit/{p}"}
            for p in commit.parents
        ],
        "verification": dict(_UNSIGNED),
    }


def listed_commit(hub: Hub, repository: Row, commit: Commit) -> dict[str, Any]:
    """Return a commit as lists of commits have it."""
    api, web = repository_api(hub, repository), repository_web(hub, repository)
    url = f"{api}/commits/{commit.sha}"
    return {
        "sha": commit.sha,
        "node_id": _commit_node(repository, commit.sha),
        "commit": {
            "author": signature(commit.author),
            "committer": signature(commit.committer),
            "message": commit.message.rstrip("\n"),
            "tree": {"sha": commit.tree, "url": f"{api}/git/trees/{commit.tree}"},
            "url": f"{api}/git/commits/{commit.sha}",
            "comment_count": 0,
            "verification": dict(_UNSIGNED),
        },
        "url": url,
        "html_url": f"{web}/commit/{commit.sha}",
        "comments_url": f"{url}/comments",
        "author": account_by_email(hub, commit.author.email),
        "committer": account_by_email(hub, commit.committer.email),
        "parents": [
            {"sha": p, "url": f"{api}/commits/{p}", "html_url": f"{web}/commit/{p}"}
            for p in commit.parents
        ],
    }


def changed_file(hub: Hub, repository: Row, change: FileChange, sha: str) -> dict[str, Any]:
    """Return one file of a commit, comparison or pull request."""
    api, web = repository_api(hub, repository), repository_web(hub, repository)
    path = escaped(change.path)
    shape: dict[str, Any] = {
        "sha": change.blob,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{web}/blob/{sha}/{path}",
        "raw_url": f"{web}/raw/{sha}/{path}",
        "contents_url": f"{api}/contents/{path}?ref={sha}",
    }
    if change.patch is not None:
        shape["patch"] = change.patch
    if change.previous is not None:
        shape["previous_filename"] = change.previous
    return shape


def tree_entry(hub: Hub, repository: Row, entry: TreeEntry) -> dict[str, Any]:
    """Return one line of a tree."""
    shape: dict[str, Any] = {
        "path": entry.path,
        "mode": entry.mode,
        "type": entry.kind,
        "sha": entry.sha,
    }
    if entry.size is not None:
        shape["size"] = entry.size
    if entry.kind != "commit":
        folder = {"blob": "blobs", "tree": "trees"}[entry.kind]
        shape["url"] = f"{repository_api(hub, repository)}/git/{folder}/{entry.sha}"
    return shape


def git_ref(hub: Hub, repository: Row, name: str, kind: str, sha: str) -> dict[str, Any]:
    """Return a ref, with its full name."""
    api = repository_api(hub, repository)
    return {
        "ref": name,
        "node_id": f"{node_id('Ref', repository['id'])}_{name.replace('/', '_')}",
        "url": f"{api}/git/{escaped(name)}",
        "object": {"sha": sha, "type": kind, "url": f"{api}/git/{kind}s/{sha}"},
    }


def short_branch(
    hub: Hub, repository: Row, name: str, sha: str, *, protected: bool
) -> dict[str, Any]:
    """Return a branch as lists have it."""
    api = repository_api(hub, repository)
    return {
        "name": name,
        "commit": {"sha": sha, "url": f"{api}/commits/{sha}"},
        "protected": protected,
        "protection": {
            "enabled": protected,
            "required_status_checks": {"enforcement_level": "off", "contexts": [], "checks": []},
        },
        "protection_url": f"{api}/branches/{escaped(name)}/protection",
    }
