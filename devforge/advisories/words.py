"""What people read when an advisory is about a version that is out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from devforge.advisories.standing import Out
from devforge.model.components import Vulnerability
from devforge.model.names import ExtensionId

_REASON = 280
_ROWS = 50


def issue_mark(id: ExtensionId) -> str:
    """What the issue of an extension is found by."""
    return f"<!-- devforge:advisory:{id} -->"


def issue_title(newest: Out) -> str:
    """Return the title of an extension's issue."""
    return f"{newest.id} {newest.version}: an advisory is about it, or about what it uses"


def reason_of(one: Out, ids: Sequence[str]) -> str:
    """Return the sentence that users read in the place of the version."""
    own = next((own for own in one.own if own.id in ids), None)
    if own is not None:
        return _cut(f"{own.id}: {_plain(own.summary) or 'this version should not be used'}")
    hit = next(v for v in one.found if v.id in ids)
    malicious = hit.severity == "malicious"
    bad = "which is malicious" if malicious else "which has a known vulnerability"
    return _cut(f"It uses {_plain(hit.name)} {_plain(hit.version)}, {bad} ({_plain(hit.id)}).")


def issue_body(
    newest: Out, against: Iterable[Vulnerability], members: Sequence[str], *, taken_back: bool
) -> str:
    """Return the whole text of an extension's issue; the same facts give the same bytes."""
    who = " ".join(f"@{login}" for login in members)
    rows = [*_own_rows(newest), *(_row(v) for v in against)]
    more = len(rows) - _ROWS
    fate = (
        f"Version {newest.version} is no longer offered, and those who have it are told."
        if taken_back
        else f"Version {newest.version} is still offered; a new version with this in it would be sent back."
    )
    return "\n".join(
        [
            issue_mark(newest.id),
            f"{who} this is about your extension **{newest.id}**." if who else f"This is about **{newest.id}**.",
            "",
            fate,
            "",
            "| what | known | how bad | what to do |",
            "|---|---|---|---|",
            *rows[:_ROWS],
            *([f"| and {more} more | | | |"] if more > 0 else []),
            "",
            (f"Publish a version above {newest.version} in which this is mended, as you publish any other. "
            "This issue is kept up to date by itself, and closes once your newest version is clean."),
            ("If one of these is wrong, or cannot happen in your extension, answer here in one sentence: "
            "a person reads it."),
            "",
        ]
    )  # fmt: skip


def _own_rows(newest: Out) -> list[str]:
    return [
        f"| {_code(str(newest.id))} {newest.version} | {_code(own.id)} {_code(own.summary)} "
        "| named by this marketplace | publish a version without it |"
        for own in newest.own
    ]


def _row(hit: Vulnerability) -> str:
    if hit.severity == "malicious":
        do = f"remove {_code(hit.name)}"
    elif hit.fixed:
        do = f"raise {_code(hit.name)} to {_code(hit.fixed[0])} in {_code(hit.source.partition(': ')[0])}"
    else:
        do = f"replace {_code(hit.name)}: nothing mends it yet"
    known = _code(hit.id) + (f" {_code(hit.summary)}" if hit.summary else "")
    return f"| {_code(f'{hit.name} {hit.version}')} | {known} | {hit.severity} | {do} |"


def _code(text: str) -> str:
    """A stranger's text where Markdown means nothing: no link, no mention, no column."""
    plain = _plain(text).replace("`", "'").replace("|", "/")
    return f"`{plain}`" if plain else ""


def _plain(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(r"\s+", " ", shown).strip()


def _cut(text: str) -> str:
    return text if len(text) <= _REASON else f"{text[: _REASON - 1]}…"
