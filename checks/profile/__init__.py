"""The capability profile of a submission: what its packaged code can do, read and never run. Pure.

Code that ships counts, whoever wrote it; tests, documentation and build files do not.
"""

from __future__ import annotations

from collections.abc import Mapping

from checks.profile.contents import binaries_of, components_of, minified_of
from checks.profile.hosts import hosts_of
from checks.profile.programs import programs_of
from checks.profile.starts import entry_points_of
from checks.profile.uses import seen_in, uses_of
from devforge.model.profile import Place, Power, Profile, Use
from devforge.model.submission import Submission

__all__ = ["profile_of"]


def profile_of(submission: Submission) -> Profile:
    """Return what `submission` may do and does. Where a tool gave no answer, its part is empty."""
    seen = seen_in(submission)
    uses = uses_of(submission, seen)
    hosts, programs = tuple(hosts_of(submission, seen)), tuple(programs_of(submission, seen))
    uses = tuple(_named(use, {"network": hosts, "process": programs}) for use in uses)
    owners = submission.extension.owners if submission.extension else ()
    hooks = next((use.places for use in uses if use.power == "install-hook"), ())
    return Profile(
        permissions=tuple(sorted(submission.manifest.permissions)) if submission.manifest else (),
        uses=uses,
        hosts=tuple(sorted({place.what for place in hosts}))[:500],
        programs=tuple(sorted({place.what for place in programs}))[:500],
        dependencies=components_of(submission),
        entry_points=entry_points_of(submission),
        hooks=tuple(sorted({f"{hook.path}: {hook.what}"[:300] for hook in hooks})),
        binaries=binaries_of(submission),
        minified=minified_of(submission),
        owners=tuple(sorted(owners)),
    )


def _named(use: Use, named: Mapping[Power, tuple[Place, ...]]) -> Use:
    """Return `use` with the places first that name what it reaches, each name once."""
    first = {place.what: place for place in reversed(named.get(use.power, ()))}
    places = (*(first[what] for what in sorted(first)), *use.places)
    return use.model_copy(update={"places": places[:20]})
