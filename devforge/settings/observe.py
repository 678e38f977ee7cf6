"""What is on GitHub, what the checkout's workflows name, and what the operator's policy says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from checks import CHECKS
from devforge.adapters.policy import load_policy
from devforge.adapters.registry_directory import read_file, walk
from devforge.adapters.settings import SettingsOnGitHub
from devforge.errors import BadInput
from devforge.model.policy import Policy
from devforge.model.problem import Problem
from devforge.model.reading import BadRecord
from devforge.model.settings import Settings
from devforge.settings.workflows import Named, read_named

_LIMIT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Observed:
    """Everything the plan is made from."""

    settings: Settings
    named: Named
    policy: Policy
    rules: frozenset[str]  # ids of the review's rules, which the policy may turn up or down


def observe_settings(github: SettingsOnGitHub, checkout: Path) -> Observed:
    """Return the repository's settings beside the needs of the checkout of it.

    Raises:
        BadInput: the checkout is none of this system, or a file of it cannot be read.
        Refused: the token may not look at the settings.
    """
    directory = checkout / ".github"
    if not directory.is_dir():
        raise BadInput(f"{checkout} has no .github/: name the checkout of your registry")
    files = {f".github/{path}": _content(directory / path) for path in walk(directory)}
    named, policy = read_named(files), load_policy(checkout / "registry/policy.yaml")
    rules = frozenset(rule.id for check in CHECKS for rule in check.RULES)
    return Observed(github.settings(), named, policy, rules)


def _content(path: Path) -> bytes:
    found = read_file(path, str(path), limit_bytes=_LIMIT_BYTES)
    if isinstance(found, Problem):
        raise BadRecord((found,), file=str(path))
    return found
