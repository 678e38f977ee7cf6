"""Keeps one section of the operator's inbox as it should be. See `devforge/model/inbox.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from devforge.adapters.issues import Issues
from devforge.model import inbox


def tell_operator(issues: Issues, section: str, heading: str, lines: Sequence[str]) -> bool:
    """Make `section` hold exactly `lines`; return whether anything had to be changed.

    The issue is opened when the first line comes, and closed when nothing is left in it.
    """
    marked = [i for i in issues.labelled(inbox.LABEL) if i.text.startswith(inbox.MARK)]
    there = min(marked, key=lambda issue: (issue.state != "open", issue.number), default=None)
    body = inbox.with_section(there.text if there else None, section, heading, lines)
    state: Literal["open", "closed"] = "closed" if inbox.is_empty(body) else "open"
    if there is None:
        if lines:
            issues.open(inbox.TITLE, body, inbox.LABEL)
        return bool(lines)
    if (there.text.strip(), there.state) == (body.strip(), state):
        return False
    issues.edit(there.number, inbox.TITLE, body, state)
    return True
