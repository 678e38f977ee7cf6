"""Reads what a home has to go back with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.back import Past
from devforge.updates.home import Home
from devforge.updates.installed import Record, State
from devforge.updates.verify import is_intact

if TYPE_CHECKING:
    from devforge.updates.known import Known


def read_past(
    home: Home, state: State, *, known: Known | None, platform: str, devforge: Version | None
) -> Past:
    """Return what is installed, what was, and which former versions are still here, whole."""

    def kept(id: ExtensionId, version: Version) -> Record | None:
        record = home.kept(id, version)
        fits = record and record.entry.platform in (None, platform)
        whole = fits and record and is_intact(home.root / record.entry.directory, record)
        return record if whole else None

    return Past(
        installed=state.by_id,
        events=home.history(),
        kept=kept,
        known=known,
        config=home.config(),
        devforge=devforge,
    )
