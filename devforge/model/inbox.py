"""The operator's inbox: one issue, in which each job owns a section and edits no other. Pure.

A section is a heading and a list; one without lines is left out. The issue is found by its label and
by `MARK` in its text, and is closed while it is empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LABEL = "inbox"
TITLE = "Inbox: what waits for you"
MARK = "<!-- devforge:inbox -->"
_OPENING = "What waits for the operator. Jobs edit this text; settle a line where its link leads."
_SECTION = re.compile(
    r"<!-- devforge:inbox:(?P<name>[a-z-]+) -->\n(?P<text>.*?)<!-- /devforge:inbox -->\n", re.DOTALL
)


def with_section(body: str | None, name: str, heading: str, lines: Sequence[str]) -> str:
    """Return the inbox's text with `lines` as the whole of section `name`.

    Args:
        body: the issue's text as it is; None where there is no issue yet.
        name: the job's; lower-case letters and hyphens.
        lines: Markdown, each one line, without a bullet.
    """
    found = _SECTION.finditer((body or "").replace("\r\n", "\n"))
    sections = {match["name"]: match["text"] for match in found}
    items = "".join(f"- {line}\n" for line in lines)
    sections[name] = f"### {heading}\n\n{items}\n"
    if not lines:
        del sections[name]
    parts = [
        f"<!-- devforge:inbox:{key} -->\n{sections[key]}<!-- /devforge:inbox -->\n"
        for key in sorted(sections)
    ]
    return "\n".join([MARK, _OPENING, "", *(parts or ["Nothing.\n"])])


def is_empty(body: str) -> bool:
    """Whether nothing waits."""
    return _SECTION.search(body.replace("\r\n", "\n")) is None
