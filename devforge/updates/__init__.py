"""What a Dev Forge user has: an index to trust, a home to install into, and a way back.

For Dev Forge itself: `devforge.updates.Updates`, described in docs/embedding.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from devforge.updates.api import Proposal, Report, Updates
    from devforge.updates.apply import Outcome

__all__ = ["Outcome", "Proposal", "Report", "Updates"]


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: a command that needs a part of it starts faster."""
    if name in ("Proposal", "Report", "Updates"):
        from devforge.updates import api  # noqa: PLC0415

        return getattr(api, name)
    if name == "Outcome":
        from devforge.updates.apply import Outcome  # noqa: PLC0415

        return Outcome
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
