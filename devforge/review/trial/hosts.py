"""Which of the policy's stand-ins for Dev Forge an extension is started in, and where they lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import checks
from devforge.model.manifest import Language, Manifest
from devforge.model.observed import Missing
from devforge.model.policy import HostStub, Policy
from devforge.model.ranges import Range

# The repository, where `checks/` is read from one; where it was installed, what it came with.
PACKAGED = Path(checks.__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Line:
    """One line of Dev Forge's releases, and the stand-in for it on this machine."""

    releases: Range
    stub: Path | Missing


def lines_of(manifest: Manifest, policy: Policy, roots: Iterable[Path]) -> tuple[Line, ...]:
    """Return the lines that the manifest's range claims, the newest first.

    Where it claims none, the newest there is: how it starts is worth knowing all the same.
    `roots` are the directories that the policy's paths may start from, the first that has it counts.
    """
    newest_first = sorted(
        policy.devforge_hosts, key=lambda host: _newest(host, policy), reverse=True
    )
    claimed = [
        host
        for host in newest_first
        if any(
            host.releases.admits(release) and manifest.engines.devforge.admits(release)
            for release in policy.devforge_releases
        )
    ]
    places = tuple(roots)
    return tuple(
        Line(host.releases, _found(host, manifest.language, places))
        for host in claimed or newest_first[:1]
    )


def _newest(host: HostStub, policy: Policy) -> tuple[object, ...]:
    admitted = [release for release in policy.devforge_releases if host.releases.admits(release)]
    return max((release.key for release in admitted), default=())


def _found(host: HostStub, language: Language, roots: tuple[Path, ...]) -> Path | Missing:
    inner = str(host.python if language == "python" else host.javascript)
    for root in roots:
        if (path := root / inner).is_file():
            return path
    reason = (
        f"{inner}, the stand-in for Dev Forge {host.releases} that the policy names, is not there"
    )
    return Missing(reason=reason)
