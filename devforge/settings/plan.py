"""Compare a repository's settings with what is needed. Pure: the plan holds the very requests."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import quote

from devforge.model.policy import Policy
from devforge.model.settings import Request, Ruleset, Settings
from devforge.plan import Plan
from devforge.settings import wanted
from devforge.settings.change import Change
from devforge.settings.clicks import clicks
from devforge.settings.environments import environment_changes
from devforge.settings.workflows import Named


@dataclass(frozen=True, slots=True)
class Audit:
    """The plan, and what only a person can click because no API offers it."""

    plan: Plan[Change]
    by_hand: tuple[str, ...] = ()

    @property
    def has_drifted(self) -> bool:
        """Whether anything at all is not as it should be."""
        return bool(self.plan.changes or self.by_hand)

    def render(self) -> str:
        """Return the plan and below it what is left to a person."""
        return "\n".join([self.plan.render(), *(f"by hand: {line}" for line in self.by_hand)])

    def to_json(self) -> str:
        """Return the same for a program."""
        return json.dumps({**json.loads(self.plan.to_json()), "by_hand": list(self.by_hand)})


def plan_settings(
    *,
    repository: str,
    page: str,
    settings: Settings,
    named: Named,
    policy: Policy,
    rules: Collection[str],
) -> Audit:
    """Return what makes the settings right, in the order in which it is safe to do.

    Args:
        page: the repository's address in a browser, for what only a person can click.
        rules: ids of the review's rules, which `policy` may turn up or down.
    """
    changes = chain(
        _switches(settings, policy),
        _actions(settings, named),
        _switch("immutable releases", "/immutable-releases", on=settings.immutable_releases),
        _switch(
            "private vulnerability reports",
            "/private-vulnerability-reporting",
            on=settings.private_reports,
        ),
        _labels(settings, named),
        environment_changes(settings, named),
        _pages(settings),
        _rulesets(settings),
    )
    plan = Plan(
        f"settings of {repository}",
        tuple(changes),
        _notes(settings, named),
        tuple(_refusals(settings, page)),
    )
    return Audit(plan, tuple(clicks(repository, page, settings, named, policy, rules)))


def _refusals(settings: Settings, page: str) -> Iterator[str]:
    if settings.switches.archived:
        yield f"the repository is archived: {page}/settings → Danger Zone → Unarchive this repository"
    if settings.switches.private:
        yield (
            "the repository is private, so nobody could download anything: "
            f"{page}/settings → Danger Zone → Change visibility → Make public"
        )


def _switches(settings: Settings, policy: Policy) -> Iterator[Change]:
    held, target = settings.switches.model_dump(), wanted.wanted_switches(policy)
    yield from _differences("repository", held, target, "", verb="PATCH")


def _actions(settings: Settings, named: Named) -> Iterator[Change]:
    rules, selected = wanted.wanted_actions(named)
    now = settings.actions.model_dump()
    yield from _differences("actions", now, rules, "/actions/permissions")
    held = settings.selected.model_dump(mode="json") if settings.selected else {}
    yield from _differences("actions", held, selected, "/actions/permissions/selected-actions")
    token = settings.token.model_dump()
    yield from _differences(
        "actions", token, wanted.wanted_token(), "/actions/permissions/workflow"
    )


def _differences(
    area: str, now: Mapping[str, Any], target: Mapping[str, Any], path: str, *, verb: str = "PUT"
) -> Iterator[Change]:
    """Yield one change for a place whose values are set together."""
    odd = {key: value for key, value in target.items() if now.get(key) != value}
    if odd:
        before = ", ".join(f"{key}={_shown(now.get(key))}" for key in odd)
        after = ", ".join(f"{key}={_shown(value)}" for key, value in odd.items())
        request = Request(verb, path, dict(target))
        yield Change(f"{area:<11} {path.rpartition('/')[2] or 'switches'}", before, after, request)


def _switch(what: str, path: str, *, on: bool) -> Iterator[Change]:
    if not on:
        yield Change(f"repository  {what}", "off", "on", Request("PUT", path))


def _labels(settings: Settings, named: Named) -> Iterator[Change]:
    present = {label.name.casefold(): label for label in settings.labels}
    for name, (color, description) in wanted.wanted_labels(named).items():
        body = {"name": name, "color": color, "description": description}
        held = present.get(name.casefold())
        if held is None:
            yield Change(
                f"label       {name}", "absent", f"#{color}", Request("POST", "/labels", body)
            )
        elif (held.name, held.color.lower(), held.description) != (name, color, description):
            before = f"{held.name} #{held.color}, {held.description or 'unexplained'}"
            after = f"{name} #{color}, {description}"
            place = f"/labels/{quote(held.name, safe='')}"
            body = {"new_name": name, "color": color, "description": description}
            yield Change(f"label       {name}", before, after, Request("PATCH", place, body))


def _pages(settings: Settings) -> Iterator[Change]:
    body = {"build_type": "workflow"}
    if settings.pages is None:
        yield Change("pages       source", "off", "workflow", Request("POST", "/pages", body))
    elif settings.pages.build_type != "workflow":
        now = settings.pages.build_type or "branch"
        yield Change("pages       source", now, "workflow", Request("PUT", "/pages", body))


def _rulesets(settings: Settings) -> Iterator[Change]:
    present = {held.name: held for held in settings.rulesets}
    for body in wanted.wanted_rulesets():
        held = present.get(body["name"])
        what = f"ruleset     {body['name'].removeprefix('devforge: ')}"
        if held is None:
            yield Change(what, "absent", _rules(body), Request("POST", "/rulesets", body))
        elif odd := _odd(held, body):
            request = Request("PUT", f"/rulesets/{held.id}", body)
            yield Change(what, f"another {', '.join(odd)}", _rules(body), request)


def _odd(held: Ruleset, body: Mapping[str, Any]) -> list[str]:
    """Return which parts of a ruleset differ; what GitHub adds beside what we set is no drift."""
    now = held.model_dump(mode="json")
    return [part for part in body if part != "name" and not _covers(now.get(part), body[part])]


def _covers(now: object, target: object) -> bool:
    if isinstance(target, dict):
        return isinstance(now, dict) and all(_covers(now.get(key), target[key]) for key in target)
    if isinstance(target, list):
        if not isinstance(now, list) or len(now) != len(target):
            return False
        return all(any(_covers(each, want) for each in now) for want in target)
    return now == target


def _notes(settings: Settings, named: Named) -> tuple[str, ...]:
    """Return what is there, is not ours, and is left alone."""
    ours = {body["name"] for body in wanted.wanted_rulesets()}
    others = [f"ruleset {held.name!r}" for held in settings.rulesets if held.name not in ours]
    others += [
        f"environment {name!r}"
        for name in sorted(settings.environments)
        if name not in named.environments
    ]
    return tuple(f"{other}: not ours, left as it is" for other in others)


def _rules(body: Mapping[str, Any]) -> str:
    kinds = [rule["type"].replace("_", " ") for rule in body["rules"]]
    return ", ".join(kinds).replace("required status checks", f"needs {wanted.STATUS}")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    return "unset" if value is None else str(value)
