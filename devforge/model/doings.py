"""What a profile's powers, hosts and the rest are called when people are told of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from devforge.model.profile import Place, Power, Profile

# Each completes "it …".
POWERS: Mapping[Power, str] = {
    "network": "reaches the network",
    "process": "starts other programs",
    "filesystem-read": "reads files",
    "filesystem-write": "writes or removes files",
    "dynamic-code": "runs code that it makes while it runs",
    "native-code": "calls native code",
    "runtime": "changes the program it runs in, or watches it from inside",
    "clipboard": "uses the clipboard",
    "secrets": "asks the system's password store",
    "environment": "reads secrets or everything from the environment",
    "credentials": "names places where credentials are kept",
    "telemetry": "reports on how it is used",
    "install-hook": "does something when it is installed",
}


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing a version does: `talks to` with the hosts it names, or a power without any names."""

    words: str
    things: tuple[str, ...] = ()
    left_out: int = 0  # how many more things there are
    place: Place | None = None  # the first place of it


def doings(profile: Profile, *, most: int = 12) -> Iterator[Doing]:
    """Yield what a version does, in the order of `POWERS`; what has names is told by them."""
    named: Mapping[Power, tuple[str, tuple[str, ...]]] = {
        "network": ("talks to", profile.hosts),
        "process": ("starts", profile.programs),
        "telemetry": ("reports on how it is used, with", _things(profile, "telemetry")),
        "credentials": ("names places of", _things(profile, "credentials")),
    }
    for power, words in POWERS.items():
        use = profile.use(power)
        if use is None:
            continue
        phrase, things = named.get(power, (words, ()))
        shown = things[:most]
        place = use.places[0]
        yield Doing(phrase if shown else words, shown, len(things) - len(shown), place)


def counts(profile: Profile) -> Iterator[tuple[int, str]]:
    """Yield how many packages it depends on, and how many files nobody can read, those that are any."""
    direct = sum(one.direct for one in profile.dependencies)
    for number, noun in (
        (direct, "package it depends on|packages it depends on"),
        (len(profile.dependencies) - direct, "more through them|more through them"),
        (len(profile.binaries), "compiled file|compiled files"),
        (len(profile.minified), "minified file|minified files"),
    ):
        if number:
            one, _, many = noun.partition("|")
            yield number, one if number == 1 else many


def listed(words: Collection[str], *, left_out: int = 0) -> str:
    """Return `a`, `a and b`, `a, b and 3 more`."""
    every = [*words, *([f"{left_out:,} more"] if left_out else [])]
    return (
        every[0] if len(every) == 1 else f"{', '.join(every[:-1])} and {every[-1]}" if every else ""
    )


def size(length: int) -> str:
    """Return a number of bytes as people say it: `412 bytes`, `18 kB`, `2.4 MB`."""
    if length < 1000:
        return f"{length} bytes"
    if length < 1_000_000:
        return f"{length / 1000:.0f} kB"
    return f"{length / 1_000_000:.1f} MB"


def _things(profile: Profile, power: Power) -> tuple[str, ...]:
    use = profile.use(power)
    return tuple(sorted({place.what for place in use.places if place.what})) if use else ()
