"""Files that name dependencies and cannot be read. Pure."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator

from checks.dependencies.rules import UNREADABLE
from devforge.model.observed import SourceTree
from devforge.model.verdict import Finding


def check(tree: SourceTree) -> Iterator[Finding]:
    """Yield a finding for each of the root's package.json and pyproject.toml that does not parse."""
    for path, parse in (("package.json", json.loads), ("pyproject.toml", tomllib.loads)):
        file = tree.get(path)
        if file is None or file.mode == "symlink":
            continue
        try:
            parse(file.text.removeprefix("\ufeff"))
        except (ValueError, RecursionError) as error:
            yield UNREADABLE.finding(
                at=path,
                line=getattr(error, "lineno", None),
                problem=f"{path} cannot be read: {str(error)[:200]}",
                remedy="correct it; an editor or `npm pkg get` shows where it breaks",
            )
