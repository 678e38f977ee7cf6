"""Where a line stands in a file's patch: its position, and the hunk up to it. Pure."""

from __future__ import annotations

import re

_HEAD = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


def place_of(patch: str | None, line: int, side: str) -> tuple[int, str] | None:
    """Return the position (lines below the first hunk's head) and the hunk down to the line, or None.

    `side` is LEFT for lines that go and RIGHT for lines that come or stay.
    """
    old = new = 0
    hunk: list[str] = []
    for position, text in enumerate((patch or "").split("\n")):
        if head := _HEAD.match(text):
            old, new, hunk = int(head[1]), int(head[2]), [text]
            continue
        hunk.append(text)
        here = old if text.startswith("-") else new
        if here == line and (side == "LEFT") == text.startswith("-"):
            return position, "\n".join(hunk)
        old += text[:1] in ("-", " ")
        new += text[:1] in ("+", " ")
    return None
