"""What changed since the last approved version, as packaged: files, and what the code can do. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Literal

from checks.places import shipped
from devforge.model.change import shown
from devforge.model.observed import SourceFile, SourceTree
from devforge.model.profile import Difference, FileChange, Gain, Place, Power, Profile

Kind = Literal[
    "permission", "power", "host", "program", "dependency", "entry point", "install hook",
    "binary", "minified file", "owner",
]  # fmt: skip
_MOST_FILES = 200
_MOST_GAINS = 500
_COMPARED_BYTES = 256 << 10  # past this, lines are not counted: nobody reads that many

_MOST_PAIRS = 500_000  # equal lines to be told apart: the work grows with them


def difference_of(
    since: str, old: SourceTree, new: SourceTree, *, before: Profile, after: Profile
) -> Difference:
    """Return what of the package, and of what it can do, is not what it was in the version `since`."""
    files = tuple(_files(old, new))
    return Difference(
        since=since,
        gains=tuple(_gains(before, after))[:_MOST_GAINS],
        files=files[:_MOST_FILES],
        files_left_out=max(0, len(files) - _MOST_FILES),
        bytes_before=_size(old),
        bytes_after=_size(new),
    )


def _size(tree: SourceTree) -> int:
    return sum(len(file.content) for file in shipped(tree) if file.is_plain)


def _files(old: SourceTree, new: SourceTree) -> Iterator[FileChange]:
    before = {file.path: file for file in shipped(old)}
    after = {file.path: file for file in shipped(new)}
    for path in sorted(before.keys() | after.keys()):
        was, now = before.get(path), after.get(path)
        if (
            was is not None
            and now is not None
            and (was.content, was.mode)
            == (
                now.content,
                now.mode,
            )
        ):
            continue
        added, removed = _lines(was, now)
        verb: Literal["added", "removed", "changed"] = (
            "added" if was is None else "removed" if now is None else "changed"
        )
        yield FileChange(
            path=shown(path)[:300],
            verb=verb,
            lines_added=added,
            lines_removed=removed,
            bytes=len(now.content) if now else 0,
        )


def _lines(was: SourceFile | None, now: SourceFile | None) -> tuple[int | None, int | None]:
    """How many lines came and went; None where a side is no text, too large, or too alike."""
    sides = [side for side in (was, now) if side is not None]
    if any(not side.is_text or len(side.content) > _COMPARED_BYTES for side in sides):
        return None, None
    old = was.text.splitlines() if was else []
    new = now.text.splitlines() if now else []
    if not old or not new:
        return len(new), len(old)
    known, came = Counter(old), Counter(new)
    if sum(known[line] * times for line, times in came.items()) > _MOST_PAIRS:
        return None, None
    blocks = SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > 4000)
    same = sum(block.size for block in blocks.get_matching_blocks())
    return len(new) - same, len(old) - same


def _gains(old: Profile, new: Profile) -> Iterator[Gain]:
    yield from _set("permission", map(str, old.permissions), map(str, new.permissions))
    powers: dict[str, Place] = {use.power: use.places[0] for use in new.uses}
    yield from _set("power", (use.power for use in old.uses), powers, powers.get)
    yield from _set("host", old.hosts, new.hosts, _named(new, "network").get)
    yield from _set("program", old.programs, new.programs, _named(new, "process").get)
    yield from _set("install hook", old.hooks, new.hooks)
    yield from _dependencies(old, new)
    yield from _set("entry point", old.entry_points, new.entry_points)
    yield from _set("binary", old.binaries, new.binaries)
    yield from _set("minified file", old.minified, new.minified)
    yield from _set("owner", old.owners, new.owners)


def _named(profile: Profile, power: Power) -> Mapping[str, Place]:
    use = profile.use(power)
    return {place.what: place for place in reversed(use.places)} if use else {}


def _set(
    kind: Kind,
    old: Iterable[str],
    new: Iterable[str],
    place: Callable[[str], Place | None] = lambda _: None,
) -> Iterator[Gain]:
    before, after = set(old), set(new)
    for what in sorted(after - before):
        yield Gain(kind=kind, what=what, verb="new", place=place(what))
    for what in sorted(before - after):
        yield Gain(kind=kind, what=what, verb="gone")


def _dependencies(old: Profile, new: Profile) -> Iterator[Gain]:
    before, after = _versions(old), _versions(new)
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was is None:
            yield Gain(kind="dependency", what=f"{name} {now}"[:300].rstrip(), verb="new")
        elif now is None:
            yield Gain(kind="dependency", what=name[:300], verb="gone")
        elif was != now:
            what = f"{name} {was or 'any version'} → {now or 'any version'}"
            yield Gain(kind="dependency", what=what[:300], verb="changed")


def _versions(profile: Profile) -> Mapping[str, str]:
    return {f"{one.name} ({one.ecosystem})": one.version for one in profile.dependencies}
