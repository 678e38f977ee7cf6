"""Finds what is wrong with a home, and mends what can be mended without losing anything.

What is damaged is kept as `damaged/<name>-<number>`, never deleted. What others depend on is copied there
before it is replaced in one step, so that whoever stops this finds the damage again, and not nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from devforge.adapters.files import UNFINISHED
from devforge.errors import BadInput, DevForgeError, Unavailable
from devforge.model.plain import to_json
from devforge.updates.config import Config
from devforge.updates.contents import DAMAGED, STATE_BYTES
from devforge.updates.durable import read_capped, write_durably
from devforge.updates.history import from_lines, to_lines
from devforge.updates.home import Home
from devforge.updates.identity import is_sound
from devforge.updates.installed import Installed
from devforge.updates.verify import differences

_MOST = 500  # things mended in one go


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong: what, and what `--fix` does about it (nothing where `mend` is None).

    `is_left_over`: nobody misses anything; a command was stopped, and the next change tidies up after it.
    """

    what: str
    remedy: str
    mend: Callable[[], object] | None = None
    is_left_over: bool = False

    @property
    def line(self) -> str:
        return f"{self.what}\n    → {self.remedy}"


Fetch = Callable[[Installed], object]  # brings an installed version's files back, from the registry


def examine(
    home: Home, *, fetch: Fetch | None = None, platform: str | None = None
) -> list[Trouble]:
    """Return everything that is wrong with `home`, what others depend on first.

    Args:
        fetch: None where no registry was named.
        platform: this machine's, such as `linux-x64`; None asks nothing of it.
    """
    found = list(_places(home))
    if found:
        return found
    found += [*_wishes(home), *_past(home), *_present(home), *_small(home)]
    if not any(trouble.mend and not trouble.is_left_over for trouble in found):
        found += _files(home, fetch, platform)
    return [*found, *_trust(home)]


def mend(
    home: Home, *, fetch: Fetch | None = None, platform: str | None = None
) -> tuple[list[str], list[Trouble]]:
    """Mend what can be; return what was done, in sentences, and what is left.

    Mending one thing may show the next, so it looks again until nothing more can be done.
    """
    done: list[str] = []
    given_up: set[str] = set()
    while True:
        found = examine(home, fetch=fetch, platform=platform)
        trouble = next((t for t in found if t.mend and t.what not in given_up), None)
        if trouble is None or trouble.mend is None or len(done) > _MOST:
            break
        try:
            trouble.mend()
            done.append(f"{trouble.what}\n    mended: {trouble.remedy}")
        except (DevForgeError, OSError) as error:
            done.append(f"{trouble.what}\n    not mended: {error}")
        given_up.add(trouble.what)
    return done, found


def _places(home: Home) -> Iterator[Trouble]:
    """What stands where something of another kind should."""
    if home.root.exists() and not home.root.is_dir():
        yield Trouble(f"{home.given}: is not a directory", "name another home with --home")
        return
    if home.root.is_dir() and not os.access(home.root, os.W_OK):
        yield Trouble(f"{home.given}: cannot be written", "give it back to yourself (chmod, chown)")
        return
    for name in ("extensions", "incoming"):
        path = home.root / name
        if os.path.lexists(path) and not path.is_dir():
            yield Trouble(f"{path}: is not a directory", "moved aside", _aside(home, path))
    files = (home.state_file, home.history_file, home.journal_file)
    small = (home.known_file, home.health_file, home.id_file, home.root / "lock")
    for path in (*files, *small):
        if os.path.lexists(path) and not path.is_file():
            yield Trouble(f"{path}: is not a file", "moved aside", _aside(home, path))
        elif path.is_file() and path.stat().st_size > STATE_BYTES:
            yield Trouble(f"{path}: is larger than anything we write", "moved aside", _aside(home, path))  # fmt: skip


def _wishes(home: Home) -> Iterator[Trouble]:
    try:
        home.config()
    except (BadInput, Unavailable) as error:
        remedy = (
            "moved aside, and nothing is updated unasked until you say otherwise: mend the copy in "
            "damaged/ and put it back, for pins are in it"
        )

        def replace() -> None:
            with home.changing():
                _keep(home, home.config_file)
                home.write_config(Config(policy="notify"))

        yield Trouble(str(error), remedy, replace)


def _past(home: Home) -> Iterator[Trouble]:
    content = read_capped(home.history_file, limit_bytes=STATE_BYTES) or b""
    events, bad = from_lines(content)
    if bad:
        lines = ", ".join(map(str, bad[:5])) + (" …" if len(bad) > 5 else "")

        def keep_what_is_good() -> None:
            with home.changing():
                _keep(home, home.history_file)
                write_durably(home.history_file, to_lines(events))

        yield Trouble(
            f"{home.history_file}: cannot be read in line {lines}",
            f"the {len(events)} good lines are kept, the whole file is put into damaged/",
            keep_what_is_good,
        )


def _present(home: Home) -> Iterator[Trouble]:
    try:
        home.state()
    except BadInput as error:

        def write_anew() -> None:
            with home.changing():
                state, _ = home.readable()
                _keep(home, home.state_file)
                write_durably(home.state_file, to_json(state, indent=1))
                home.journal_file.unlink(missing_ok=True)

        yield Trouble(
            str(error), "written anew from the history and the versions' records", write_anew
        )


def _small(home: Home) -> Iterator[Trouble]:
    try:
        home.known()
    except BadInput as error:
        yield Trouble(str(error), "moved aside; the next `devforge outdated` learns it anew", _aside(home, home.known_file))  # fmt: skip
    try:
        home.reports()
    except BadInput as error:
        yield Trouble(str(error), "moved aside; what was reported may be once more", _aside(home, home.health_file))  # fmt: skip
    if not is_sound(home.id_file):
        yield Trouble(f"{home.id_file}: damaged", "another one was made", home.install_id)
    if home.journal_file.exists():

        def finish() -> None:
            with home.changing():
                pass

        what = f"{home.journal_file}: a command was stopped in the middle of a change"
        yield Trouble(what, "its last notes are written, or it is forgotten if it had not changed anything yet", finish, is_left_over=True)  # fmt: skip


def _trust(home: Home) -> Iterator[Trouble]:
    from devforge.updates.remembered import strays  # noqa: PLC0415 - reads what the registry says

    for place, found in strays(home.root / "trust"):

        def move(found: list[tuple[Path, str]] = found) -> None:
            for path, _ in found:
                _aside(home, path)()

        said = ", ".join(
            f"{'it' if p == place else p.relative_to(place)} {why}" for p, why in found[:3]
        )
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        yield Trouble(f"{place}: {said}{more}", "moved aside; what is missing is fetched again, and verified", move)  # fmt: skip


def _files(home: Home, fetch: Fetch | None, platform: str | None) -> Iterator[Trouble]:
    """Versions that are not as they were installed, and what they lack."""
    installed = home.installed()
    present = {entry.directory for entry in installed.values()}
    for entry in installed.values():
        said = _foreign(entry, platform) or _damage(home, entry)
        if said:
            yield _touched(entry, said, fetch)
        for needed, range_ in entry.extension_dependencies.items():
            there = installed.get(needed)
            if entry.enabled and (there is None or not range_.admits(there.version)):
                have = f"{there.version} is installed" if there else "it is not installed"
                yield Trouble(f"{entry.label}: needs {needed} {range_}, and {have}", f"devforge install {needed}")  # fmt: skip
    yield from _former(home, present)


def _former(home: Home, present: set[str]) -> Iterator[Trouble]:
    """Versions that one may go back to, and cannot, and what a stopped command left of one."""
    for path in sorted(home.root.glob("extensions/*/*")):
        directory = path.relative_to(home.root).as_posix().removesuffix(".json")
        if path.name.startswith(UNFINISHED):  # the next change sweeps it
            continue
        if directory in present or (path.suffix == ".json" and Path(str(path)[:-5]).is_dir()):
            continue
        record = home.record(directory)
        if record is None or differences(home.root / directory, record):

            def delete(directory: str = directory) -> None:
                with home.changing():
                    home.drop(directory)

            if record is None and not (home.root / f"{directory}.json").exists():
                yield Trouble(f"{directory}: a command was stopped before this was whole", "deleted; nothing uses it", delete, is_left_over=True)  # fmt: skip
                continue
            yield Trouble(f"{directory}: a former version is not whole", "deleted; it can be installed again", delete)  # fmt: skip


def _touched(entry: Installed, said: str, fetch: Fetch | None) -> Trouble:
    what = f"{entry.label}: {said}"
    if fetch is None:
        return Trouble(what, "name the registry (--index), and --fix fetches it again")
    return Trouble(what, "fetched again", lambda: fetch(entry))


def _foreign(entry: Installed, platform: str | None) -> str | None:
    """A home that was carried to another machine."""
    if platform is None or entry.platform in (None, platform):
        return None
    return f"its package is for {entry.platform}, and this is {platform}"


def _damage(home: Home, entry: Installed) -> str | None:
    if not (home.root / entry.directory).is_dir():
        return "its files are gone"
    record = home.record(entry.directory)
    if record is None:
        return "the record of its files is gone or damaged"
    found = differences(home.root / entry.directory, record)
    if not found:
        return None
    shown = ", ".join(f"{d.path} {d.how}" for d in found[:3])
    return shown + (f" and {len(found) - 3} more" if len(found) > 3 else "")


def _aside(home: Home, path: Path) -> Callable[[], object]:
    def move() -> None:
        target = _free_name(home, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)

    return move


def _keep(home: Home, path: Path) -> None:
    """Have a copy of `path` in damaged/, if it is not there already; what cannot be read is moved there."""
    try:
        content = read_capped(path, limit_bytes=STATE_BYTES)
    except Unavailable:
        _aside(home, path)()
        return
    kept = (copy.read_bytes() for copy in (home.root / DAMAGED).glob(f"{path.name}-*"))
    if content is not None and content not in kept:
        write_durably(_free_name(home, path), content)


def _free_name(home: Home, path: Path) -> Path:
    folder = home.root / DAMAGED
    number = 1
    while os.path.lexists(folder / f"{path.name}-{number}"):
        number += 1
    return folder / f"{path.name}-{number}"
