"""What is wrong and only a person can mend, because no API offers it: each click by its name. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from devforge.model.policy import Policy
from devforge.model.sayings import closest
from devforge.model.settings import Settings
from devforge.settings.wanted import APPROVED_BY_A_PERSON, OPTIONAL_SECRETS
from devforge.settings.workflows import Named


def clicks(
    repository: str,
    page: str,
    settings: Settings,
    named: Named,
    policy: Policy,
    rules: Collection[str],
) -> Iterator[str]:
    """Yield one sentence for each thing, with the page it is done on."""
    owner = settings.switches.owner
    if not policy.maintainers:
        me = f"[{{login: {owner.login}, id: {owner.id}}}]" if owner.type == "User" else "yourself"
        yield f"nobody can approve a submission: set maintainers: {me} in registry/policy.yaml"
    for rule in sorted(set(policy.review.severities) - set(rules)):
        near = closest(rule, sorted(rules))
        remedy = f"write {near}" if near else "remove it"
        yield f"the review has no rule {rule}: {remedy} in review.severities of registry/policy.yaml"
    yield from _secrets(repository, settings, named)
    for name in sorted(named.environments & APPROVED_BY_A_PERSON):
        held = settings.environments.get(name)
        if owner.type != "User" and not (held and held.reviewers):
            yield (
                f"nobody approves the environment {name}: "
                f"{page}/settings/environments → {name} → Required reviewers → add yourself"
            )


def _secrets(repository: str, settings: Settings, named: Named) -> Iterator[str]:
    """Yield each secret that is missing, or is where every workflow could ask for it."""
    for secret in sorted(named.secrets - OPTIONAL_SECRETS):
        place = named.kept_in.get(secret)
        held = settings.environments.get(place) if place else None
        option = f" --env {place}" if place else ""
        if not (held and secret in held.secrets) and (place or secret not in settings.secrets):
            yield f"the secret {secret} is missing: gh secret set {secret}{option} --repo {repository}"
        if place and secret in settings.secrets:
            yield (
                f"the secret {secret} can be asked for by every workflow, and {place} alone needs it: "
                f"gh secret delete {secret} --repo {repository}"
            )
