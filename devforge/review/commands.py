"""Reads commands out of a comment: `/approve`, `/reject reason`, `/waive rule reason` and so on. Pure.

A command stands alone at the start of a line, outside code, quotes and HTML comments. Whatever is
not a command is nobody's business: it is neither read further nor answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import get_args

from devforge.model.orders import CommandName

NAMES: tuple[CommandName, ...] = get_args(CommandName)
_LONGEST = 65_536  # GitHub takes no longer comment
_MOST = 20  # commands of one comment
_LINE = re.compile(r"/([A-Za-z][A-Za-z-]{1,15})(?:[ \t]+(.*))?", re.DOTALL)
_WAIT = re.compile(r"(?:please,? )?wait\b(?!-)", re.IGNORECASE)
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_SHA = re.compile(r"[0-9a-f]{7,40}", re.ASCII)
_RULE = re.compile(r"`?([a-z0-9]+(?:-[a-z0-9]+)*)`?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Command:
    """One command as it was written; `sha` is the commit it names, or nothing."""

    name: CommandName
    rule: str = ""
    reason: str = ""
    sha: str = ""
    is_word: bool = False  # the single word `wait`, which only a maintainer's comment means


@dataclass(frozen=True, slots=True)
class Unclear:
    """A line that was meant as a command and is none: what is wrong with it."""

    problem: str


def read_commands(body: str) -> tuple[Command | Unclear, ...]:
    """Return the commands of a comment in their order, at most twenty."""
    found: list[Command | Unclear] = []
    for line in _spoken(body):
        command = _command(line)
        if command is not None:
            found.append(command)
        if len(found) == _MOST:
            break
    return tuple(found)


def _spoken(body: str) -> Iterator[str]:
    """The lines that are their writer's own words: not quoted, not code, not invisible."""
    # Only what GitHub breaks lines at: a quoted line must not end at a character nobody sees.
    text = body[:_LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    fence = ""
    # A comment that stands in a line takes the line with it: what follows it did not begin there.
    for line in _HTML_COMMENT.sub(lambda found: "\0" + "\n\0" * found[0].count("\n"), text).split(
        "\n"
    ):
        opened = _FENCE.match(line)
        if fence:
            rest = line.strip()
            if opened and opened[1].startswith(fence) and not rest.strip(fence[0]):
                fence = ""
        elif opened:
            fence = opened[1]
        elif line and line[0] in "/wWpP":
            yield line.rstrip()


def _command(line: str) -> Command | Unclear | None:
    if _WAIT.match(line):
        return Command("hold", reason=_cut(line), is_word=True)
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    word, rest = match[1].lower(), (match[2] or "").strip()
    if word not in NAMES:
        near = get_close_matches(word, NAMES, n=1, cutoff=0.75)
        return Unclear(f"/{word} is no command; /{near[0]} is") if near else None
    return _filled(next(name for name in NAMES if name == word), rest)


def _filled(name: CommandName, rest: str) -> Command | Unclear:
    """The command with its arguments, or what is wrong with them."""
    if name == "hold":
        return Command(name, reason=_cut(rest))
    if name in ("waive", "explain"):
        first, rest = _halved(rest)
        rule = _RULE.fullmatch(first)
        if rule is None:
            return Unclear(f"/{name} needs the name of a rule")
        return _with_reason(name, rest, rule[1])
    return _with_reason(name, rest)


def _with_reason(name: CommandName, rest: str, rule: str = "") -> Command | Unclear:
    """A commit may be named first; then follows a reason, where the command has one."""
    sha, reason = _sha_of(rest)
    if name in ("reject", "waive"):
        if not reason:
            return Unclear(f"/{name} needs a reason: people read it later")
    elif reason:
        # `/approve once the tests are there` must not approve anything now.
        return Unclear(f"/{name} stands alone on its line; other words go into another line")
    return Command(name, rule=rule, reason=_cut(reason), sha=sha)


def _sha_of(text: str) -> tuple[str, str]:
    """The commit named in front, and what follows it."""
    first, rest = _halved(text)
    return (first.lower(), rest) if _SHA.fullmatch(first.lower()) else ("", text)


def _halved(text: str) -> tuple[str, str]:
    parts = [*text.split(maxsplit=1), "", ""]
    return parts[0], parts[1]


def _cut(text: str) -> str:
    return " ".join(text.split())[:500]
