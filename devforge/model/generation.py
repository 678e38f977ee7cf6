"""What is noted beside the index on the branch `index`: from what it was made, and until when it is signed."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from devforge.model.base import Strict
from devforge.model.digests import CommitSha

MADE_FROM = "made-from.json"  # on the branch `index`, beside the directory `index/`
SIGNED_UNTIL = "signed-until.json"  # beside it, too
FLOOR_PATH = "index/floor.json"  # on the branch `state`


class MadeFrom(Strict):
    """`made-from.json`."""

    schema_version: Literal[1] = 1
    registry: CommitSha
    state: CommitSha | None
    engine: str | None  # Git's id of the code that made it; None: not in this repository


class SignedUntil(Strict):
    """Until when the signature of one version of a role holds."""

    version: int
    expires: datetime


class SignedRoles(Strict):
    """`signed-until.json`: so that no run reads hundreds of bins to see that none is due yet.

    Whether it is right is seen by the job `watch`, which reads the bins themselves.
    """

    schema_version: Literal[1] = 1
    roles: dict[str, SignedUntil] = {}


class PublishedFloor(Strict):
    """`index/floor.json`: the highest versions ever published, should the branch `index` be lost."""

    schema_version: Literal[1] = 1
    generation: int
    timestamp: int
