"""The registry as a job finds it: its checkout as Git objects, and the jobs' memory."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from devforge.adapters.environment import Environment
from devforge.adapters.git import Objects
from devforge.adapters.registry import read_registry_tree
from devforge.adapters.state import State
from devforge.model.registry import Registry


class Clone:
    """A checkout of the registry and its `state` branch, fetched."""

    def __init__(self, environment: Environment, checkout: Path, stack: ExitStack) -> None:
        token = environment.token.get_secret_value() if environment.token else None
        self.objects = stack.enter_context(
            Objects(checkout, environment.server_url, origin=environment.repository, token=token)
        )
        self.state = State(checkout, self.objects.url("origin"), token=token)
        self.state.fetch()

    def registry(self) -> Registry:
        """Return the records of the commit that is checked out."""
        return read_registry_tree(self.objects, self.objects.resolve("HEAD", "commit"))
