"""Which versions an extension may get here, the best first, for the resolver. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from devforge.model.index import ExtensionDocument, IndexedVersion
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.admission import Asked, Circumstances, Obstacle, is_malicious, obstacle
from devforge.updates.installed import Installed
from devforge.updates.resolve import Candidate, Domain
from devforge.updates.rollout import percent
from devforge.updates.standing import is_pinned, newest_first, step_back

Lookup = Callable[[ExtensionId], ExtensionDocument | None]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Answers the resolver's question for each extension."""

    lookup: Lookup
    installed: Mapping[ExtensionId, Installed]
    here: Circumstances
    asked: Mapping[ExtensionId, Asked] = field(default_factory=dict)  # by a person, or a schedule
    exact: Mapping[ExtensionId, Version] = field(default_factory=dict)
    must_move: frozenset[ExtensionId] = frozenset()

    def domain(self, id: ExtensionId) -> Domain:
        entry = self.installed.get(id)
        if entry and is_pinned(self.here, id):
            pinned = () if self._is_moved_elsewhere(id, entry) else (kept(entry),)
            return Domain(
                pinned, (f"{entry.version} is pinned; `devforge unpin {id}` lets it move",)
            )
        if id in self.exact:
            return self._exactly(id, entry)
        if id in self.asked:
            return self._asked(id, entry, self.asked[id])
        return self._needed(id, entry)

    def _is_moved_elsewhere(self, id: ExtensionId, entry: Installed) -> bool:
        return id in self.must_move or self.exact.get(id, entry.version) != entry.version

    def _exactly(self, id: ExtensionId, entry: Installed | None) -> Domain:
        wanted = self.exact[id]
        if entry and entry.version == wanted and self._is_usable(entry):
            return Domain((kept(entry),))
        document = self.lookup(id)
        if document is None:
            return _absent(id, self.here)
        version = next((v for v in document.versions if v.version == wanted), None)
        if version is None:
            have = ", ".join(str(v.version) for v in document.versions[:5]) or "none"
            return Domain((), (f"{wanted} is not in the registry, which has {have}",))
        against = obstacle(document, version, asked="exactly", here=self.here)
        if against:
            return Domain((), (f"{wanted} {against.why}",))
        return Domain((offer(version),))

    def _asked(self, id: ExtensionId, entry: Installed | None, asked: Asked) -> Domain:
        offers = self._offers(id, entry, asked)
        stays = (
            (kept(entry),) if entry and id not in self.must_move and self._is_usable(entry) else ()
        )
        refused = offers.refused
        if entry and not self._is_usable(entry) and not refused:
            refused = (
                f"{entry.version}, which is installed, is malicious, and nothing newer can be had",
            )
        document = self.lookup(id) if entry and asked in ("update", "now") else None
        good = step_back(document, entry, self.here) if document and entry else None
        back = (offer(good),) if good else ()
        return Domain((*offers.candidates, *back, *stays), refused)

    def _needed(self, id: ExtensionId, entry: Installed | None) -> Domain:
        """What another needs: as it is if it is there, else the newest that is offered."""
        offers = self._offers(id, entry, "install")
        stays = (kept(entry),) if entry and self._is_usable(entry) else ()
        return Domain((*stays, *offers.candidates), offers.refused)

    def _offers(self, id: ExtensionId, entry: Installed | None, asked: Asked) -> Domain:
        document = self.lookup(id)
        if document is None:
            return _absent(id, self.here)
        ready: list[Candidate] = []
        later: dict[str, list[Candidate]] = {"cooldown": [], "rollout": []}
        refused: list[str] = []
        for version in newest_first(document):
            if entry and version.version <= entry.version:
                continue
            against = obstacle(
                document,
                version,
                asked=asked,
                here=self.here,
                have=entry.version if entry else None,
            )
            if against is None:
                ready.append(offer(version))
            elif asked == "install" and self._may_be_all(against, version, entry):
                later[against.kind].append(offer(version))
            else:
                refused.append(f"{version.version} {against.why}")
        if not document.versions:
            refused.append("the registry has no version of it")
        return Domain((*ready, *later["cooldown"], *later["rollout"]), tuple(refused))

    def _may_be_all(
        self, against: Obstacle, version: IndexedVersion, entry: Installed | None
    ) -> bool:
        """Whether a version that has to wait is better than none, for who asks for the extension.

        The cooldown keeps updates from coming unasked, and so does the roll-out, of which there is
        nobody to be updated where it is not installed. A roll-out that is odd stays at nobody.
        """
        if against.kind == "cooldown":
            return True
        share = percent(version.rollout, published=version.published, now=self.here.now)
        return against.kind == "rollout" and entry is None and share > 0

    def _is_usable(self, entry: Installed) -> bool:
        """What the registry calls malicious is kept for nobody."""
        return is_malicious(self.here.lists, entry.id, entry.version) is None


def kept(entry: Installed) -> Candidate:
    return Candidate(entry.version, entry.extension_dependencies)


def offer(version: IndexedVersion) -> Candidate:
    return Candidate(version.version, version.extension_dependencies, version)


def _absent(id: ExtensionId, here: Circumstances) -> Domain:
    lists = here.lists
    if listed := lists.malicious.get(id):
        return Domain((), (f"it is malicious: {listed.sentence}",))
    if listed := lists.removed.get(id):
        return Domain((), (f"it was removed from the registry: {listed.sentence}",))
    return Domain((), (f"this registry does not have {id}; `devforge search` finds what it has",))
