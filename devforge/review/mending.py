"""What of a review's findings can be mended without knowing what its author means. Pure.

Only words about the code change, never code: declarations, the manifest's missing fields, a licence's
text, a heading in the changelog. Nothing is removed. A manifest is edited as text, so that comments
and order stay, and read again: an edit that does anything but what it was made for is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from devforge.model.manifest import FILE, Manifest
from devforge.model.observed import SourceTree
from devforge.model.policy import Policy
from devforge.model.reading import BadRecord, read_record
from devforge.model.verdict import Finding, Report

_POWER = r"`[a-z]+(?::[^`<>\s]+)?`"
_DECLARES = re.compile(rf"add ({_POWER}(?: and {_POWER})*) to permissions")
_ENDS = re.compile(r"add `(<\d+)`")
_LANGUAGES = {
    ".py": "python", ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript",
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript",
}  # fmt: skip
_VERSION_HEADING = re.compile(r"^## ", re.MULTILINE)
Edit = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Mend:
    """One file as it is (None: not there) and as it would be; `what` says each thing that was done.

    One that `asks` gives the extension more power: its author says yes first.
    """

    path: str
    old: str | None
    new: str
    what: tuple[str, ...]
    asks: bool = False


def plan_mending(
    tree: SourceTree, report: Report, policy: Policy, *, licence: Callable[[str], str | None]
) -> tuple[Mend, ...]:
    """Return what can be mended, the manifest's own fields before what asks. Done twice, it is empty.

    Args:
        licence: gives the whole text of an SPDX licence, with its holder's line, where we have it.
    """
    findings = [f for check in report.checks for f in check.findings]
    mends: list[Mend] = []
    file = tree.get(FILE)
    if file is not None and file.is_plain and _is_utf8(file.content):
        text = file.text
        plain = _edited(text, _fields(text, findings, policy), policy)
        asking = _edited(plain.new if plain else text, _powers(findings), policy, asks=True)
        mends += [mend for mend in (plain, asking) if mend]
        text = mends[-1].new if mends else text
        mends += _licence_file(tree, findings, _value(text, "license"), licence)
    mends += _changelog(tree, findings, report.version)
    return tuple(mends)


def _edited(
    text: str, edits: Iterable[tuple[str, Edit]], policy: Policy, *, asks: bool = False
) -> Mend | None:
    """Make the edits that leave no problem that was not there before."""
    new, what = text, []
    for words, edit in edits:
        tried = edit(new)
        if tried is not None and tried != new and _is_no_worse(new, tried, policy):
            new = tried
            what.append(words)
    return Mend(FILE, text, new, tuple(what), asks) if what else None


def _is_no_worse(old: str, new: str, policy: Policy) -> bool:
    before, after = _problems(old, policy), _problems(new, policy)
    return after < before or (not before and not after)


def _problems(text: str, policy: Policy) -> frozenset[tuple[str, str]]:
    limit = policy.limits.manifest_bytes
    try:
        read_record(text.encode(), Manifest, file=FILE, limit_bytes=limit)
    except BadRecord as error:
        return frozenset((problem.at, problem.problem) for problem in error.problems)
    return frozenset()


def _fields(text: str, findings: Iterable[Finding], policy: Policy) -> Iterable[tuple[str, Edit]]:
    for finding in findings:
        field = finding.at.partition(f"{FILE}: ")[2]
        if finding.rule == "manifest-field" and finding.problem == "is missing":
            value = _derived(field, text, policy)
            if value is not None:
                yield f"added {field}: {value}", _appended(f"{field}: {value}\n")
        elif finding.rule == "engines-open-end" and (end := _ENDS.search(finding.remedy)):
            yield f"ended engines.devforge at {end[1]}", _ended(end[1])


def _derived(field: str, text: str, policy: Policy) -> str | None:
    """What a missing field must be, as far as the rest of the manifest or the policy says it."""
    newest = max(policy.devforge_releases)
    major = int(str(newest).partition(".")[0])
    entry, id = _value(text, "entry") or "", _value(text, "id") or ""
    derived = {
        "language": _LANGUAGES.get(entry[entry.rfind(".") :]) if "." in entry else None,
        "engines": f'{{devforge: ">={major}.0.0 <{major + 1}"}}',
        "categories": "[other]",
        "display_name": id.partition(".")[2].replace("-", " ").title() or None,
    }
    return derived.get(field)


def _powers(findings: Iterable[Finding]) -> Iterable[tuple[str, Edit]]:
    wanted = [
        power.strip("`")
        for finding in findings
        if finding.rule.startswith("undeclared-")
        and finding.severity != "info"
        and (found := _DECLARES.search(finding.remedy))
        for power in found[1].split(" and ")
    ]
    for power in dict.fromkeys(wanted):
        yield f"declared {power}", _listed("permissions", power)


def _listed(key: str, value: str) -> Edit:
    """Add `value` to a list of the manifest, in the way that its author writes lists."""

    def edit(text: str) -> str | None:
        if not re.search(rf"^{key}:", text, re.MULTILINE):
            return _appended(f'{key}: ["{value}"]\n')(text)
        flow = re.search(rf"^{key}:[ \t]*\[([^\]\n#]*)\]", text, re.MULTILINE)
        if flow:
            inner = flow[1].strip().rstrip(",")
            listed = f'{inner}, "{value}"' if inner else f'"{value}"'
            return f"{text[: flow.start(1)]}{listed}{text[flow.end(1) :]}"
        block = re.search(
            rf"^{key}:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n|([ \t]*)- [^\n]*(?:\n|\Z))+",
            text,
            re.MULTILINE,
        )
        if block is None or block[1] is None:
            return None
        items = list(re.finditer(r"^[ \t]*- [^\n]*(?:\n|\Z)", block[0], re.MULTILINE))
        end = block.start() + items[-1].end()
        before = text[:end] if text[:end].endswith("\n") else f"{text[:end]}\n"
        return f'{before}{block[1]}- "{value}"\n{text[end:]}'

    return edit


def _ended(end: str) -> Edit:
    def edit(text: str) -> str | None:
        found = re.search(
            r"(\bdevforge:[ \t]*)(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\s#,}\"'][^#,}\n]*))", text
        )
        if found is None:
            return None
        old = (found[2] or found[3] or found[4] or "").strip()
        return f'{text[: found.start()]}{found[1]}"{old} {end}"{text[found.end() :]}'

    return edit


def _appended(line: str) -> Edit:
    return lambda text: f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{line}"


def _licence_file(
    tree: SourceTree,
    findings: Iterable[Finding],
    declared: str | None,
    licence: Callable[[str], str | None],
) -> Iterable[Mend]:
    missing = any(finding.rule == "licence-file-missing" for finding in findings)
    text = licence(declared) if missing and declared and "LICENSE" not in tree.files else None
    if text:
        yield Mend("LICENSE", None, text, (f"wrote the text of {declared}",))


def _changelog(tree: SourceTree, findings: Iterable[Finding], version: str) -> Iterable[Mend]:
    for finding in findings:
        if finding.rule != "changelog-entry" or not version:
            continue
        file = tree.get(finding.at)
        entry = f"## {version}\n\n- (what users will notice)\n"
        if file is None and finding.at == "CHANGELOG.md":
            yield Mend(finding.at, None, f"# Changelog\n\n{entry}", (f"began {version}",))
        elif file and file.is_plain and finding.at.endswith(".md") and _is_utf8(file.content):
            text = file.text
            first = _VERSION_HEADING.search(text)
            at = first.start() if first else len(text)
            before = text[:at] if not text[:at] or text[:at].endswith("\n") else f"{text[:at]}\n"
            gap = "\n" if first else ""
            yield Mend(finding.at, text, f"{before}{entry}{gap}{text[at:]}", (f"began {version}",))


def _value(text: str, key: str) -> str | None:
    found = re.search(rf"^{key}:[ \t]*[\"']?([^\s\"'#]+)", text, re.MULTILINE)
    return found[1] if found else None


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\r" not in content
