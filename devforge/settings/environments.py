"""Which branches may use an environment, and who approves its runs. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from devforge.model.settings import EnvironmentRules, Request, Settings
from devforge.settings.change import Change
from devforge.settings.wanted import APPROVED_BY_A_PERSON
from devforge.settings.workflows import Named


def environment_changes(settings: Settings, named: Named) -> Iterator[Change]:
    """Yield what makes every environment that a workflow names safe to use."""
    for name in sorted(named.environments):
        held = settings.environments.get(name)
        yield from _protection(settings, name, held)
        yield from _branches(settings, name, held)


def _protection(settings: Settings, name: str, held: EnvironmentRules | None) -> Iterator[Change]:
    owner, reviewers = settings.switches.owner, held.reviewers if held else ()
    lacks_person = name in APPROVED_BY_A_PERSON and owner.type == "User" and not reviewers
    if held is not None and held.branches is not None and not lacks_person:
        return
    body = {
        "wait_timer": held.wait_minutes if held else 0,
        "reviewers": [
            {"type": kind, "id": id}
            for kind, id in ((("User", owner.id),) if lacks_person else reviewers)
        ],
        "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
    }
    now = "absent" if held is None else "any branch" if held.branches is None else "nobody asked"
    wanted = "limited branches" + (f", approved by {owner.login}" if lacks_person else "")
    yield Change(f"environment {name}", now, wanted, Request("PUT", _place(name), body))


def _branches(settings: Settings, name: str, held: EnvironmentRules | None) -> Iterator[Change]:
    branch, what = settings.switches.default_branch, f"environment {name}"
    rules = (held.branches or ()) if held else ()
    place = f"{_place(name)}/deployment-branch-policies"
    if not any((rule.name, rule.type) == (branch, "branch") for rule in rules):
        request = Request("POST", place, {"name": branch, "type": "branch"})
        yield Change(what, f"not from {branch}", f"from {branch}", request)
    for rule in rules:
        if (rule.name, rule.type) != (branch, "branch"):
            request = Request("DELETE", f"{place}/{rule.id}")
            yield Change(what, f"from {rule.type} {rule.name}", "not from it", request)


def _place(name: str) -> str:
    return f"/environments/{quote(name, safe='')}"
