"""Fetches what an extension's tests need, by the ordinary clients, and runs nothing of it."""

from devforge.adapters.dependencies.fetching import Unresolvable
from devforge.adapters.dependencies.node_modules import fetch_node_modules
from devforge.adapters.dependencies.wheels import fetch_wheels

__all__ = ["Unresolvable", "fetch_node_modules", "fetch_wheels"]
