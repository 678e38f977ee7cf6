"""Decides what it takes for Dev Forge to load an extension, or not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from devforge.errors import BadInput, Refused
from devforge.model.names import ExtensionId
from devforge.plan import Plan
from devforge.updates.acts import Change, Disable, Enable
from devforge.updates.admission import is_malicious
from devforge.updates.installed import Installed
from devforge.updates.similar import not_installed

if TYPE_CHECKING:
    from devforge.updates.known import Known


def plan_switch(
    id: ExtensionId,
    *,
    installed: Mapping[ExtensionId, Installed],
    known: Known | None,
    enabled: bool,
) -> Plan[Change]:
    """Return what switching an extension on or off would do; `known` is None where it is damaged.

    Raises:
        BadInput: it is not installed.
        Refused: the registry calls it malicious, or it is not known whether it does.
    """
    entry = installed.get(id)
    if entry is None:
        raise BadInput(not_installed(id, installed))
    if entry.enabled == enabled:
        return Plan("enable", ())
    if not enabled:
        return Plan("enable", (Disable(id, entry.version, "switched off by you"),))
    if known is None:
        why = "known.json is damaged, so it is not known to be safe"
        raise Refused(f"{entry.label} stays disabled; {why}")
    if listed := is_malicious(known.lists, id, entry.version):
        raise Refused(
            f"{entry.label} stays disabled; the registry calls it malicious: {listed.reason}"
        )
    return Plan("enable", (Enable(id, entry.version),))
