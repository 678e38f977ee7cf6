"""Dependencies: what the extension brings along is what its author meant, and stays so.

**What it asks.** Dependencies come from the language's own package index, by names that are neither
refused by the marketplace nor look-alikes of well-known ones, can be had, and are pinned or locked.

**Why.** Whoever controls a dependency controls the extension. One letter more or less is how stolen
names get installed; a URL or a branch can be another thing tomorrow.

**How to mend.** Spell the name as its project does, ask for a range of versions, and commit a lock
(package-lock.json, or requirements.txt with `==`). If a name really is the one you mean, say so in
the pull request: a person settles it.

Source: `dependencies` in registry/policy.yaml; the distance is Damerau's and Levenshtein's.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache

from checks.names import distance, folded, looks
from checks.protocol import NoVerdict, Rule
from devforge.model.observed import DependencyFact, Missing, SourceTree
from devforge.model.policy import CheckName
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

NAME: CheckName = "dependencies"

UNREADABLE = Rule(
    "dependency-file",
    "Files that name dependencies can be read",
    "block",
    "A package.json or pyproject.toml that cannot be parsed cannot be installed, nor reviewed.",
)
REFUSED = Rule(
    "dependency-refused",
    "No dependency is on the refused list",
    "block",
    "The marketplace's policy refuses packages that are known to have been malicious.",
)
LOOK_ALIKE = Rule(
    "dependency-look-alike",
    "No dependency imitates a well-known name",
    "person",
    "Packages whose names differ from a popular one by a letter are a common way to get in.",
)
ELSEWHERE = Rule(
    "dependency-elsewhere",
    "Dependencies come from the package index",
    "person",
    "What a URL, a branch or a path holds today can be something else tomorrow, and nobody notices.",
)
UNRESOLVED = Rule(
    "dependency-unresolved",
    "Every dependency can be had",
    "block",
    "If a dependency cannot be fetched here, it cannot be fetched by users either.",
)
UNPINNED = Rule(
    "dependency-unpinned",
    "Dependencies have a version or a lock",
    "warn",
    "Without any limit, the next release of a dependency is what users get, whatever it does.",
)
UNLOCKED = Rule(
    "dependency-unlocked",
    "A lock names exact versions",
    "info",
    "With a lock, what was reviewed is what is installed.",
)
RULES = (UNREADABLE, REFUSED, LOOK_ALIKE, ELSEWHERE, UNRESOLVED, UNPINNED, UNLOCKED)

# Packages in good standing whose names happen to be near another's.
_GOOD_NEIGHBOURS = {
    "argparse", "ava", "beautifulsoup", "chai", "color", "colord", "glob2", "enquirer", "jsdoc", "koa", "markdown2", "mock", "preact",
    "psycopg", "pycryptodomex", "pyaml", "redux", "tomlkit", "tslint", "typing", "vuex",
}  # fmt: skip
_ELSEWHERE = re.compile(
    r"(?:git|hg|svn|bzr)(?:\+|://)|https?:|ssh:|[\w.-]+@[\w.-]+:|github:|gitlab:|bitbucket:|gist:"
    r"|[\w.-]+/[\w.-]+(?:#.*)?$",
    re.IGNORECASE,
)
_LOCAL = re.compile(r"(?:file|link|portal):|\.{0,2}/|[A-Za-z]:[\\/]", re.IGNORECASE)
_USUAL_INDEX = re.compile(
    r"https?://(?:registry\.(?:npmjs|yarnpkg)|files\.pythonhosted|(?:test\.)?pypi)\.\w+(?:/|$)"
)
_INDEXES = (
    (
        re.compile(r"[\w.-]*requirements[\w.-]*\.(?:txt|in)"),
        re.compile(
            r"^\s*(?:--extra-index-url|--index-url|-i|--find-links|-f)[ =]+(\S+)", re.MULTILINE
        ),
    ),
    (re.compile(r"\.npmrc"), re.compile(r"^\s*(?:@[\w-]+:)?registry\s*=\s*(\S+)", re.MULTILINE)),
    (re.compile(r"\.yarnrc\.yml"), re.compile(r"npmRegistryServer:\s*[\"']?([^\s\"']+)")),
    (
        re.compile(r"package-lock\.json|npm-shrinkwrap\.json"),
        re.compile(r"\"resolved\":\s*\"(https?://[^\"]+)\""),
    ),
)
_ALL = "all dependencies"  # what fetching calls them when they are too large together
_TOO_LARGE = "depend on less if you can; the limit is this marketplace's, so a person decides"
_ANY_VERSION = {"", "*", "latest", "x", ">=0", ">=0.0.0"}


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what is wrong with the dependencies, one finding for each.

    Raises:
        NoVerdict: they could not be read, or nobody could say whether they can be had.
    """
    facts = submission.dependencies
    if isinstance(facts, Missing):
        raise NoVerdict(facts.reason)
    yield from _unreadable(submission.tree)
    yield from _other_indexes(submission.tree)
    policy = submission.policy.review.dependencies
    refused = {folded(name): name for name in policy.refused}
    for fact in facts:
        if folded(fact.name) in refused:
            yield _found(
                REFUSED, fact, f"{fact.name} is on the list of refused packages", "remove it"
            )
        elif place := _place(fact):
            yield _elsewhere(fact, place)
        elif fact.direct and (real := _other_name(fact, policy.well_known)):
            yield _found(
                LOOK_ALIKE, fact, f"{fact.name} is really another package, {real}",
                "write the name of the package that is meant",
            )  # fmt: skip
        elif fact.direct and (meant := imitated(fact, policy.well_known)):
            yield _look_alike(fact, meant)
    yield from _pinning([fact for fact in facts if fact.direct and not fact.for_tests])
    yield from _unresolved(submission, facts)


def imitated(fact: DependencyFact, well_known: tuple[str, ...]) -> str | None:
    """Return the well-known name that a dependency's is almost, or None.

    Short names have many honest neighbours, so the shorter the name, the closer it must be. PyPI
    takes - _ and . for one another; npm does not, so there `cross_env` is not `cross-env`.
    """
    name = fact.name.lower() if fact.ecosystem == "npm" else folded(fact.name)
    if name in _known(well_known) or name in _GOOD_NEIGHBOURS or name.startswith("@types/"):
        return None
    for known in well_known:
        allowed = _slips_allowed(known)
        if looks(name) == looks(known) or (allowed and _slips(name, known, allowed) <= allowed):
            return known
    return None


def _slips(name: str, known: str, allowed: int) -> int:
    bare = distance(looks(name), looks(known), at_most=allowed)
    return min(bare, distance(folded(name), folded(known), at_most=allowed))


@cache
def _known(well_known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.lower() for name in well_known)


def _slips_allowed(name: str) -> int:
    length = len(name)
    return 0 if length < 5 else 1 if length < 12 else 2


def _unreadable(tree: SourceTree) -> Iterator[Finding]:
    for path, parse in (("package.json", json.loads), ("pyproject.toml", tomllib.loads)):
        file = tree.get(path)
        if file is None or file.mode == "symlink":
            continue
        try:
            parse(file.text.removeprefix("\ufeff"))
        except (ValueError, RecursionError) as error:
            yield UNREADABLE.finding(
                at=path,
                line=getattr(error, "lineno", None),
                problem=f"{path} cannot be read: {str(error)[:200]}",
                remedy="correct it; an editor or `npm pkg get` shows where it breaks",
            )


def _other_indexes(tree: SourceTree) -> Iterator[Finding]:
    """Where settings say that packages come from another index, or a lock that they did."""
    for path, file in tree.files.items():
        directories, _, name = path.rpartition("/")
        pattern = next((p for names, p in _INDEXES if names.fullmatch(name)), None)
        if pattern is None or directories not in ("", "requirements") or file.mode == "symlink":
            continue
        for match in pattern.finditer(file.text):
            if not _USUAL_INDEX.match(match[1]):
                yield ELSEWHERE.finding(
                    at=path,
                    line=file.text.count("\n", 0, match.start()) + 1,
                    problem=f"packages come from another index, {match[1][:200]}",
                    remedy="use the public index; a maintainer looks at what another one holds",
                )
                break


def _other_name(fact: DependencyFact, well_known: tuple[str, ...]) -> str | None:
    """The package that a well-known name is made to mean, as npm's aliases allow."""
    match = re.match(r"npm:(@?[^@]+)", fact.requirement)
    if match is None or fact.ecosystem != "npm" or fact.name.lower() not in _known(well_known):
        return None
    return match[1] if match[1].lower() != fact.name.lower() else None


def _place(fact: DependencyFact) -> str | None:
    """Where a dependency comes from if not from the index: `elsewhere` or `local`; else None."""
    requirement = fact.requirement.partition(" @ ")[2] or fact.requirement
    requirement = requirement.strip().removeprefix("workspace:")
    if _LOCAL.match(requirement):
        return "local"
    if fact.ecosystem == "npm" and not fact.direct:
        return "elsewhere" if re.match(r"git|http:|ssh:", requirement) else None
    return "elsewhere" if _ELSEWHERE.match(requirement) else None


def _elsewhere(fact: DependencyFact, place: str) -> Finding:
    where = fact.requirement.partition(" @ ")[2] or fact.requirement
    what = "a path" if place == "local" else "a place of its own"
    inside = place == "local" and ".." not in where and not re.match(r"file:///|/|[A-Za-z]:", where)
    return ELSEWHERE.finding(
        at=fact.source,
        problem=f"{fact.name} comes from {what}, {where}",
        remedy="depend on a released version by its name",
        severity="info" if inside or fact.for_tests else "person",
    )


def _look_alike(fact: DependencyFact, meant: str) -> Finding:
    return LOOK_ALIKE.finding(
        at=fact.source,
        problem=f"{fact.name} is spelt almost like {meant}",
        remedy=f"write {meant} if that is meant; otherwise say in the pull request what it is",
        severity="warn" if fact.for_tests else "person",
    )


def _pinning(facts: list[DependencyFact]) -> Iterator[Finding]:
    """One finding for all that may be any version, and one for all that no lock pins."""
    free = [fact for fact in facts if not fact.locked and not _place(fact)]
    loose = [fact for fact in free if _wanted(fact) in _ANY_VERSION]
    ranged = [fact for fact in free if fact not in loose]
    if loose:
        yield _found(
            UNPINNED, loose[0], f"{_names(loose)} may be any version",
            "ask for a range such as `>=2.1,<3` or `^2.1.0`, or commit a lock",
        )  # fmt: skip
    if ranged:
        yield _found(
            UNLOCKED, ranged[0], f"no lock says which version of {_names(ranged)} is meant",
            "commit package-lock.json, or pin with `==` in requirements.txt",
        )  # fmt: skip


def _wanted(fact: DependencyFact) -> str:
    """The versions a dependency asks for, without name, extras, markers and spaces."""
    wanted = fact.requirement.partition(";")[0].lower()
    if fact.ecosystem == "PyPI":
        wanted = re.sub(r"^[\w.-]+\s*(?:\[[^\]]*\])?", "", wanted)
    return wanted.replace(" ", "")


def _names(facts: list[DependencyFact]) -> str:
    names = sorted({fact.name for fact in facts})
    shown = ", ".join(names[:8])
    return f"{shown} and {len(names) - 8} more" if len(names) > 8 else shown


def _unresolved(submission: Submission, facts: tuple[DependencyFact, ...]) -> Iterator[Finding]:
    answers = submission.unresolvable
    if isinstance(answers, Missing):
        if any(fact.direct for fact in facts):
            raise NoVerdict(f"whether the dependencies can be had: {answers.reason}")
        return
    sources = {fact.name: fact.source for fact in reversed(facts)}
    shipped = {fact.name for fact in facts if not fact.for_tests}
    for name, reason in sorted(answers.items()):
        only_tests = name in sources and name not in shipped
        yield UNRESOLVED.finding(
            at=sources.get(name, "dependencies"),
            problem=f"{name} could not be had: {reason}",
            remedy=_TOO_LARGE
            if name == _ALL
            else "correct the name or the version, or wait until it is published",
            severity="person" if name == _ALL else "warn" if only_tests else "block",
        )


def _found(rule: Rule, fact: DependencyFact, problem: str, remedy: str) -> Finding:
    return rule.finding(at=fact.source, problem=problem, remedy=remedy)
