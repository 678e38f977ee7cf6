"""The parts of a branch's protection, each with an address of its own."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer, empty
from devforge.local.call import Call
from devforge.local.protection import protect, protection_of
from devforge.local.refusals import ApiRefusal
from devforge.local.rest.branch_protection import protected_branch, protection_shape
from devforge.local.routes import route
from devforge.local.store import Row

_PROTECTION = "/repos/{owner}/{repo}/branches/{branch}/protection"
_STATUSES = _PROTECTION + "/required_status_checks"
_REVIEWS = _PROTECTION + "/required_pull_request_reviews"
_ADMINS = _PROTECTION + "/enforce_admins"
_ABSENT = {
    "required_status_checks": "Required status checks not enabled",
    "required_pull_request_reviews": "Pull request reviews not enabled",
}


@route("GET", _STATUSES)
@route("GET", _REVIEWS)
@route("GET", _ADMINS)
def show_part(call: Call) -> Answer:
    """Answer with one part of a branch's protection."""
    row, _, rules = _protected(call)
    return Answer(_part(call, row, rules))


@route("PATCH", _STATUSES)
@route("PATCH", _REVIEWS)
def change_part(call: Call) -> Answer:
    """Change what the body names of one part; the rest of it stays."""
    row, branch, rules = _protected(call)
    name = _name(call)
    rules[name] = (rules.get(name) or {}) | call.body
    protect(call.hub, row, branch, rules)
    return Answer(_part(call, row, rules))


@route("POST", _ADMINS)
def bind_administrators(call: Call) -> Answer:
    """Let the protection bind administrators too."""
    row, branch, rules = _protected(call)
    rules["enforce_admins"] = True
    protect(call.hub, row, branch, rules)
    return Answer(_part(call, row, rules))


@route("DELETE", _STATUSES)
@route("DELETE", _REVIEWS)
@route("DELETE", _ADMINS)
def remove_part(call: Call) -> Answer:
    """Take one part of a branch's protection away."""
    row, branch, rules = _protected(call)
    _part(call, row, rules)
    rules[_name(call)] = None
    protect(call.hub, row, branch, rules)
    return empty()


def _name(call: Call) -> str:
    return call.route.template.rpartition("/")[2]


def _protected(call: Call) -> tuple[Row, str, dict[str, Any]]:
    row = call.repository("admin")
    branch = protected_branch(call, row)
    rules = protection_of(call.hub, row, branch)
    if rules is None:
        raise ApiRefusal(404, "Branch not protected")
    return row, branch, rules


def _part(call: Call, row: Row, rules: dict[str, Any]) -> dict[str, Any]:
    """Return the part that the path names. Raises 404 where the protection has none."""
    shape: dict[str, Any] | None = protection_shape(call, row, rules).get(_name(call))
    if shape is None:
        raise ApiRefusal(404, _ABSENT[_name(call)])
    return shape
