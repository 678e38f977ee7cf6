"""What a Dev Forge user has: an index to trust, a home to install into, and a way back.

For Dev Forge itself: `devforge.updates.Updates`, described in docs/embedding.md.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from devforge.updates.api import Proposal, Report, Updates
    from devforge.updates.apply import Outcome, Progress
    from devforge.updates.installed import Installed
    from devforge.updates.news import News

__all__ = ["Installed", "News", "Outcome", "Progress", "Proposal", "Report", "Updates"]
_PLACES = {
    "Installed": "installed", "News": "news", "Outcome": "apply", "Progress": "apply",
    "Proposal": "api", "Report": "api", "Updates": "api",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: a command that needs a part of it starts faster."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"devforge.updates.{_PLACES[name]}"), name)
