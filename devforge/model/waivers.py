"""Findings that somebody justified, and those a maintainer accepted."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from devforge.model.base import Strict, shape
from devforge.model.digests import Sha256
from devforge.model.texts import InnerPath, OneLine

RuleId = Annotated[
    str,
    shape(r"^[a-z0-9]+(-[a-z0-9]+)*$", "a rule's name, such as `open-port`", max_length=64),
]


class Justification(Strict):
    """`waivers` of the manifest: why a finding is right as it is. A maintainer still has to agree."""

    rule: RuleId
    """The rule's name, as the review's comment shows it."""
    path: InnerPath
    """The file it is about."""
    reason: Annotated[OneLine, Field(min_length=10, max_length=500)]
    """One sentence for the maintainer who reads it."""


class Accepted(Strict):
    """A finding a maintainer accepted: it stays accepted for this rule, place and code."""

    rule: RuleId
    at: Annotated[str, Field(max_length=4000)]
    code_sha256: Sha256  # of what the finding points at; other code is another finding
    reason: Annotated[str, Field(max_length=500)]
    by: Annotated[int, Field(gt=0)]  # the account's numeric id
    login: Annotated[str, Field(max_length=100)]
    when: AwareDatetime


class Acceptances(Strict):
    """`waivers/<developer>/<name>.json` on the state branch: all that was accepted of an extension."""

    accepted: Annotated[tuple[Accepted, ...], Field(max_length=2000)] = ()
