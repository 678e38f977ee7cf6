"""Says in words what signing something would change. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tuf.api.metadata import Key, Metadata, Root

from devforge.model.index import Config
from devforge.model.plain import to_plain
from devforge.publish.trust import ROLES
from devforge.trust.offline import Held, Keyring, Signed, keyring_of, name_of
from devforge.trust.reading import Pending, pending_config


def changes_in_words(held: Held | None, pending: Pending) -> Iterator[str]:
    """Yield a line for everything that `pending` would change of what is published."""
    for name in ("root", *ROLES):
        role = pending.role(name)
        then = dict(held.named()).get(name) if held else None
        if role is not None and name == "root":
            yield from _root(then, role)
        elif role is not None:
            yield from _bins(name, then, role)
    config = pending_config(pending.files)
    if config is not None:
        yield from _config(held, config)
    yield from _validity(held, pending)


def short(path: str) -> str:
    """Return a file's name as people read it: without its folder, hashes cut."""
    file = path.rpartition("/")[2]
    return f"{file[:8]}….config.json" if file.endswith(".config.json") else file


def described(key: Key) -> str:
    """Return a key as people tell it from others: its name and the beginning of its id."""
    return f"{name_of(key)} ({key.keyid[:12]})"


def _root(held: Metadata[Root] | None, root: Metadata[Root]) -> Iterator[str]:
    then, now = keyring_of(held.signed) if held else None, keyring_of(root.signed)
    number = root.signed.version
    if then is None:
        names = ", ".join(described(key) for key in now.offline)
        yield f"root {number}: the first. Whoever has it trusts what it names, and its successors"
        yield f"root {number}: signed offline by any {now.threshold} of {names}"
        yield f"root {number}: signed in jobs by {described(now.online)}"
    else:
        yield from (f"root {number}: {line}" for line in _keys(then, now))


def _keys(then: Keyring, now: Keyring) -> Iterator[str]:
    before, after = ({key.keyid: key for key in ring.offline} for ring in (then, now))
    for keyid in sorted(before.keys() - after.keys()):
        yield f"the offline key {described(before[keyid])} is trusted no longer"
    for keyid in sorted(after.keys() - before.keys()):
        yield f"the offline key {described(after[keyid])} is trusted from now on"
    if (then.threshold, len(before)) != (now.threshold, len(after)):
        yield (
            f"{now.threshold} of {len(after)} offline keys must sign, "
            f"instead of {then.threshold} of {len(before)}"
        )
    if then.online.keyid != now.online.keyid:
        yield (
            f"the online key {described(then.online)} is trusted no longer, "
            f"{described(now.online)} takes its place"
        )


def _bins(name: str, held: Signed | None, role: Signed) -> Iterator[str]:
    then, now = (_passed_on(metadata) for metadata in (held, role))
    if now != then:
        yield f"{name} {role.signed.version}: passes {now}"


def _passed_on(metadata: Signed | None) -> str | None:
    delegations = metadata.signed.delegations if metadata else None
    if delegations is None or delegations.succinct_roles is None:
        return None
    bins = delegations.succinct_roles
    return f"{1 << bins.bit_length} bins on to {described(delegations.keys[bins.keyids[0]])}"


def _validity(held: Held | None, pending: Pending) -> Iterator[str]:
    before = dict(held.named()) if held else {}
    until: dict[str, list[str]] = {}
    for name in ("root", *ROLES):
        role = pending.role(name)
        if role is not None:
            day = f"{role.signed.expires:%Y-%m-%d}"
            was = f"{before[name].signed.expires:%Y-%m-%d}" if name in before else day
            told = f"valid until {day}" + (f", instead of {was}" if was != day else "")
            until.setdefault(told, []).append(f"{name} {role.signed.version}")
    yield from (f"{', '.join(names)}: {told}" for told, names in until.items())


def _config(held: Held | None, config: Config) -> Iterator[str]:
    before = to_plain(held.trust.config) if held else {}
    for field, value in to_plain(config).items():
        if before.get(field) != value and (held or (value and field != "schema_version")):
            told = json.dumps(value, ensure_ascii=False)
            was = f", instead of {json.dumps(before[field])}" if field in before else ""
            yield f"config: {field} is {told}{was}"
