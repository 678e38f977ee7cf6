"""What a run of `channels` compares, and what it may do: bring a version there, say something of it, delete it."""

from __future__ import annotations

from dataclasses import dataclass, field

from devforge.model.channels import Deliveries, Notice
from devforge.model.records import ChannelName
from devforge.model.release import ReleaseNote


@dataclass(frozen=True, slots=True)
class Out:
    """A released version: its note, the channels its extension asks for, and how far they came.

    `against`: why it is not offered any more; empty for what is.
    """

    note: ReleaseNote
    asked: tuple[ChannelName, ...]
    deliveries: Deliveries
    against: str = ""
    is_malicious: bool = False

    def is_on(self, channel: ChannelName) -> bool:
        """Whether it got there."""
        delivery = self.deliveries.channels.get(channel)
        return delivery is not None and delivery.state == "published"


@dataclass(frozen=True, slots=True)
class Deliver:
    """Bring one version to one channel. `newest`: no higher version that is no prerelease is out."""

    note: ReleaseNote = field(repr=False)
    channel: ChannelName
    reference: str
    deliveries: Deliveries = field(repr=False)
    newest: bool

    @property
    def line(self) -> str:
        note = self.note
        return f"deliver  {self.channel:<5} {note.id} {note.version}  as {self.reference}"


@dataclass(frozen=True, slots=True)
class Tell:
    """Have a channel say what stands against a version that is there, or that nothing does any more."""

    note: ReleaseNote = field(repr=False)
    channel: ChannelName
    deliveries: Deliveries = field(repr=False)
    notice: Notice

    @property
    def line(self) -> str:
        verb, notice = "withdraw" if self.notice.against else "restore ", self.notice
        tags = "".join(f"  {tag} is {version}" for tag, version in notice.tags.items())
        why = f"  {notice.against}" if notice.against else ""
        return f"{verb} {self.channel:<5} {self.note.id} {self.note.version}{tags}{why}"


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete from a channel whatever copies it has of a version that was called malicious."""

    note: ReleaseNote = field(repr=False)
    channel: ChannelName
    deliveries: Deliveries = field(repr=False)
    against: str

    @property
    def line(self) -> str:
        return f"remove   {self.channel:<5} {self.note.id} {self.note.version}  {self.against}"


Change = Deliver | Tell | Remove
