"""Who controls a repository, or the name of an account: read from the claims they publish.

A claim is read from the default branch by Git, which follows no redirect: what stands at an
address is what its owner put there today, not what somebody who had the name before left behind.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from devforge.adapters.git import Objects
from devforge.adapters.github import GitHub
from devforge.errors import BadInput, DevForgeError
from devforge.model.change import Namesake, Proposed, RepositoryFact
from devforge.model.claim import CLAIM_BYTES, FILE, SPOKESMAN, Claim
from devforge.model.names import RepositoryUrl
from devforge.model.reading import read_record

_LOG = logging.getLogger(__name__)
_FETCH_BYTES = 100 << 20


def with_namesake(change: Proposed, github: GitHub, server_url: str) -> Proposed:
    """Return `change` with whoever has a new developer's name on GitHub, and what they claim.

    Costs one request, and none where the author's own login is the name.
    """
    name, new = change.subject.developer, change.new_developer
    if name is None or new is None or change.old_developer is not None:
        return change
    if change.author is not None and change.author.login.lower() == name:
        return change
    account = github.account_named(name)
    if account is None:
        return change
    namesake = Namesake(account.id, account.login, account.type)
    if namesake.id in new.member_ids:
        return replace(change, namesake=namesake)
    claims = read_claims(server_url, [RepositoryUrl(account.login, SPOKESMAN)])
    return replace(change, namesake=namesake, claims=claims)


def with_control(change: Proposed, server_url: str) -> Proposed:
    """Return `change` with what a new extension's repository claims, where its owner is no member."""
    identity, fact = change.subject.extension, change.repository
    if identity is None or change.old_extension or not isinstance(fact, RepositoryFact):
        return change
    developer = change.developers.get(identity.developer)
    if developer is None or fact.owner in developer.member_ids:
        return change
    owner, _, name = fact.full_name.partition("/")
    places = [RepositoryUrl(owner, name), RepositoryUrl(owner, SPOKESMAN)]
    return replace(change, claims=read_claims(server_url, places))


def read_claims(server_url: str, repositories: Iterable[RepositoryUrl]) -> tuple[Claim, ...]:
    """Return the claims of `repositories`; one that cannot be read claims nothing."""
    return tuple(claim for each in repositories if (claim := _claim(server_url, each)) is not None)


def _claim(server_url: str, repository: RepositoryUrl) -> Claim | None:
    with tempfile.TemporaryDirectory(prefix="devforge-claim-") as scratch:
        try:
            with Objects(Path(scratch), server_url) as objects:
                tip = objects.remote_refs(repository, "HEAD").get("HEAD")
                if tip is None:
                    return None
                objects.fetch(repository, tip, depth=1, limit_bytes=_FETCH_BYTES)
                content = objects.read(tip, FILE, limit_bytes=CLAIM_BYTES)
            return None if content is None else read_record(content, Claim, file=FILE)
        except BadInput as error:  # no repository, or no claim that anybody could read
            _LOG.info("%s claims nothing: %s", repository, error)
        except DevForgeError as error:
            _LOG.warning("%s: %s", repository, error)
    return None
