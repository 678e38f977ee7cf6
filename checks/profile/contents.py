"""What is in the package besides readable code. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checks.manifest.files import is_compiled
from checks.places import shipped
from checks.vendored_marks import is_code, is_minified
from devforge.model.observed import Missing
from devforge.model.platforms import claims
from devforge.model.profile import Component
from devforge.model.submission import Submission

_MOST = 500
_COMPONENTS = 5000


def components_of(submission: Submission) -> tuple[Component, ...]:
    """Return what users get besides: locked versions where a lock says them; tests' needs do not count."""
    if isinstance(submission.dependencies, Missing):
        return ()
    found = {
        (fact.ecosystem, fact.name): Component(
            ecosystem=fact.ecosystem,
            name=fact.name,
            version=(fact.locked or fact.requirement)[:300],
            direct=fact.direct,
        )
        for fact in sorted(submission.dependencies, key=lambda fact: (not fact.direct, fact.name))[
            ::-1
        ]
        if not fact.for_tests
    }
    return tuple(found[key] for key in sorted(found))[:_COMPONENTS]


def binaries_of(submission: Submission) -> tuple[str, ...]:
    """Return the packaged files that nobody can read: programs and libraries, and for which platform."""
    files = [file for file in shipped(submission.tree) if is_compiled(file)]
    platforms = submission.manifest.platforms if submission.manifest else {}
    claimed = claims(platforms, [file.path for file in files])
    return _paths(_for(file.path, claimed.get(file.path, ())) for file in files)


def minified_of(submission: Submission) -> tuple[str, ...]:
    """Return the packaged code that only a machine reads."""
    code = (file for file in shipped(submission.tree) if file.is_plain and is_code(file.path))
    return _paths(file.path for file in code if is_minified(file))


def _for(path: str, platforms: Sequence[str]) -> str:
    return f"{path} (only {', '.join(platforms)})" if platforms else path


def _paths(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(path[:300] for path in found))[:_MOST]
