"""A repository's settings over GitHub's REST interface: read, and changed request by request."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter, ValidationError

from devforge.adapters.github_connection import GitHubConnection
from devforge.errors import Refused, Unavailable
from devforge.model.base import Foreign
from devforge.model.settings import (
    ActionsRules,
    BranchRule,
    EnvironmentRules,
    Label,
    Pages,
    Request,
    Ruleset,
    SelectedActions,
    Settings,
    Switches,
    WorkflowToken,
)

T = TypeVar("T", bound=BaseModel)
_WHO_MAY = (
    "use a token of an administrator of the repository: a fine-grained one needs Administration, "
    "Actions, Environments, Issues, Pages and Secrets, read to look and write to --apply"
)


class _Found(Foreign):
    """The parts of GitHub's lists that are not lists themselves."""

    environments: tuple[dict[str, Any], ...] = ()
    branch_policies: tuple[dict[str, Any], ...] = ()
    secrets: tuple[dict[str, Any], ...] = ()
    enabled: bool = False


class SettingsOnGitHub(GitHubConnection):
    """Reads every setting we depend on; changes exactly what it is told."""

    def settings(self) -> Settings:
        """Return all settings as they are now. About fifteen requests.

        Raises:
            Refused: there is no such repository, or the token may not look.
        """
        return Settings(
            switches=self._one(Switches, ""),
            actions=(actions := self._one(ActionsRules, "/actions/permissions")),
            selected=self._selected(actions),
            token=self._one(WorkflowToken, "/actions/permissions/workflow"),
            pages=self._maybe(Pages, f"{self._base}/pages"),
            immutable_releases=self._switch("/immutable-releases"),
            private_reports=self._switch("/private-vulnerability-reporting"),
            environments=self._environments(),
            rulesets=self._rulesets(),
            labels=tuple(self._pages(Label, f"{self._base}/labels")),
            secrets=self._secrets("/actions/secrets"),
        )

    def change(self, request: Request) -> None:
        """Send one request. Safe to repeat: the plan it comes from is made anew each time.

        Raises:
            Refused: the token may not, or GitHub does not accept the change.
        """
        try:
            self._write(request.verb, f"{self._base}{request.path}", request.body)
        except Refused as error:
            raise _explained(error) from error

    def _one(self, kind: type[T], path: str) -> T:
        try:
            found = self._maybe(kind, f"{self._base}{path}")
        except Refused as error:
            raise _explained(error) from error
        if found is None:
            raise Refused(
                f"GET {self._base}{path}: nothing there, or nothing this token may see: {_WHO_MAY}"
            )
        return found

    def _selected(self, actions: ActionsRules) -> SelectedActions | None:
        if actions.allowed_actions != "selected":
            return None
        return self._one(SelectedActions, "/actions/permissions/selected-actions")

    def _switch(self, path: str) -> bool:
        """Whether a switch is on; where it is off or cannot be had, there is nothing."""
        try:
            found = self._maybe(_Found, f"{self._base}{path}")
        except Refused as error:
            if ": 422 " in str(error):  # private reports exist in public repositories only
                return False
            raise _explained(error) from error
        return found is not None and found.enabled

    def _environments(self) -> dict[str, EnvironmentRules]:
        found = self._one(_Found, "/environments?per_page=100")
        return {str(each["name"]): self._environment(each) for each in found.environments}

    def _environment(self, shown: dict[str, Any]) -> EnvironmentRules:
        place = f"/environments/{quote(str(shown['name']), safe='')}"
        rules = {rule["type"]: rule for rule in shown.get("protection_rules", ())}
        reviewers = sorted(
            (str(entry["type"]), int(entry["reviewer"]["id"]))
            for entry in rules.get("required_reviewers", {}).get("reviewers", ())
        )
        wait = int(rules.get("wait_timer", {}).get("wait_timer", 0))
        policy = shown.get("deployment_branch_policy") or {}
        branches = None
        if policy.get("custom_branch_policies"):
            listed = self._one(_Found, f"{place}/deployment-branch-policies?per_page=100")
            branches = _parsed_list(BranchRule, listed.branch_policies, place)
        secrets = self._secrets(f"{place}/secrets")
        return EnvironmentRules(branches, tuple(reviewers), wait, secrets)

    def _rulesets(self) -> tuple[Ruleset, ...]:
        query = {"includes_parents": "false"}
        listed = tuple(self._pages(Ruleset, f"{self._base}/rulesets", query))
        return tuple(self._one(Ruleset, f"/rulesets/{each.id}") for each in listed)

    def _secrets(self, path: str) -> frozenset[str]:
        found = self._one(_Found, f"{path}?per_page=100")
        return frozenset(str(secret["name"]) for secret in found.secrets)


def _parsed_list(
    kind: type[BranchRule], found: tuple[dict[str, Any], ...], what: str
) -> tuple[BranchRule, ...]:
    known = [{key: each[key] for key in ("id", "name", "type") if key in each} for each in found]
    try:
        return tuple(TypeAdapter(kind).validate_python(each) for each in known)
    except ValidationError as error:
        raise Unavailable(f"{what}: an answer we do not understand") from error


def _explained(error: Refused) -> Refused:
    text = str(error)
    return Refused(f"{text.partition(': the token')[0]}: {_WHO_MAY}") if ": 403 " in text else error
