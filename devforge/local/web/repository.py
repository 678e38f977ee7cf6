"""A repository's own page: its branches, what is open, what was run and released, its readme."""

from __future__ import annotations

from typing import Any

from devforge.local import pages
from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.git.objects import read_object, read_tree
from devforge.local.hub import Hub
from devforge.local.routes import route
from devforge.local.settings import read_setting
from devforge.local.shapes.links import login_of, repository_path, repository_web
from devforge.local.store import Row
from devforge.local.web.listings import ISSUES, RUNS, Thing, issue_line, run_line
from devforge.local.web.page import page

_SHOWN = 10
_README_BYTES = 200_000


@route("GET", "/{owner}/{repo}", surface="web")
def show_repository(call: Call) -> Answer:
    """The page a repository's `html_url` leads to."""
    repository, hub = call.repository(), call.hub
    has_site = read_setting(hub, repository["id"], "pages") is not None
    runs = hub.store.all(f"{RUNS} LIMIT ?", repository["id"], _SHOWN)
    return page(
        "repository",
        repository=repository_path(hub, repository),
        description=repository["description"],
        default_branch=repository["default_branch"],
        site=pages.site_url(hub, repository) if has_site else None,
        clone=f"{repository_web(hub, repository)}.git",
        branches=_branches(hub, repository),
        pulls=_open(hub, repository, is_pull=True),
        issues=_open(hub, repository, is_pull=False),
        runs=[run_line(row) for row in runs],
        releases=_releases(hub, repository),
        **_readme(hub, repository),
    )


def _branches(hub: Hub, repository: Row) -> list[dict[str, str]]:
    refs = hub.git.refs(repository["id"], "refs/heads")
    return [{"name": name.removeprefix("refs/heads/"), "sha": sha} for name, sha in refs.items()]


def _open(hub: Hub, repository: Row, *, is_pull: bool) -> list[Thing]:
    rows = hub.store.all(f"{ISSUES} LIMIT ?", repository["id"], int(is_pull), _SHOWN)
    return [issue_line(hub, row) for row in rows if row["state"] == "open"]


def _releases(hub: Hub, repository: Row) -> list[Thing]:
    rows = hub.store.all(
        "SELECT * FROM release WHERE repository_id = ? AND draft = 0 ORDER BY id DESC LIMIT ?",
        repository["id"],
        _SHOWN,
    )
    return [
        Thing(
            place=f"releases/tag/{row['tag_name']}",
            title=row["name"] or row["tag_name"],
            state="prerelease" if row["prerelease"] else "released",
            note=f"by {login_of(hub, row['author_id'])} at {row['published_at']}",
        )
        for row in rows
    ]


def _readme(hub: Hub, repository: Row) -> dict[str, Any]:
    """Return the readme of the default branch, and where links in it lead on from."""
    branch = repository["default_branch"]
    found = hub.git.resolve(repository["id"], branch, "tree")
    entries = read_tree(hub, repository["id"], found, "README.md") if found else []
    blob = read_object(hub, repository["id"], entries[0].sha) if entries else None
    text = blob[1][:_README_BYTES].decode("utf-8", "replace") if blob and blob[0] == "blob" else ""
    return {"readme": text, "readme_base": f"{repository_web(hub, repository)}/blob/{branch}/"}
