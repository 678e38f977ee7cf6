"""Pull requests merged into their base, and brought up to date with it."""

from __future__ import annotations

from devforge.local.answer import Answer, empty
from devforge.local.call import Call
from devforge.local.git.changes import changing
from devforge.local.git.merging import merge_base, merged_tree
from devforge.local.git.moves import move_ref
from devforge.local.git.objects import Signature, write_commit
from devforge.local.merges import merge_pull
from devforge.local.refusals import conflict, needs_role, not_found, unprocessable
from devforge.local.rest.pulls import path_pull
from devforge.local.routes import route
from devforge.local.store import Row


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/merge")
def is_merged(call: Call) -> Answer:
    """Answer 204 for a merged pull request and 404 for any other."""
    if not path_pull(call, call.repository())["merged"]:
        raise not_found()
    return empty()


@route("PUT", "/repos/{owner}/{repo}/pulls/{pull_number}/merge")
def merge(call: Call) -> Answer:
    """Merge a pull request, of exactly the head in `sha` where that is given."""
    row = call.repository("write")
    sha = merge_pull(
        call.hub,
        row,
        path_pull(call, row),
        call.actor,
        method=call.text("merge_method") or "merge",
        sha=call.text("sha"),
        title=call.text("commit_title"),
        message=call.text("commit_message"),
    )
    told = {"sha": sha, "merged": True, "message": "Pull Request successfully merged"}
    return Answer(told)


@route("PUT", "/repos/{owner}/{repo}/pulls/{pull_number}/update-branch")
def update_branch(call: Call) -> Answer:
    """Merge the base into a pull request's branch."""
    row = call.repository()
    pull = path_pull(call, row)
    source = call.hub.store.find("repository", id=pull["head_repository_id"] or 0)
    if source is None:
        raise unprocessable("The branch of this pull request does not exist any more")
    _check_may_update(call, row, source, pull)
    if call.text("expected_head_sha") not in (None, pull["head_sha"]):
        raise unprocessable("expected head sha didn't match current head ref.")
    if merge_base(call.hub, row["id"], pull["base_sha"], pull["head_sha"]) == pull["base_sha"]:
        raise unprocessable("There are no new commits on the base branch.")
    _merge_base_into_head(call, source, pull)
    url = f"{call.hub.url}{call.path.removesuffix('/update-branch')}"
    return Answer({"message": "Updating pull request branch.", "url": url}, status=202)


def _check_may_update(call: Call, repository: Row, source: Row, pull: Row) -> None:
    """Refuse who may neither push to the branch nor was let in by its owner as a maintainer."""
    open_to = [source, *([repository] if pull["maintainer_can_modify"] else [])]
    if not any(call.may(each, "write") for each in open_to):
        raise needs_role("write")


def _merge_base_into_head(call: Call, source: Row, pull: Row) -> None:
    with changing(call.hub, source, call.actor):
        tree = merged_tree(call.hub, source["id"], pull["head_sha"], pull["base_sha"])
        if tree is None:
            raise conflict("merge conflict between base and head")
        author = Signature.of(call.hub, call.actor)
        parents = (pull["head_sha"], pull["base_sha"])
        message = f"Merge branch '{pull['base_ref']}' into {pull['head_ref']}"
        sha = write_commit(call.hub, source["id"], tree, parents, message, author, author)
        name = f"refs/heads/{pull['head_ref']}"
        move_ref(call.hub, source, name, pull["head_sha"], sha, call.actor)
