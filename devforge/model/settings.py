"""A repository's settings on GitHub, as far as this system depends on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from devforge.model.base import Foreign


class Owner(Foreign):
    """Whose repository it is; an organisation cannot approve anything itself."""

    id: int
    login: str
    type: str


class Switches(Foreign):
    """The repository's own switches. Merge methods are shown only to who may push."""

    owner: Owner
    default_branch: str
    private: bool
    archived: bool = False
    has_issues: bool
    has_discussions: bool = False
    allow_squash_merge: bool | None = None
    allow_merge_commit: bool | None = None
    allow_rebase_merge: bool | None = None
    delete_branch_on_merge: bool | None = None


class ActionsRules(Foreign):
    """Whether workflows run at all, and which actions they may use."""

    enabled: bool
    allowed_actions: str | None = None
    sha_pinning_required: bool = False


class SelectedActions(Foreign):
    """Which actions are allowed where not all are."""

    github_owned_allowed: bool = False
    verified_allowed: bool = False
    patterns_allowed: tuple[str, ...] = ()


class WorkflowToken(Foreign):
    """What the token of a workflow that asks for nothing may do."""

    default_workflow_permissions: str
    can_approve_pull_request_reviews: bool


class Label(Foreign):
    """A label of issues and pull requests."""

    name: str
    color: str
    description: str | None = None


class Ruleset(Foreign):
    """Rules for branches. `bypass_actors` are shown only to who may change them."""

    id: int
    name: str
    target: str = "branch"
    enforcement: str
    conditions: dict[str, Any] | None = None
    rules: tuple[dict[str, Any], ...] = ()
    bypass_actors: tuple[dict[str, Any], ...] = ()


class Pages(Foreign):
    """Where the site comes from: `workflow`, or a branch (`legacy`)."""

    build_type: str | None = None
    html_url: str | None = None


@dataclass(frozen=True, slots=True)
class BranchRule:
    """One pattern of branches that may use an environment."""

    id: int
    name: str
    type: str = "branch"


@dataclass(frozen=True, slots=True)
class EnvironmentRules:
    """Who may use an environment. `branches` is None where any branch may."""

    branches: tuple[BranchRule, ...] | None = None
    reviewers: tuple[tuple[str, int], ...] = ()  # ("User" or "Team", numeric id)
    wait_minutes: int = 0
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything observed of one repository."""

    switches: Switches
    actions: ActionsRules
    selected: SelectedActions | None
    token: WorkflowToken
    pages: Pages | None
    immutable_releases: bool
    private_reports: bool
    environments: dict[str, EnvironmentRules] = field(default_factory=dict)
    rulesets: tuple[Ruleset, ...] = ()
    labels: tuple[Label, ...] = ()
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Request:
    """One request that changes a setting; `path` is below the repository."""

    verb: str
    path: str
    body: dict[str, Any] | None = None
