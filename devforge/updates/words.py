"""What `outdated`, `why` and `list` say to a person. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from devforge.model.index import ExtensionDocument
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.admission import Asked, Circumstances, Obstacle, needed_by, obstacle
from devforge.updates.check import Row, warnings
from devforge.updates.history import Event
from devforge.updates.installed import Installed
from devforge.updates.known import Known
from devforge.updates.rollout import parse_time
from devforge.updates.standing import newest_first, standing


def render_outdated(rows: Iterable[Row]) -> str:
    """Return one line for each extension there is something to say of, and how many are as they should be."""
    lines, quiet = [], 0
    for row in rows:
        said = _standing(row)
        quiet += not said and not row.warnings
        if said:
            lines.append(f"{row.id!s:<28} {row.have!s:<10} {said}")
        lines += [f"{row.id!s:<28} {row.have!s:<10} ! {warning}" for warning in row.warnings]
    if quiet:
        lines.append(f"{quiet} up to date")
    return "\n".join(lines or ["nothing is installed"])


def row_to_json(row: Row) -> dict[str, object]:
    """Return a row for a program."""
    against = row.obstacle
    return {
        "id": str(row.id),
        "have": str(row.have),
        "newest": str(row.newest) if row.newest else None,
        "offered": str(row.offered) if row.offered and not row.stays else None,
        "stays": row.stays or None,
        "not_yet": against.why if against else None,
        "not_yet_kind": against.kind if against else None,
        "until": against.until.isoformat() if against and against.until else None,
        "warnings": list(row.warnings),
    }


@dataclass(frozen=True, slots=True)
class Case:
    """All there is to know about one extension in one home."""

    id: ExtensionId
    installed: Mapping[ExtensionId, Installed]
    document: ExtensionDocument | None
    known: Known
    here: Circumstances
    events: Iterable[Event]

    @property
    def entry(self) -> Installed | None:
        return self.installed.get(self.id)

    def newer(self) -> list[tuple[Version, Obstacle | None]]:
        """Return each version above the present one, and what stands against it."""
        if self.document is None:
            return []
        have = self.entry.version if self.entry else None
        asked: Asked = "update" if self.entry else "install"
        return [
            (
                v.version,
                obstacle(self.document, v, asked=asked, here=self.here, have=have)
                or self._held_back(v.version),
            )
            for v in newest_first(self.document)
            if have is None or v.version > have
        ]

    def _held_back(self, version: Version) -> Obstacle | None:
        """What stands against a version because of others that have nothing newer to go along with it."""
        documents = self.known.documents
        staying = (
            other
            for other in self.installed.values()
            if other.id not in documents
            or standing(documents[other.id], other, asked="update", here=self.here).offered is None
        )
        by = needed_by(self.id, version, staying)
        return Obstacle("needed", f"cannot be had: {by}") if by else None


def render_why(case: Case) -> str:
    """Return why an extension is here, at this version, and why not at a newer one."""
    lines = [case.entry.label if case.entry else f"{case.id} is not installed"]
    lines += [f"  {name:<9} {text}" for name, text in _reasons(case)]
    newer = case.newer()
    word, verb = ("newer", "update") if case.entry else ("version", "install")
    for version, against in newer[:10]:
        why = against.why if against else f"can be had: devforge {verb} {case.id}"
        lines.append(f"  {word:<9} {version} {why}")
    if case.document is None:
        lines.append(f"  {word:<9} not known: this registry does not have it, or was not asked yet")
    elif not newer:
        lines.append(f"  {word:<9} there is {'nothing newer' if case.entry else 'none'}")
    return "\n".join(lines)


def why_to_json(case: Case) -> dict[str, object]:
    """Return the same for a program."""
    return {
        "id": str(case.id),
        "have": str(case.entry.version) if case.entry else None,
        "reasons": dict(_reasons(case)),
        "newer": {
            str(version): {"kind": against.kind, "why": against.why} if against else None
            for version, against in case.newer()
        },
    }


def ago(moment: str | None, now: datetime) -> str:
    """Return how long ago RFC 3339 `moment` was, in words; `never` for none."""
    when = parse_time(moment)
    if when is None:
        return "never"
    minutes = (now - when).total_seconds() / 60
    if minutes < 0:
        return "at a time still to come"
    if minutes < 60:
        return f"{int(minutes)} min ago" if minutes >= 1 else "just now"
    hours = minutes / 60
    return f"{int(hours)} h ago" if hours < 48 else f"{int(hours // 24)} days ago"


def _standing(row: Row) -> str:
    if row.newest is None:
        back = f"→ {row.offered}, in place of this one"
        return "" if row.offered is None else f"stays: {row.stays}" if row.stays else back
    if row.stays:
        takes = f", `devforge update {row.id}` takes it" if row.stays == "disabled" else ""
        is_had = row.offered is not None or row.obstacle is None
        out = f"is out{takes}" if is_had else row.obstacle and row.obstacle.why
        return f"stays: {row.stays}; {row.newest} {out}"
    if row.obstacle is None:
        return f"→ {row.newest}"
    why = f"{row.newest} {row.obstacle.why}"
    return f"→ {row.offered}; {why}" if row.offered else f"stays: {why}"


_WHO = {"person": "by you", "schedule": "by itself", "health": "because the next did not start", "registry": "on the registry's word"}  # fmt: skip


def _reasons(case: Case) -> list[tuple[str, str]]:
    entry, here = case.entry, case.here
    if entry is None:
        return []
    found = [("here", "; ".join(_users(case)) or "another needed it, which is gone")]
    moves = ("install", "update", "rollback")
    came = [e for e in case.events if e.id == entry.id and e.after == entry.version and e.act in moves]  # fmt: skip
    if came:
        when = came[-1].when.replace("T", " ")[:16]
        found.append(("since", f"{when} UTC, {came[-1].act} {_WHO[came[-1].by]}"))
    found.append(("may use", ", ".join(map(str, entry.permissions)) or "nothing beyond the editor"))
    if not entry.enabled:
        found.append(("disabled", entry.disabled_because))
    until = here.config.own(entry.id).held_until
    end = parse_time(until)
    then = f"{end.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if end else "`devforge unpin`"
    held = f", held until {then}" if until else ""
    found.append(("updates", f"{here.config.policy_of(entry.id)}{held}"))
    skipped = here.skipped.get(entry.id)
    if skipped:
        found.append(("skips", f"up to {skipped.version}, which {skipped.reason}"))
    return [*found, *(("warning", warning) for warning in warnings(entry, case.known))]


def _users(case: Case) -> list[str]:
    asked = ["you asked for it"] if case.entry and case.entry.requested else []
    users = [
        f"{other.label} needs {other.extension_dependencies[case.id]}"
        for other in case.installed.values()
        if case.id in other.extension_dependencies
    ]
    return [*asked, *users]
