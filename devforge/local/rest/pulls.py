"""Pull requests: opened, listed, shown, changed."""

from __future__ import annotations

from devforge.local.answer import Answer, created
from devforge.local.call import Call
from devforge.local.git.diffs import diff
from devforge.local.git.objects import read_commits
from devforge.local.mergeability import try_merge
from devforge.local.merges import commits_of
from devforge.local.pulls import announce, open_pull, pull_numbered
from devforge.local.refusals import (
    ApiRefusal,
    invalid,
    needs_role,
    not_found,
)
from devforge.local.rest.issues import change_state, change_words
from devforge.local.routes import route
from devforge.local.shapes.commits import changed_file, listed_commit
from devforge.local.shapes.pulls import comparison_base, full_pull, simple_pull
from devforge.local.store import Row
from devforge.local.triage import may_triage

_ORDERS = {"created": "i.created_at", "updated": "i.updated_at", "popularity": "(SELECT count(*) FROM comment c WHERE c.issue_id = i.id)"}  # fmt: skip


def path_pull(call: Call, repository: Row) -> Row:
    """Return the pull request that the path names. Raises 404."""
    row = pull_numbered(call.hub, repository, call.number("pull_number"))
    if row is None:
        raise not_found()
    return row


@route("POST", "/repos/{owner}/{repo}/pulls")
def create_pull(call: Call) -> Answer:
    """Open a pull request."""
    row = call.repository()
    changeable = call.flag("maintainer_can_modify")
    pull = open_pull(
        call.hub,
        row,
        title=call.needed_text("title", limit=256),
        body=call.text("body"),
        head=call.needed_text("head"),
        base=call.needed_text("base"),
        actor=call.actor,
        draft=bool(call.flag("draft")),
        maintainer_can_modify=True if changeable is None else changeable,
        head_repository=(call.text("head_repo") or "").rpartition("/")[2] or None,
    )
    return created(full_pull(call.hub, pull))


@route("GET", "/repos/{owner}/{repo}/pulls")
def list_pulls(call: Call) -> Answer:
    """Answer with pull requests by state, head (`owner:branch`) and base."""
    row, query = call.repository(), call.query
    tests, values = ["p.repository_id = ?"], [row["id"]]
    if (state := query.get("state", "open")) != "all":
        tests.append("i.state = ?")
        values.append(state)
    if base := query.get("base"):
        tests.append("p.base_ref = ?")
        values.append(base)
    if head := query.get("head"):
        owner, colon, branch = head.partition(":")
        if colon:
            tests.append(
                "p.head_ref = ? AND p.head_owner_id = (SELECT id FROM account WHERE login = ?)"
            )
            values += [branch, owner]
    order = _ORDERS.get(query.get("sort", "created"), "i.created_at")
    falling = query.get(
        "direction", "asc" if "sort" in query and query["sort"] != "created" else "desc"
    )
    way = "ASC" if falling == "asc" else "DESC"
    rows = call.select(
        "SELECT p.* FROM pull p JOIN issue i ON i.id = p.issue_id"  # noqa: S608 - the words are ours
        f" WHERE {' AND '.join(tests)} ORDER BY {order} {way}, p.number {way}",
        *values,
    )
    return Answer([simple_pull(call.hub, each) for each in rows])


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}")
def show_pull(call: Call) -> Answer:
    """Answer with one pull request; as a diff or patch where the Accept header asks for that."""
    row = call.repository()
    pull = path_pull(call, row)
    accept = call.headers.get("accept", "")
    if "diff" in accept or "patch" in accept:
        return _diff(call, pull, patch="patch" in accept)
    return Answer(full_pull(call.hub, pull))


@route("GET", "/{owner}/{repo}/pull/{pull_number}.diff", surface="web")
def show_diff(call: Call) -> Answer:
    """Answer `pull/N.diff`."""
    return _diff(call, path_pull(call, call.repository()), patch=False)


@route("GET", "/{owner}/{repo}/pull/{pull_number}.patch", surface="web")
def show_patch(call: Call) -> Answer:
    """Answer `pull/N.patch`."""
    return _diff(call, path_pull(call, call.repository()), patch=True)


def _diff(call: Call, pull: Row, *, patch: bool) -> Answer:
    base = comparison_base(call.hub, pull)
    if patch:
        span = f"{pull['base_sha']}..{pull['head_sha']}"
        out = call.hub.git.run(pull["repository_id"], "format-patch", "--stdout", span)
    else:
        out = call.hub.git.run(
            pull["repository_id"], "diff", "--no-ext-diff", base, pull["head_sha"]
        )
    kind = "patch" if patch else "diff"
    return Answer(content=out, media_type=f"application/vnd.github.{kind}; charset=utf-8")


@route("PATCH", "/repos/{owner}/{repo}/pulls/{pull_number}")
def change_pull(call: Call) -> Answer:
    """Change a pull request's words, state or base."""
    row = call.repository()
    pull = path_pull(call, row)
    issue = call.hub.store.get("issue", pull["issue_id"])
    if not may_triage(call, row) and issue["author_id"] != call.actor.id:
        raise needs_role("admin")
    with call.hub.store.transaction():
        change_words(call, row, issue)
        if call.text("state") == "open" and issue["state"] == "closed":
            _check_reopening(call, pull)
        change_state(call, row, issue)
        if (changeable := call.flag("maintainer_can_modify")) is not None:
            call.hub.store.update("pull", pull["id"], maintainer_can_modify=int(changeable))
        if base := call.text("base"):
            _change_base(call, row, pull, base)
    return Answer(full_pull(call.hub, call.hub.store.get("pull", pull["id"])))


def _check_reopening(call: Call, pull: Row) -> None:
    branch, source = pull["head_ref"], pull["head_repository_id"]
    tip = None if source is None else call.hub.git.resolve(source, f"refs/heads/{branch}")
    if pull["merged"] or tip is None:
        reason = "is merged" if pull["merged"] else f"has lost its branch {branch}"
        raise invalid("PullRequest", "state", "invalid", f"state cannot be changed. The pull request {reason}.")  # fmt: skip
    base = call.hub.git.resolve(pull["repository_id"], f"refs/heads/{pull['base_ref']}")
    call.hub.store.update("pull", pull["id"], head_sha=tip, base_sha=base or pull["base_sha"])


def _change_base(call: Call, repository: Row, pull: Row, base: str) -> None:
    sha = call.hub.git.resolve(repository["id"], f"refs/heads/{base}")
    if sha is None:
        raise invalid("PullRequest", "base", "invalid")
    old = {"ref": {"from": pull["base_ref"]}, "sha": {"from": pull["base_sha"]}}
    call.hub.store.update("pull", pull["id"], base_ref=base, base_sha=sha)
    changed = try_merge(call.hub, call.hub.store.get("pull", pull["id"]))
    announce(call.hub, changed, "edited", call.actor, changes={"base": old})


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/commits")
def list_pull_commits(call: Call) -> Answer:
    """Answer with a pull request's commits, oldest first."""
    row = call.repository()
    shas = call.slice(commits_of(call.hub, path_pull(call, row))[:250])
    return Answer(
        [listed_commit(call.hub, row, c) for c in read_commits(call.hub, row["id"], shas)]
    )


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/files")
def list_pull_files(call: Call) -> Answer:
    """Answer with the files a pull request changes, at most 3,000."""
    row = call.repository()
    pull = path_pull(call, row)
    files = diff(call.hub, row["id"], comparison_base(call.hub, pull), pull["head_sha"])
    listed = call.slice(files[:3000])
    return Answer([changed_file(call.hub, row, each, pull["head_sha"]) for each in listed])


@route("GET", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls")
def list_pulls_of_commit(call: Call) -> Answer:
    """Answer with the pull requests that a commit is the head or the merge of."""
    row = call.repository()
    sha = call.hub.git.resolve(row["id"], call.place["commit_sha"])
    if sha is None:
        raise ApiRefusal(422, f"No commit found for SHA: {call.place['commit_sha']}")
    rows = call.select(
        "SELECT * FROM pull WHERE repository_id = ? AND (head_sha = ? OR (merged = 1 AND"
        " merge_commit_sha = ?)) ORDER BY id",
        row["id"],
        sha,
        sha,
    )
    return Answer([simple_pull(call.hub, each) for each in rows])
