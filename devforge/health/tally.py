"""Counts in how many networks each version started, and in how many it failed. Pure; keeps no address.

A line counts if it asks for exactly what our client asks for, for a version that is looked at. A network is
an IPv4 /24 or an IPv6 /48: whoever has one address, or a billion of one kind, has one voice. Voices are
told apart while the logs are read and forgotten with them; each run counts anew, so no file counts twice.

Source: docs/threat-model.md, "Attacks on the beacon".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from devforge.model.health import Tally
from devforge.model.index import Result
from devforge.model.names import ExtensionId
from devforge.model.versions import Version

Key = tuple[ExtensionId, Version]
_Network = tuple[int, int]
_CLIENT = re.compile(r"devforge/[0-9][0-9A-Za-z.+-]{0,40}")
_WORD = re.compile(
    r"(?P<id>[a-z0-9.-]{1,120})/(?P<version>[0-9A-Za-z.-]{1,100})/(?P<word>ok|failed)"
)
_VOICES = 100_000  # told apart for one version and one word; more change no verdict


class Line(Protocol):
    """What of an access log's line is looked at: `devforge.analytics.logs.LogLine`, for one."""

    @property
    def when(self) -> datetime: ...
    @property
    def address(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def query(self) -> str: ...
    @property
    def agent(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Counted:
    """What the logs say of one version."""

    total: Tally = field(default_factory=Tally)
    days: Mapping[str, Tally] = field(default_factory=dict)
    hits: int = 0  # requests that said it failed, however few networks they came from


# The version that texts of a path name, if the registry has it.
Lookup = Callable[[str, str], Key | None]


@dataclass(slots=True)
class _Voices:
    """What was said of one version: who said each word last when, and who said it on which day."""

    last: dict[Result, dict[_Network, datetime]] = field(
        default_factory=lambda: {"ok": {}, "failed": {}}
    )
    days: dict[str, dict[Result, set[_Network]]] = field(default_factory=dict)
    failures: list[datetime] = field(default_factory=list)

    def add(self, word: Result, network: _Network, when: datetime) -> None:
        said = self.last[word]
        if network in said or len(said) < _VOICES:
            said[network] = max(when, said.get(network, when))
        day = self.days.setdefault(f"{when:%Y-%m-%d}", {"ok": set(), "failed": set()})[word]
        if len(day) < _VOICES:
            day.add(network)
        if word == "failed" and len(self.failures) < _VOICES:
            self.failures.append(when)


@dataclass(slots=True)
class Count:
    """Counts lines below the beacon's `path`; `strangers` and `others` count for nothing.

    Args:
        find: says which versions there are, by the texts in a path.
        floor: earlier lines are of no interest.
        now: later lines are wrong.
    """

    path: str
    find: Lookup
    floor: datetime
    now: datetime
    others: int = 0  # not our client: people, bots, whatever asks for any address there is
    strangers: int = (
        0  # our client's words about what the registry does not have, or from the future
    )
    counted: int = 0
    _voices: dict[Key, _Voices] = field(default_factory=dict)

    def add(self, lines: Iterable[Line]) -> None:
        """Count lines; one that says what no client of ours says is passed over."""
        for line in lines:
            if line.path.startswith(self.path) and self.floor <= line.when:
                self._add(line)

    def loudest(self, most: int) -> tuple[Key, ...]:
        """Return the versions that anything was said of, those first that fail in the most networks."""
        failing = {key: len(said.last["failed"]) for key, said in self._voices.items()}
        return tuple(sorted(failing, key=lambda key: (-failing[key], key))[:most])

    @property
    def versions(self) -> int:
        """Of how many versions anything was said."""
        return len(self._voices)

    def of(self, key: Key, *, published: datetime, since: datetime) -> Counted:
        """Return what was said of one version: in all since then, and on each day that it was out."""
        said = self._voices.get(key, _Voices())
        total = {
            word: sum(when >= since for when in said.last[word].values()) for word in said.last
        }
        return Counted(
            total=Tally(ok=total["ok"], failed=total["failed"]),
            days={
                day: Tally(ok=len(words["ok"]), failed=len(words["failed"]))
                for day, words in sorted(said.days.items())
                if day >= f"{published:%Y-%m-%d}"
            },
            hits=sum(when >= since for when in said.failures),
        )

    def _add(self, line: Line) -> None:
        if line.method != "GET" or line.query or not _CLIENT.fullmatch(line.agent):
            self.others += 1
            return
        said = _WORD.fullmatch(line.path[len(self.path) :])
        key = self.find(said["id"], said["version"]) if said else None
        network = network_of(line.address)
        if said is None or key is None or network is None or line.when > self.now:
            self.strangers += 1
            return
        self.counted += 1
        word: Result = "ok" if said["word"] == "ok" else "failed"
        self._voices.setdefault(key, _Voices()).add(word, network, line.when)


def network_of(address: str) -> _Network | None:
    """Return the network of an address; None for what is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return 6, int(found) >> 80
        found = found.ipv4_mapped
    return 4, int(found) >> 8
