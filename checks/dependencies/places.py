"""Where dependencies come from, if not from the package index. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from posixpath import normpath
from typing import Literal

from checks.dependencies.rules import CONFUSED, ELSEWHERE
from devforge.model.observed import DependencyFact, SourceFile, SourceTree
from devforge.model.verdict import Finding

_ELSEWHERE = re.compile(
    r"(?:git|hg|svn|bzr)(?:\+|://)|https?:|ssh:|[\w.-]+@[\w.-]+:|github:|gitlab:|bitbucket:|gist:"
    r"|[\w.-]+/[\w.-]+(?:#.*)?$",
    re.IGNORECASE,
)
_HOST = re.compile(r"https?://[^/\s]+", re.IGNORECASE)
_OWNER_NAME = re.compile(r"([\w.-]+/[\w.-]+?)(?:\.git)?(?:[#@].*)?$")
_SHOWN = 5
_ANEW = (
    "make the lock anew with the public registry; a maintainer looks at what cannot come from there"
)
_LOCAL = re.compile(r"(?:file|link|portal):|\.{0,2}/|[A-Za-z]:[\\/]", re.IGNORECASE)
_FOREIGN = re.compile(
    r"(?:git|hg|svn|bzr)(?:\+|://|@)|https?:|ssh:|github:|gitlab:|bitbucket:", re.IGNORECASE
)
_USUAL_INDEX = re.compile(
    r"https?://(?:registry\.(?:npmjs\.(?:org|com)|yarnpkg\.com)|files\.pythonhosted\.org|(?:test\.)?pypi\.org)(?:/|$)"
)
_REQUIREMENTS = re.compile(r"[\w.-]*requirements[\w.-]*\.(?:txt|in)")
# What asks for another index, by the file that says it; a group `extra` beside the usual one.
_INDEXES = (
    (
        _REQUIREMENTS,
        re.compile(
            r"^[ \t]*(?:(?P<extra>--extra-index-url)|--index-url|-i|--find-links|-f)[ =]+(?P<at>\S+)",
            re.MULTILINE,
        ),
    ),
    (
        re.compile(r"\.npmrc"),
        re.compile(r"^[ \t]*(?P<scope>@[\w-]+:)?registry\s*=\s*(?P<at>\S+)", re.MULTILINE),
    ),
    (re.compile(r"\.yarnrc\.yml"), re.compile(r"npmRegistryServer:\s*[\"']?(?P<at>[^\s\"']+)")),
    (re.compile(r"\.yarnrc"), re.compile(r"^registry\s+\"?(?P<at>[^\s\"]+)", re.MULTILINE)),
    (
        re.compile(r"pip\.conf|pip\.ini"),
        re.compile(
            r"^[ \t]*(?:(?P<extra>extra-index-url)|index-url|find-links)\s*=\s*(?P<at>\S+)",
            re.MULTILINE,
        ),
    ),
    (
        re.compile(r"pyproject\.toml|Pipfile"),
        re.compile(
            r"^\[\[(?:tool\.(?:uv\.index|poetry\.source|pdm\.source)|source)\]\][^\[]*?"
            r"^url\s*=\s*[\"'](?P<at>[^\"']+)|^(?P<extra>extra-index-url)\s*=\s*\[?\s*[\"'](?P<more>[^\"']+)",
            re.MULTILINE,
        ),
    ),
)  # fmt: skip


def check(tree: SourceTree, facts: tuple[DependencyFact, ...]) -> Iterator[Finding]:
    """Yield a finding for each other index, and each dependency that comes from no index at all."""
    from_host = _by_host(facts)
    told = {f"{host}/" for _, host, for_tests in from_host if not for_tests}
    asked = {name for fact in facts if (name := _repository(fact))}
    for path, file in tree.files.items():
        if file.mode != "symlink":
            yield from _other_index(path, file, facts, told=told, asked=asked)
    yield from _all_elsewhere(facts, from_host)


def is_foreign(origin: str) -> bool:
    """Return whether an address is none of the usual index; what is fetched openly can be anything."""
    usual = _USUAL_INDEX.match(origin) and not origin.lower().startswith("http:")
    return bool(_FOREIGN.match(origin)) and not usual


def place_of_origin(fact: DependencyFact) -> Literal["local", "elsewhere"] | None:
    """Return what a dependency comes from if not from the index."""
    if _LOCAL.match(_asked(fact)) or (not fact.direct and _LOCAL.match(fact.origin)):
        return "local"
    return "elsewhere" if _is_asked_elsewhere(fact) or is_foreign(fact.origin) else None


def _asked(fact: DependencyFact) -> str:
    """Where a dependency is asked for from, or the versions that are asked for."""
    wanted = fact.requirement.partition(" @ ")[2] or fact.requirement
    return wanted.strip().removeprefix("workspace:")


def _is_asked_elsewhere(fact: DependencyFact) -> bool:
    return fact.direct and bool(_ELSEWHERE.match(_asked(fact)))


def _other_index(
    path: str,
    file: SourceFile,
    facts: tuple[DependencyFact, ...],
    *,
    told: Collection[str],
    asked: Collection[str],
) -> Iterator[Finding]:
    """Where settings say that packages come from another index.

    Args:
        told: the hosts that are told of with the packages that come from them.
        asked: repositories, as owner/name, that are told of where they are asked for.
    """
    directories, _, name = path.rpartition("/")
    pattern = next((p for names, p in _INDEXES if names.fullmatch(name)), None)
    if pattern is None or directories not in ("", "requirements"):
        return
    for match in pattern.finditer(file.text):
        found = match.groupdict()
        address = found.get("at") or found.get("more") or ""
        if _USUAL_INDEX.match(address) or address.startswith(tuple(told)):
            continue
        if any(f"/{name}/" in address or f"/{name}.git" in address for name in asked):
            continue
        line = file.text.count("\n", 0, match.start()) + 1
        if found.get("extra"):
            yield _confused(path, line, address, facts)
        else:
            yield ELSEWHERE.finding(
                at=path,
                line=line,
                problem=f"packages come from another index, {address[:200]}",
                remedy="use the public index; a maintainer looks at what another one holds",
            )
        return


def _confused(path: str, line: int, address: str, facts: tuple[DependencyFact, ...]) -> Finding:
    open_names = sorted({f.name for f in facts if f.ecosystem == "PyPI" and not f.hashed})
    names = ", ".join(open_names[:6]) + (", …" if len(open_names) > 6 else "")
    return CONFUSED.finding(
        at=path,
        line=line,
        problem=f"both {address[:200]} and the public index are asked for {names or 'every name'}: "
        "pip takes the higher version from whichever has it",
        remedy="use one index, or pin each package with --hash, which fits one file only",
    )


def _repository(fact: DependencyFact) -> str | None:
    """The repository, as owner/name, that a dependency is asked for from."""
    found = _OWNER_NAME.search(_asked(fact)) if _is_asked_elsewhere(fact) else None
    return found[1] if found else None


def _host(fact: DependencyFact) -> str | None:
    """The host that a package of a lock comes from, where that is not the index."""
    apart = is_foreign(fact.origin) and not _is_asked_elsewhere(fact)
    found = _HOST.match(fact.origin) if apart else None
    return found[0] if found else None


def _by_host(
    facts: tuple[DependencyFact, ...],
) -> dict[tuple[str, str, bool], list[DependencyFact]]:
    """Lock, host and whether only tests want it → the packages."""
    found: dict[tuple[str, str, bool], list[DependencyFact]] = defaultdict(list)
    for fact in facts:
        if host := _host(fact):
            found[fact.lock, host, fact.for_tests].append(fact)
    return found


def _all_elsewhere(
    facts: tuple[DependencyFact, ...],
    from_host: dict[tuple[str, str, bool], list[DependencyFact]],
) -> Iterator[Finding]:
    """Yield a finding for each dependency that is asked for, and one for all that a lock has from a host."""
    for fact in facts:
        if (place := place_of_origin(fact)) and not _host(fact):
            yield _elsewhere(fact, place)
    for (source, host, for_tests), those in from_host.items():
        if len(those) == 1:
            yield _elsewhere(those[0], "elsewhere")
        else:
            yield ELSEWHERE.finding(
                at=source,
                problem=f"{len(those):,} packages come from a place of their own, {host}: {_few(those)}",
                remedy=_ANEW,
                severity="info" if for_tests else "person",
            )


def _few(facts: list[DependencyFact]) -> str:
    return _listed({fact.name for fact in facts})


def _listed(found: Collection[str]) -> str:
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(sorted(found)[:_SHOWN]) + more


def _elsewhere(fact: DependencyFact, place: str) -> Finding:
    is_locked = not fact.direct or (is_foreign(fact.origin) and not _is_asked_elsewhere(fact))
    by_lock = fact.lock if fact.origin and is_locked else ""
    where = fact.origin if by_lock else _asked(fact)
    what = "a path" if place == "local" else "a place of its own"
    inside = place == "local" and _is_inside(fact.source, where)
    return ELSEWHERE.finding(
        at=by_lock or fact.source,
        problem=f"{fact.name} comes from {what}, {where}",
        remedy=_ANEW if by_lock else "depend on a released version by its name",
        severity="info" if inside or fact.for_tests else "person",
    )


def _is_inside(source: str, where: str) -> bool:
    """Whether a path, as the file `source` says it, stays within the extension."""
    if re.match(r"file:///|/|[A-Za-z]:", where):
        return False
    directory = source.partition(": ")[0].rpartition("/")[0]
    path = re.sub(r"^[a-z]+:", "", where)
    return not normpath(f"{directory or '.'}/{path}").startswith("..")
