"""Opens a registry's index: where it is, what trust in it begins with, and where we remember it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from tuf.api.metadata import Metadata, Root

from devforge.adapters.web import Patience
from devforge.adapters.web_addresses import refuse_unsafe
from devforge.errors import BadInput
from devforge.updates.index import Index
from devforge.updates.sessions import Place
from devforge.updates.store import Store

_ROOT_BYTES = 128 * 1024
_WEB = ("https://", "http://")


def open_index(
    location: str,
    *,
    home: Path,
    root: Path | None = None,
    offline: bool = False,
    region: str | None = None,
    patience: Patience | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    known_as: str | None = None,
) -> Index:
    """Return the index at `location`: an https address or a directory, of a site or of its index.

    Several addresses, with blanks between, are one registry's: it is known by the first of them, and
    who knows no mirrors of it yet asks them in turn, each for all of it.

    Args:
        home: what was verified is remembered below its `trust/`.
        root: the root all trust begins with; None takes the one this package came with.
        offline: answer from what was verified before, without asking anybody.
        clock: what expiry is compared with.
        known_as: remember it as this location, for whoever looks at one registry in two places.
        region: prefer mirrors that say they are there.

    Raises:
        BadInput: the location is neither, or the root is missing or damaged.
    """
    bases = _bases(location)
    bootstrap = read_root(root)
    known = _bases(known_as)[0] if known_as else bases[0]
    directory = home / "trust" / hashlib.sha256(known.encode()).hexdigest()[:16]
    first = location.split(maxsplit=1)[0] if location.startswith(_WEB) else location
    return Index(
        Place(location=first, bases=bases, bootstrap=bootstrap, region=region),
        store=Store(directory),
        offline=offline,
        patience=patience,
        clock=clock,
    )


def read_root(path: Path | None) -> bytes:
    """Return the root at `path`, or the one this package came with, checked to be one.

    Raises:
        BadInput: there is none, or it is not signed by its own keys.
    """
    try:
        content = _shipped() if path is None else _beginning(path)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; name the registry's root.json") from error
    if content is None:
        raise BadInput(
            "this devforge came without a registry's root key; get root.json from the registry's "
            "operator and name it with --root FILE, or set DEVFORGE_ROOT once"
        )
    try:
        metadata = Metadata[Root].from_bytes(content)
        metadata.signed.verify_delegate(Root.type, metadata.signed_bytes, metadata.signatures)
    except Exception as error:  # python-tuf raises many kinds for a file that is no root
        raise BadInput(f"{path or 'the shipped root'}: is not a TUF root ({error})") from error
    return content


def _beginning(path: Path) -> bytes:
    """As much as a root may have: what was named may be a pipe, or have no end."""
    with path.open("rb") as file:
        return file.read(_ROOT_BYTES + 1)


def _shipped() -> bytes | None:
    packaged = resources.files("devforge") / "_root.json"
    source = Path(__file__).resolve().parents[2] / "registry/root.json"
    for place in (packaged, source):
        if place.is_file():
            return place.read_bytes()
    return None


def _bases(location: str) -> tuple[str, ...]:
    """Return where the index may be: at each place that is named, or in the `index/` below it."""
    if location.startswith(_WEB):
        bases = (base for address in location.split() for base in _bases_of(address))
        return tuple(dict.fromkeys(bases))
    directory = Path(location).expanduser()
    if not directory.is_dir():
        raise BadInput(f"{location}: not a directory and not an https URL; name an index by either")
    below = directory / "index"
    chosen = below if (below / "metadata").is_dir() else directory
    return (chosen.resolve().as_uri() + "/",)


def _bases_of(address: str) -> tuple[str, ...]:
    if not address.startswith(_WEB):
        raise BadInput(f"{address}: not an https URL; only addresses can stand beside one another")
    refuse_unsafe(address, family=BadInput)
    base = address.rstrip("/") + "/"
    return (base,) if base.endswith("/index/") else (base + "index/", base)
