"""What an extension's changelog says of a version. Pure.

The words are a stranger's: each line comes out plain, with nothing in it that a terminal obeys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from devforge.model.escape import plain

NAMES = ("CHANGELOG.md", "CHANGES.md", "HISTORY.md", "NEWS.md", "CHANGELOG", "changelog.md")
_BYTES = 512 * 1024
_HEADING = re.compile(r"(?P<level>#{1,6})\s+(?P<title>.*)")
_BULLET = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(?P<text>.*)")
_LINES = 20


def changelog_in(files: Mapping[str, bytes]) -> str:
    """Return the text of a package's changelog; empty where it has none."""
    found = next((files[name] for name in NAMES if name in files), b"")
    return found[:_BYTES].decode("utf-8", "replace")


def changes_of(changelog: str, version: str) -> tuple[str, ...]:
    """Return what a changelog says of `version`, a line for each change; nothing where it says nothing.

    The section is the one whose heading holds the version; it ends at the next heading as high.
    """
    found: list[str] = []
    depth = 0
    named = re.compile(rf"(?<![\w.]){re.escape(version)}(?![\w.-]*\d)")
    for line in changelog.splitlines():
        heading = _HEADING.match(line)
        if heading and depth and len(heading["level"]) <= depth:
            break
        if heading and not depth and named.search(heading["title"]):
            depth = len(heading["level"])
        elif depth and line.strip() and not heading:
            bullet = _BULLET.match(line)
            if bullet or not found or not line.startswith((" ", "\t")):
                found.append(bullet["text"] if bullet else line.strip())
            else:  # the bullet goes on
                found[-1] += f" {line.strip()}"
    kept = [plain(line, 300) for line in found[:_LINES]]
    return (*kept, f"… and {len(found) - _LINES} more") if len(found) > _LINES else tuple(kept)
