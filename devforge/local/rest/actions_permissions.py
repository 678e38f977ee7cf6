"""What Actions may do in a repository, and what a workflow's token may do at most.

Source: docs.github.com, "REST API endpoints for GitHub Actions permissions".
"""

from __future__ import annotations

from devforge.local.answer import Answer, empty
from devforge.local.call import Call
from devforge.local.refusals import ApiRefusal, conflict, unprocessable
from devforge.local.routes import route
from devforge.local.settings import read_setting, write_setting
from devforge.local.shapes.links import repository_api

_APPROVAL = (
    "first_time_contributors_new_to_github",
    "first_time_contributors",
    "all_external_contributors",
)


@route("GET", "/repos/{owner}/{repo}/actions/permissions")
def get_permissions(call: Call) -> Answer:
    """Whether Actions run, and which actions are allowed."""
    repository = call.repository("admin")
    held = read_setting(call.hub, repository["id"], "actions_permissions")
    if held["allowed_actions"] == "selected":
        url = f"{repository_api(call.hub, repository)}/actions/permissions/selected-actions"
        held = held | {"selected_actions_url": url}
    return Answer(held)


@route("PUT", "/repos/{owner}/{repo}/actions/permissions")
def set_permissions(call: Call) -> Answer:
    """Replace them; what is not given keeps its value."""
    repository = call.repository("admin")
    enabled = call.flag("enabled")
    if enabled is None:
        raise ApiRefusal(422, 'Invalid request.\n\n"enabled" wasn\'t supplied.')
    held = read_setting(call.hub, repository["id"], "actions_permissions") | {"enabled": enabled}
    if (allowed := call.text("allowed_actions")) is not None:
        held["allowed_actions"] = _one_of(allowed, ("all", "local_only", "selected"))
    if (pinned := call.flag("sha_pinning_required")) is not None:
        held["sha_pinning_required"] = pinned
    write_setting(call.hub, repository["id"], "actions_permissions", held)
    return empty()


@route("GET", "/repos/{owner}/{repo}/actions/permissions/selected-actions")
def get_selected(call: Call) -> Answer:
    """Which actions are allowed where only selected ones are."""
    repository = call.repository("admin")
    _check_selected(call, repository["id"])
    return Answer(read_setting(call.hub, repository["id"], "selected_actions"))


@route("PUT", "/repos/{owner}/{repo}/actions/permissions/selected-actions")
def set_selected(call: Call) -> Answer:
    """Replace which actions are allowed."""
    repository = call.repository("admin")
    _check_selected(call, repository["id"])
    held = dict(read_setting(call.hub, repository["id"], "selected_actions"))
    for name in ("github_owned_allowed", "verified_allowed"):
        if (flag := call.flag(name)) is not None:
            held[name] = flag
    if (patterns := call.texts("patterns_allowed")) is not None:
        held["patterns_allowed"] = patterns
    write_setting(call.hub, repository["id"], "selected_actions", held)
    return empty()


@route("GET", "/repos/{owner}/{repo}/actions/permissions/workflow")
def get_workflow_permissions(call: Call) -> Answer:
    """What the token of a workflow that asks for nothing may do."""
    repository = call.repository("admin")
    return Answer(read_setting(call.hub, repository["id"], "workflow_permissions"))


@route("PUT", "/repos/{owner}/{repo}/actions/permissions/workflow")
def set_workflow_permissions(call: Call) -> Answer:
    """Replace it; what is not given keeps its value."""
    repository = call.repository("admin")
    held = dict(read_setting(call.hub, repository["id"], "workflow_permissions"))
    if (default := call.text("default_workflow_permissions")) is not None:
        held["default_workflow_permissions"] = _one_of(default, ("read", "write"))
    if (approve := call.flag("can_approve_pull_request_reviews")) is not None:
        held["can_approve_pull_request_reviews"] = approve
    write_setting(call.hub, repository["id"], "workflow_permissions", held)
    return empty()


@route("GET", "/repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval")
def get_fork_approval(call: Call) -> Answer:
    """Whose pull requests from forks wait for approval before workflows run."""
    repository = call.repository("admin")
    return Answer(read_setting(call.hub, repository["id"], "fork_pr_approval"))


@route("PUT", "/repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval")
def set_fork_approval(call: Call) -> Answer:
    """Replace it."""
    repository = call.repository("admin")
    policy = _one_of(call.needed_text("approval_policy"), _APPROVAL)
    write_setting(call.hub, repository["id"], "fork_pr_approval", {"approval_policy": policy})
    return empty()


def _check_selected(call: Call, repository_id: int) -> None:
    held = read_setting(call.hub, repository_id, "actions_permissions")
    if held["allowed_actions"] != "selected":
        raise conflict("Cannot be called unless the repository's allowed_actions is selected")


def _one_of(value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise unprocessable(f"Invalid request.\n\n{value} is not a member of {list(allowed)}.")
    return value
