"""What names exactly one thing: commits, contents, accounts."""

from __future__ import annotations

from typing import Annotated

from devforge.model.base import shape

CommitSha = Annotated[
    str,
    shape(
        r"^[0-9a-f]{40}$",
        "a full commit id as `git rev-parse` prints it, 40 lower-case hexadecimal digits",
    ),
]
Sha256 = Annotated[
    str, shape(r"^[0-9a-f]{64}$", "a SHA-256 digest, 64 lower-case hexadecimal digits")
]
NumericId = Annotated[int, "GitHub's numeric id of a user or repository; always positive"]
