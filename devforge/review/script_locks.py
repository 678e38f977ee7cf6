"""Reads the locks of yarn and pnpm line by line: names, versions, hashes, and what needs what. Pure.

Neither is parsed as YAML: what is read here is a few kinds of line, and a lock may be a stranger's
trap. What does not look like such a line is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

_MOST = 10_000
_LINES = 400_000
_SPEC = re.compile(r"(?P<name>@?[^@\s\"']+)@(?P<wanted>[^\"']*)")
# Of lines without space at their end. No text has two ways through one of them: a long line of a
# stranger's would otherwise take hours.
_YARN_PAIR = re.compile(r" {4}\"?(?P<name>[^\"\s:]+)\"?:?\s+\"?(?P<wanted>[^\"\s][^\"]*)\"?$")
_YARN_FIELD = re.compile(r" {2}(?P<key>[a-zA-Z]+):?(?:\s+\"?(?P<value>[^\"\s][^\"]*)?\"?)?$")
_PNPM_KEY = re.compile(
    r" {2}['\"]?/?(?P<name>(?:@[^@/\s'\"()]+/)?[^@/\s'\"()]+)[@/]"
    r"(?P<version>\d[^\s'\"():_]*|(?:git|ssh|https?)[+:][^\s'\"()]*)"
)
_PNPM_KEYS_END = (":", ": {}")
_PNPM_PAIR = re.compile(r"\s{6}['\"]?(?P<name>@?[\w./@-]+)['\"]?:\s*['\"]?(?P<value>[^\s'\"(]+)")
_PNPM_OTHER = re.compile(r"/?(?P<name>(?:@[^@/\s]+/)?[^@/\s:]+)[@/](?P<version>\d[^\s_]*)")
_PNPM_SOURCE = re.compile(r"\b(?:tarball|repo): ['\"]?(?P<at>[^,}\s'\"]+)")
_RESOLUTION = re.compile(r"(?P<name>@?[^@]+)@(?P<where>.+)")
_ALIAS = re.compile(r"npm:(?P<name>@?[^@]+)(?:@.*)?")
_ARCHIVE = "::__archiveUrl="
_AT_HOME = re.compile(r"(?:npm|patch|workspace|portal|link|file|virtual|exec):")
_NEEDS = ("dependencies", "optionalDependencies")


@dataclass(slots=True)
class Locked:
    """One package of a lock. `asked` are the specifications it answers, `needs` those it has.

    `name` is what is asked for; where the lock has something else fetched in its place, `origin` says so.
    """

    name: str
    version: str = ""
    origin: str = ""
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
            found += [Locked(meant(*min(asked)), asked=asked)] if asked else []
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
            key = (match["name"], match["version"].rstrip(":"))
            version = key[1] if key[1][0].isdigit() else ""
            here = found.setdefault(key, Locked(key[0], version, asked={key}))
            inside = ""
        elif here and line.startswith("    ") and line[4:5] not in ("", " "):
            inside, _, value = line.strip().partition(":")
            if inside == "version":
                here.version = value.strip(" '\"")
            _pnpm_source(here, line if inside == "resolution" else "")
        elif here and inside == "resolution":
            _pnpm_source(here, line)
        elif here and inside in _NEEDS and (match := _PNPM_PAIR.match(line)):
            here.needs.add(pnpm_spec(match["name"], match["value"]))
    return [one for one in found.values() if one.version]


def pnpm_spec(name: str, value: str) -> tuple[str, str]:
    """Return the key of the package that a pnpm-lock.yaml names for `name`: a version, another's, an address."""
    if value[:1].isdigit():
        return name, value.partition("_")[0]
    other = _PNPM_OTHER.fullmatch(value.partition("_")[0])
    return (other["name"], other["version"]) if other else (name, value)


def meant(name: str, wanted: str) -> str:
    """Return the package that somebody means who asks for `wanted` under `name`."""
    alias = _ALIAS.fullmatch(wanted)
    return alias["name"] if alias and not alias["name"][:1].isdigit() else name


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
        one.origin = value.partition("#")[0]
        one.hashed |= "#" in value
    elif key == "resolution" and (match := _RESOLUTION.match(value)):
        one.origin = _resolved(one.name, match["name"], match["where"])
    elif key in ("integrity", "checksum"):
        one.hashed = True


def _resolved(meant: str, name: str, where: str) -> str:
    """What yarn's later versions have fetched, where that is not plainly the package that is meant."""
    plain, _, archive = where.partition(_ARCHIVE)
    if archive:
        return unquote(archive.partition("&")[0])
    if not _AT_HOME.match(where):
        return where
    return f"npm:{name}@{plain.removeprefix('npm:')}" if name != meant else ""


def _pnpm_source(one: Locked, line: str) -> None:
    one.hashed |= "integrity:" in line
    if match := _PNPM_SOURCE.search(line):
        one.origin = match["at"]


def _plain(wanted: str) -> str:
    """`npm:^5.0.0` of yarn's later versions is `^5.0.0`; an alias stays what it is."""
    bare = wanted.removeprefix("npm:")
    return bare if not bare.startswith("@") and "@" not in bare else wanted
