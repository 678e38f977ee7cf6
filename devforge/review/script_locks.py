"""Reads the locks of yarn and pnpm line by line: names, versions, hashes, and what needs what. Pure.

Neither is parsed as YAML: what is read here is a few kinds of line, and a lock may be a stranger's
trap. What does not look like such a line is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_MOST = 10_000
_LINES = 400_000
_SPEC = re.compile(r"(?P<name>@?[^@\s\"']+)@(?P<wanted>[^\"']*)")
# Of lines without space at their end. No text has two ways through one of them: a long line of a
# stranger's would otherwise take hours.
_YARN_PAIR = re.compile(r" {4}\"?(?P<name>[^\"\s:]+)\"?:?\s+\"?(?P<wanted>[^\"\s][^\"]*)\"?$")
_YARN_FIELD = re.compile(r" {2}(?P<key>[a-zA-Z]+):?(?:\s+\"?(?P<value>[^\"\s][^\"]*)?\"?)?$")
_PNPM_KEY = re.compile(
    r" {2}['\"]?/?(?P<name>(?:@[^@/\s'\"()]+/)?[^@/\s'\"()]+)[@/](?P<version>\d[^\s'\"():_]*)"
)
_PNPM_KEYS_END = (":", ": {}")
_PNPM_PAIR = re.compile(
    r"\s{6}['\"]?(?P<name>@?[\w./@-]+)['\"]?:\s*['\"]?(?P<version>\d[^\s'\"(_]*)"
)
_NEEDS = ("dependencies", "optionalDependencies")


@dataclass(slots=True)
class Locked:
    """One package of a lock. `asked` are the specifications it answers, `needs` those it has."""

    name: str
    version: str = ""
    source: str = ""
    hashed: bool = False
    asked: set[tuple[str, str]] = field(default_factory=set)
    needs: set[tuple[str, str]] = field(default_factory=set)


def read_yarn(text: str) -> list[Locked]:
    """Return the packages of a yarn.lock, of yarn 1 or of a later one."""
    found: list[Locked] = []
    inside = ""
    for line in map(str.rstrip, text.split("\n")[:_LINES]):
        if line[:1] not in ("", " ", "#"):
            specs = [_SPEC.match(part.strip(" \"'")) for part in line.rstrip(":").split(", ")]
            asked = {(spec["name"], _plain(spec["wanted"])) for spec in specs if spec}
            if len(found) >= _MOST:
                break
            found += [Locked(next(iter(asked))[0], asked=asked)] if asked else []
            inside = ""
        elif found and (match := _YARN_FIELD.match(line)):
            inside = match["key"]
            _yarn_field(found[-1], inside, match["value"] or "")
        elif found and inside in _NEEDS and (match := _YARN_PAIR.match(line)):
            found[-1].needs.add((match["name"], _plain(match["wanted"])))
    return [one for one in found if one.version and one.version != "0.0.0-use.local"]


def read_pnpm(text: str) -> list[Locked]:
    """Return the packages of a pnpm-lock.yaml, versions 5 to 9."""
    found: dict[tuple[str, str], Locked] = {}
    section = inside = ""
    here: Locked | None = None
    for line in map(str.rstrip, text.split("\n")[:_LINES]):
        if line[:1] not in ("", " ", "#"):
            section, here = line.partition(":")[0], None
        elif section not in ("packages", "snapshots") or len(found) > _MOST:
            continue
        elif line.endswith(_PNPM_KEYS_END) and (match := _PNPM_KEY.match(line)):
            key = (match["name"], match["version"])
            here = found.setdefault(key, Locked(*key, asked={key}))
            inside = ""
        elif here and line.startswith("    ") and line[4:5] not in ("", " "):
            inside = line.strip().partition(":")[0]
            here.hashed |= "integrity:" in line
            if match := re.search(r"tarball: ([^,}\s]+)", line):
                here.source = match[1]
        elif here and inside in _NEEDS and (match := _PNPM_PAIR.match(line)):
            here.needs.add((match["name"], match["version"]))
    return list(found.values())


def pnpm_versions(text: str, part: str) -> dict[str, str]:
    """Return the version that a pnpm-lock.yaml pins for each direct dependency of a part.

    `part` is its directory as the lock's own sees it; empty for the lock's own.
    """
    wanted = part.strip("/") or "."
    found: dict[str, str] = {}
    section, name = "", ""
    importer = True
    for line in text.split("\n")[:_LINES]:
        if line[:1] not in ("", " ", "#"):
            section = line.partition(":")[0]
            importer = section != "importers"
        elif section == "importers" and re.match(r"  \S", line):
            importer = line.strip().strip("'\"").rstrip(":").strip("'\"") == wanted
        elif importer and section in ("importers", *_NEEDS, "devDependencies"):
            match = re.match(
                r"\s+['\"]?(?P<name>@?[\w./@-]+)['\"]?:\s*['\"]?(?P<value>[^\s'\"(]*)", line
            )
            if match is None:
                continue
            if match["name"] == "version" and name:
                found.setdefault(name, match["value"])
            elif re.match(r"\d", match["value"]) and match["name"] not in ("specifier", "version"):
                found.setdefault(match["name"], match["value"])
            elif match["name"] != "specifier":
                name = match["name"]
    return found


def reachable(packages: Iterable[Locked], roots: Iterable[tuple[str, str]]) -> set[int]:
    """Return the ids of those of `packages` that answer `roots`, or what those need in turn."""
    by_spec = {spec: one for one in packages for spec in one.asked}
    waiting = list(roots)
    seen: set[int] = set()
    while waiting:
        one = by_spec.get(waiting.pop())
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            waiting += one.needs
    return seen


def _yarn_field(one: Locked, key: str, value: str) -> None:
    if key == "version":
        one.version = value
    elif key == "resolved":
        one.source = value.partition("#")[0]
        one.hashed |= "#" in value
    elif key in ("integrity", "checksum"):
        one.hashed = True


def _plain(wanted: str) -> str:
    """`npm:^5.0.0` of yarn's later versions is `^5.0.0`; an alias stays what it is."""
    bare = wanted.removeprefix("npm:")
    return bare if not bare.startswith("@") and "@" not in bare else wanted
