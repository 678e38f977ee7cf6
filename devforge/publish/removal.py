"""Plan to take one version out of the index for good. Yanking is gentler and a record's matter. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from devforge.model.names import ExtensionId
from devforge.model.release import ReleaseNote, Withdrawal
from devforge.model.versions import Version
from devforge.plan import Plan


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Mark the release noted in `note` as withdrawn; its files on GitHub stay the operator's to delete."""

    note: ReleaseNote
    withdrawal: Withdrawal

    @property
    def line(self) -> str:
        note = self.note
        return (
            f"withdraw {note.id} {note.version}  {note.digests}  because {self.withdrawal.reason}"
        )

    @property
    def marked(self) -> ReleaseNote:
        """The note as it is to be written."""
        return self.note.model_copy(update={"withdrawn": self.withdrawal})


def plan_removal(
    id: ExtensionId,
    version: Version,
    *,
    note: ReleaseNote | None,
    listed: int,
    withdrawal: Withdrawal,
) -> Plan[Withdraw]:
    """Return what removing a version changes, or why it is not done.

    Args:
        note: the release's note; None if the version was never released.
        listed: how many versions of the extension are in the index now.
    """
    title = f"remove {id} {version}"
    if note is None:
        return Plan(title, refusals=(f"{id} {version} was never released",))
    if note.withdrawn is not None:
        return Plan(title, notes=(f"gone     {id} {version} since {note.withdrawn.when[:10]}",))
    last = (f"last     {id} disappears from the index with this version",) if listed == 1 else ()
    kept = (f"keep     release {note.tag} and its tag: delete them by hand if the law asks for it",)
    return Plan(title, (Withdraw(note, withdrawal),), (*last, *kept))
