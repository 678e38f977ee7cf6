"""What goes to the channels beside GitHub Releases, and what the `state` branch remembers of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from devforge.model.base import Strict
from devforge.model.digests import Sha256
from devforge.model.platforms import Name
from devforge.model.records import ChannelName
from devforge.model.version_note import VersionNote

CHANNELS: tuple[ChannelName, ...] = ("npm", "pypi", "oci", "s3")


@dataclass(frozen=True, slots=True)
class Carrier:
    """One file to publish, under the name and version that its channel knows it by."""

    name: str
    version: str
    file: str
    content: bytes
    platform: Name | None = None
    parts: tuple[
        Carrier, ...
    ] = ()  # what a list of packages by platform, which has no content, names
    about: Mapping[str, str] = field(default_factory=dict)  # what the channel's page says of it

    @property
    def sha256(self) -> str:
        """The content's hash, in hexadecimal."""
        named = "".join(f"{part.sha256}\n" for part in self.parts).encode()
        return hashlib.sha256(self.content or named).hexdigest()


@dataclass(frozen=True, slots=True)
class Notice:
    """What a channel should say of a version: what stands against it, if anything, and which tags are whose."""

    name: str
    version: str
    against: str
    tags: Mapping[str, str] = field(default_factory=dict)  # a tag that must be right → its version


@dataclass(frozen=True, slots=True)
class Copy:
    """A file of ours on a channel, as a release's note names it. A list of packages has no hash."""

    name: str
    version: str
    sha256: str | None


class Delivery(Strict):
    """How far one channel came.

    `published`: it is there, read back, and is what we sent. `failed`: tried again after `due`.
    `refused`: the channel holds other bytes under this name, or said no; a person must look.
    `removed`: it was called malicious, and no copy is left.

    What stands against a published version is told there, too: `against` is what was told last, and
    `reason`, `attempts` and `due` of a published one are about the telling, or the removing.
    """

    state: Literal["published", "failed", "refused", "removed"]
    when: AwareDatetime
    reference: Annotated[str, Field(max_length=400)] = ""  # what it is called there
    sha256: Sha256 | None = None  # of the file that was sent
    attempts: Annotated[int, Field(ge=0)] = 0
    reason: Annotated[str, Field(max_length=1000)] = ""
    due: AwareDatetime | None = None
    against: Annotated[str, Field(max_length=400)] = ""


class Deliveries(VersionNote):
    """`channels/<developer>/<name>/<version>.json`, written by the job `channels` alone."""

    FOLDER = "channels"

    channels: dict[ChannelName, Delivery] = {}

    def with_one(self, channel: ChannelName, delivery: Delivery) -> Deliveries:
        """Return these with `channel` as it is now."""
        return self.model_copy(update={"channels": {**self.channels, channel: delivery}})

    def waits(self, channel: ChannelName, now: datetime) -> Delivery | None:
        """Return why nothing is to be done on `channel` now; None if something is."""
        delivery = self.channels.get(channel)
        if delivery is None or delivery.state == "removed":
            return None
        if delivery.state == "failed" and (delivery.due is None or delivery.due <= now):
            return None
        return delivery
