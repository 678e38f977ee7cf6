"""The page of a rule: what it asks, why, how grave it is, how to mend it, one good and one bad example.

Pure. The terminal (`devforge explain`) and the site show the same page; the examples are those that
the tests hold the rule to.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from checks import CHECKS
from checks.mending import MEND
from checks.protocol import Check, Rule
from devforge.model.reviewing import CheckName, Severity

SEVERITIES: dict[Severity, str] = {
    "block": "must be mended before anything is merged",
    "person": "is looked at by a maintainer before anything is merged",
    "warn": "lowers the score and stops nothing by itself",
    "info": "is only mentioned",
}
_FILLERS = {  # what the tests put there: a scanner of secrets reads their examples too
    "long": "(very long)",
    "key": "(a private key)",
    "ghp": "(a token of GitHub)",
    "npm": "(a token of npm)",
    "aws": "(a key of AWS)",
}
_FILLER = re.compile(f"(?:<({'|'.join(_FILLERS)})>)+")
_LINES = 14
_WIDTH = 90
Examples = Callable[[CheckName, str], Mapping[str, list[dict[str, Any]]] | None]


@dataclass(frozen=True, slots=True)
class RuleExample:
    """One example: its name, and file → text, or what stands in a file's place."""

    name: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RulePage:
    """A rule as people read it."""

    rule: Rule
    check: CheckName
    mend: str
    good: RuleExample | None = None
    bad: RuleExample | None = None

    @property
    def severity(self) -> str:
        """What happens to what breaks it, as a sentence without its subject."""
        return SEVERITIES[self.rule.severity]


def rule_pages(examples: Examples) -> tuple[RulePage, ...]:
    """Return the page of every rule, in the order of the checks.

    Args:
        examples: gives what the file of a check's rule holds: `good` and `bad` examples, or None.
    """
    return tuple(
        _page(check, rule, examples(check.NAME, rule.id))
        for check in CHECKS
        for rule in check.RULES
    )


def nearest_rules(name: str) -> tuple[str, ...]:
    """Return the ids that whoever wrote `name` may have meant, the likeliest first."""
    ids = [rule.id for check in CHECKS for rule in check.RULES]
    lower = name.lower().replace("_", "-").replace(" ", "-")
    within = [id for id in ids if lower and (lower in id or id in lower)]
    return tuple(dict.fromkeys([*within, *difflib.get_close_matches(lower, ids, 3, 0.5)]))[:3]


def render_page(page: RulePage) -> str:
    """Return the page as plain text."""
    rule = page.rule
    parts = [
        f"{rule.id}: {rule.title}\n\n{rule.why}",
        f"What breaks it {page.severity}. It belongs to the check `{page.check}`.",
        f"To mend it: {page.mend}",
        *(_shown("Wrong", page.bad) if page.bad else ()),
        *(_shown("Right", page.good) if page.good else ()),
    ]
    return "\n\n".join(parts) + "\n"


def render_list() -> str:
    """Return every rule by check, one to a line."""
    width = max(len(rule.id) for check in CHECKS for rule in check.RULES)
    parts = []
    for check in CHECKS:
        lines = [f"  {r.id:<{width}}  {r.severity:<6}  {r.title}" for r in check.RULES]
        parts.append("\n".join([check.NAME, *lines]))
    return "\n\n".join(parts) + "\n"


def _page(check: Check, rule: Rule, found: Mapping[str, list[dict[str, Any]]] | None) -> RulePage:
    said = found or {}
    return RulePage(
        rule,
        check.NAME,
        MEND[rule.id],
        _example(said.get("good", [])),
        _example(said.get("bad", [])),
    )


def _example(raw: list[dict[str, Any]]) -> RuleExample | None:
    """The first that a reader can see whole, as the plainest stand first; or else the shortest."""
    seen = [one for one in (RuleExample(str(one["name"]), _files(one)) for one in raw) if one.files]
    whole = (one for one in seen if sum(map(_height, one.files.values())) <= _LINES)
    return next(whole, min(seen, key=lambda one: sum(map(len, one.files.values())), default=None))


def _height(text: str) -> int:
    return sum(1 + len(line) // _WIDTH for line in text.splitlines())


def _files(raw: Mapping[str, Any]) -> dict[str, str]:
    manifest = raw.get("manifest", {})
    files = {"devforge.yaml": "".join(_lines_of(manifest))} if manifest else {}
    return files | {str(path): _content(value) for path, value in raw.get("files", {}).items()}


def _lines_of(manifest: Mapping[str, Any], indent: str = "") -> list[str]:
    lines = []
    for key, value in manifest.items():
        if isinstance(value, dict):
            lines += [f"{indent}{key}:\n", *_lines_of(value, f"{indent}  ")]
        elif isinstance(value, list):
            lines += [f"{indent}{key}: [{', '.join(map(str, value))}]\n"]
        else:
            lines += [f"{indent}{key}: {value}\n"]
    return lines


def _content(value: Any) -> str:
    if value is None:
        return "(there is no such file)"
    if isinstance(value, str):
        return _FILLER.sub(lambda found: _FILLERS[found[1]], value)
    if "text" in value and value.get("mode") in ("symlink", "submodule"):
        return f"({value['mode']} to {value['text']})"
    return str(value["text"]) if "text" in value else "(bytes that are no text)"


def _shown(word: str, example: RuleExample) -> list[str]:
    parts = [f"{word}: {example.name}"]
    for path, text in example.files.items():
        lines = text.splitlines()
        more = [f"… and {len(lines) - _LINES} more lines"] if len(lines) > _LINES else []
        body = "\n".join(f"      {visible(line)}".rstrip() for line in [*lines[:_LINES], *more])
        parts.append(f"    {path}\n{body}")
    return parts


def visible(text: str) -> str:
    """Return `text` with escapes for what cannot be seen; line ends stay."""
    return "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text
    )
