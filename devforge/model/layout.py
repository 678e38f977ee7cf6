"""Where each record lives below `registry/`, and what a path there must look like. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from devforge.model.names import ExtensionId
from devforge.model.plaintext import shorten
from devforge.model.problem import Problem
from devforge.model.versions import Version

ROOT = "registry"
POLICY, DEVELOPERS, EXTENSIONS = "policy.yaml", "developers", "extensions"
ADVISORIES, KNOWLEDGE, TRUST = "advisories", "knowledge", "trust"
_MAP = (
    "policy.yaml, developers/<developer>.yaml, extensions/<developer>/<name>/extension.yaml, "
    "extensions/<developer>/<name>/versions/<version>.yaml, advisories/<id>.yaml or "
    "knowledge/<article>.md"
)
Kind = Literal["policy", "developer", "extension", "advisory", "article", "trust"]


@dataclass(frozen=True, slots=True)
class Location:
    """What a file of the registry belongs to; `unit` is the path that is read as one piece."""

    kind: Kind
    unit: str


def locate(path: str) -> Location | None:
    """Return what the file at `path` (below `registry/`) belongs to; None if nothing belongs there.

    Anything inside an extension's directory belongs to that extension, rightly or not.
    """
    match path.split("/"):
        case ["policy.yaml"]:
            return Location("policy", POLICY)
        case ["developers" | "advisories" as directory, file] if file.endswith(".yaml"):
            return Location("developer" if directory == DEVELOPERS else "advisory", path)
        case ["extensions", developer, name, _, *_]:
            return Location("extension", f"{EXTENSIONS}/{developer}/{name}")
        case ["trust", _, *_] | ["root.json"]:  # signed by hand; `devforge keys` looks after it
            return Location("trust", TRUST)
        case [*above, file] if _is_article(above, file):
            return Location("article", path)
    return None


def _is_article(above: list[str], file: str) -> bool:
    if above[:1] == [KNOWLEDGE] and file.endswith(".md"):
        return True
    return len(above) < 2 and file in ("README.md", ".gitkeep")


def divide(paths: Iterable[str]) -> tuple[dict[Location, list[str]], list[Problem]]:
    """Return the paths of every record, by unit and in order; a problem for each that is none.

    The policy, articles and the trust are records of their own kind, and not in the answer.
    """
    units: dict[Location, list[str]] = {}
    problems: list[Problem] = []
    for path in paths:
        location = locate(path)
        if location and location.kind in ("developer", "extension", "advisory"):
            units.setdefault(location, []).append(path)
        elif location is None:
            problems.append(_misplaced(path))
    return units, problems


def _misplaced(path: str) -> Problem:
    """Return the problem of a file that no job would ever read."""
    at = f"{ROOT}/{shorten(path, 200)}"
    return Problem(at, "is where no record belongs", f"move or remove it; records are {_MAP}")


def version_at(path: str, root: str) -> tuple[ExtensionId, Version] | None:
    """Parse `<developer>/<name>/[versions/]<version>.yaml|json` below `root`; anything else is no version."""
    parts = [part for part in path.removeprefix(root).split("/") if part != "versions"]
    if len(parts) != 3:
        return None
    try:
        version = Version.parse(parts[2].removesuffix(".yaml").removesuffix(".json"))
        return ExtensionId.parse(f"{parts[0]}.{parts[1]}"), version
    except ValueError:
        return None
