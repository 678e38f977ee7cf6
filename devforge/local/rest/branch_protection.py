"""Protection of branches: set, shown, taken away."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer, empty
from devforge.local.call import Call
from devforge.local.protection import contexts_of, protect, protection_of, unprotect
from devforge.local.refusals import ApiRefusal
from devforge.local.routes import route
from devforge.local.shapes.links import escaped, repository_api
from devforge.local.store import Row

_NEEDED = (
    "required_status_checks",
    "enforce_admins",
    "required_pull_request_reviews",
    "restrictions",
)


@route("GET", "/repos/{owner}/{repo}/branches/{branch}/protection")
def show_protection(call: Call) -> Answer:
    """Answer with what protects a branch."""
    row = call.repository("admin")
    rules = protection_of(call.hub, row, protected_branch(call, row))
    if rules is None:
        raise ApiRefusal(404, "Branch not protected")
    return Answer(protection_shape(call, row, rules))


@route("PUT", "/repos/{owner}/{repo}/branches/{branch}/protection")
def set_protection(call: Call) -> Answer:
    """Protect a branch."""
    row = call.repository("admin")
    branch = protected_branch(call, row)
    for name in _NEEDED:
        if not call.has(name):
            raise ApiRefusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
    for name in ("required_status_checks", "required_pull_request_reviews"):
        call.record(name)
    protect(call.hub, row, branch, call.body)
    return Answer(protection_shape(call, row, call.body))


@route("DELETE", "/repos/{owner}/{repo}/branches/{branch}/protection")
def remove_protection(call: Call) -> Answer:
    """Protect a branch no more."""
    row = call.repository("admin")
    if not unprotect(call.hub, row, protected_branch(call, row)):
        raise ApiRefusal(404, "Branch not protected")
    return empty()


def protected_branch(call: Call, row: Row) -> str:
    """Return the branch that the path names. Raises 404 where there is none."""
    name = call.place["branch"]
    if call.hub.git.resolve(row["id"], f"refs/heads/{name}") is None:
        raise ApiRefusal(404, "Branch not found")
    return name


def protection_shape(call: Call, row: Row, rules: dict[str, Any]) -> dict[str, Any]:
    """Return the rules of the path's branch as the API shows them."""
    url = f"{repository_api(call.hub, row)}/branches/{escaped(call.place['branch'])}/protection"
    shape: dict[str, Any] = {
        "url": url,
        "enforce_admins": {
            "url": f"{url}/enforce_admins",
            "enabled": bool(rules.get("enforce_admins")),
        },
    }
    for name in ("required_linear_history", "allow_force_pushes", "allow_deletions"):
        shape[name] = {"enabled": bool(rules.get(name))}
    if (statuses := rules.get("required_status_checks")) is not None:
        contexts = contexts_of(statuses)
        shape["required_status_checks"] = {
            "url": f"{url}/required_status_checks",
            "strict": bool(statuses.get("strict")),
            "contexts": contexts,
            "contexts_url": f"{url}/required_status_checks/contexts",
            "checks": [{"context": each, "app_id": None} for each in contexts],
        }
    if (reviews := rules.get("required_pull_request_reviews")) is not None:
        shape["required_pull_request_reviews"] = {
            "url": f"{url}/required_pull_request_reviews",
            "dismiss_stale_reviews": bool(reviews.get("dismiss_stale_reviews")),
            "require_code_owner_reviews": bool(reviews.get("require_code_owner_reviews")),
            "required_approving_review_count": reviews.get("required_approving_review_count", 1),
            "require_last_push_approval": bool(reviews.get("require_last_push_approval")),
        }
    return shape
