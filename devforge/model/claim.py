"""`.devforge/claim.yaml`: what a repository says of who may publish under its owner's name."""

from __future__ import annotations

from devforge.model.base import Strict
from devforge.model.records import DeveloperName, PositiveId

FILE = ".devforge/claim.yaml"
# The repository in which an account or organisation speaks for itself, not for one project.
SPOKESMAN = ".github"
CLAIM_BYTES = 4096


class Claim(Strict):
    """Whoever can put this on the default branch controls the repository, and lends it a voice."""

    developer: DeveloperName
    """The developer name, as in `registry/developers/<developer>.yaml`."""
    account: PositiveId
    """The numeric id of the account that may register it and submit from here."""
