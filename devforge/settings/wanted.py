"""What this system needs of a repository, and why. Pure data; the plan compares it with what is."""

from __future__ import annotations

from typing import Any

from devforge.model.policy import Policy
from devforge.settings.workflows import Named

STATUS = "devforge/review"
STATE_BRANCH = "state"
DOWNLOADS_BRANCH = "downloads"
INDEX_BRANCH = "index"  # never rewritten, so that no version of the signed index can fall
ACTIONS_APP_ID = 15368  # GitHub Actions itself: only a workflow can say that a review passed
_ADMIN_ROLE = 5
# Environments whose jobs move money or publish for good: a person approves each run.
APPROVED_BY_A_PERSON = frozenset({"payouts", "removal"})

# Secrets that only some registries need; the job that reads one says when it is missing.
OPTIONAL_SECRETS = frozenset(
    {
        "NPM_TOKEN",
        "PYPI_TOKEN",
        "OCI_PASSWORD",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "CLOUDFLARE_TOKEN",
        "WEBHOOKS",
    }
)

# name → colour, what it means. The review sets the first five on pull requests.
LABELS: dict[str, tuple[str, str]] = {
    "review: merge": ("0e8a16", "Passed: merged by the next run"),
    "review: wait": ("bfdadc", "Nothing is wrong: it is merged when a time of the policy is over"),
    "review: person": ("fbca04", "A maintainer must look before it is merged"),
    "review: mend": ("d93f0b", "The author's turn: the comment says what to mend"),
    "review: no verdict": ("c5def5", "A check gave no answer; tried again without the author"),
    "submit": ("1d76db", "Somebody asks to have an extension published"),
    "claim": ("5319e7", "Somebody says that a name is theirs"),
    "question": ("d876e3", "Somebody wants to know something"),
    "report": ("b60205", "Something is wrong with an extension"),
}
_PLAIN = ("ededed", "Used by an issue form")


def wanted_switches(policy: Policy) -> dict[str, bool]:
    """Return the repository's switches: everything a person can reach works, one way to merge."""
    return {
        "has_issues": True,
        "has_discussions": True,
        "allow_squash_merge": policy.review.method == "squash",
        "allow_merge_commit": policy.review.method == "merge",
        "allow_rebase_merge": False,
        "delete_branch_on_merge": True,
    }


def wanted_actions(named: Named) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return which actions may run: GitHub's own and those the workflows name, pinned by commit."""
    rules = {"enabled": True, "allowed_actions": "selected", "sha_pinning_required": True}
    selected = {
        "github_owned_allowed": True,
        "verified_allowed": False,
        "patterns_allowed": [f"{action}@*" for action in sorted(named.actions)],
    }
    return rules, selected


def wanted_token() -> dict[str, Any]:
    """Return what a workflow's token may do: read unasked, and open pull requests where it asks.

    GitHub has one switch for opening and approving. An approval by a workflow counts for nothing
    here: the review believes those of maintainers alone, by their numeric ids.
    """
    return {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": True}


def wanted_rulesets() -> tuple[dict[str, Any], ...]:
    """Return the branches' rules. Administrators may pass them: the operator is one.

    The workflow's token needs no way round: it merges only what carries the status it set.
    """
    check = {"context": STATUS, "integration_id": ACTIONS_APP_ID}
    parameters = {
        "required_status_checks": [check],
        "strict_required_status_checks_policy": False,  # the review compares trees, not ages
        "do_not_enforce_on_create": True,
    }
    required = {"type": "required_status_checks", "parameters": parameters}
    return (
        _ruleset("devforge: default branch", "~DEFAULT_BRANCH", required),
        _ruleset("devforge: state branch", f"refs/heads/{STATE_BRANCH}"),
        _ruleset("devforge: index branch", f"refs/heads/{INDEX_BRANCH}"),
        _ruleset("devforge: downloads branch", f"refs/heads/{DOWNLOADS_BRANCH}"),
    )


def wanted_labels(named: Named) -> dict[str, tuple[str, str]]:
    """Return every label that the review and the issue forms set."""
    return LABELS | {name: _PLAIN for name in sorted(named.labels) if name not in LABELS}


def _ruleset(name: str, branch: str, *rules: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": [branch], "exclude": []}},
        "rules": [{"type": "deletion"}, {"type": "non_fast_forward"}, *rules],
        "bypass_actors": [
            {"actor_id": _ADMIN_ROLE, "actor_type": "RepositoryRole", "bypass_mode": "always"}
        ],
    }
