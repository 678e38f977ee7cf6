"""What is remembered of telling people about a release, on the `state` branch."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from devforge.model.base import Strict
from devforge.model.version_note import VersionNote

DISCUSSION = "discussion"  # what the Discussion is called among the places that are told


class Telling(Strict):
    """How far telling one place came.

    `told`: it knows. `failed`: it was not reached, tried again after `due`. `unsure`: it was reached and
    did not answer; telling it again might tell it twice. `refused`: it said no.
    """

    state: Literal["told", "failed", "unsure", "refused"]
    when: AwareDatetime
    attempts: Annotated[int, Field(ge=0)] = 0
    reason: Annotated[str, Field(max_length=300)] = ""
    due: AwareDatetime | None = None
    url: Annotated[str, Field(max_length=300)] = ""


class Announcement(VersionNote):
    """`announcements/<developer>/<name>/<version>.json`, written by the job `announce` alone."""

    FOLDER = "announcements"

    places: dict[str, Telling] = {}

    def with_one(self, place: str, telling: Telling) -> Announcement:
        """Return this with `place` as it is now."""
        return self.model_copy(update={"places": {**self.places, place: telling}})
