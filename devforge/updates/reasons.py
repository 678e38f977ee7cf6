"""Why a mirror was left, in a sentence. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from securesystemslib.exceptions import StorageError
from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.serialization import DeserializationError

from devforge.errors import Refused, Unavailable

# What going through a mirror can end in. ValueError: python-tuf's word for metadata that makes no sense.
TROUBLES = (
    DownloadError,
    RepositoryError,
    DeserializationError,
    StorageError,
    Unavailable,
    Refused,
    ValueError,
    KeyError,
    OSError,
)
Kind = Literal["silent", "expired", "wrong"]


@dataclass(frozen=True, slots=True)
class Reason:
    """What one mirror did: gave no answer, an old one, or one that is not to be believed."""

    mirror: str
    kind: Kind
    text: str


def explain(error: Exception, *, mirror: str, now: datetime, expires: datetime | None) -> Reason:
    """Return why `mirror` is left for another."""
    kind, text = _explained(error, now, expires)
    return Reason(mirror, kind, text.removeprefix(f"GET {mirror}"))


# The first that fits says it; `{}` is the error's own text.
_SAYINGS: tuple[tuple[type[Exception], Kind, str], ...] = (
    (DownloadHTTPError, "silent", "{}"),
    (Unavailable, "silent", "{}"),
    (DownloadLengthMismatchError, "wrong", "sends more bytes than were expected"),
    (UnsignedMetadataError, "wrong", "is not signed by the keys this registry's root names ({})"),
    (
        BadVersionNumberError,
        "wrong",
        "is older than what was seen before, or mixes two states ({})",
    ),
    (LengthOrHashMismatchError, "wrong", "is not what the signed index names ({})"),
    (DeserializationError, "wrong", "does not serve an index: what came cannot be read"),
    (OSError, "silent", "could not be written down here ({})"),
    (Exception, "wrong", "{}"),
)


def _explained(error: Exception, now: datetime, expires: datetime | None) -> tuple[Kind, str]:
    if isinstance(error, ExpiredMetadataError):
        until = f" on {expires:%Y-%m-%d}" if expires else ""
        return "expired", (
            f"what it serves expired{until} ({error}): it is not renewed, or this computer's "
            f"clock ({now:%Y-%m-%d}) is wrong"
        )
    kind, text = next((k, t) for family, k, t in _SAYINGS if isinstance(error, family))
    return kind, text.format(str(error) or type(error).__name__)


def told(reasons: list[Reason]) -> list[str]:
    """Return a line for every mirror; what two addresses of one place did alike is said once."""
    said: dict[tuple[str, str], str] = {}
    for one in reasons:
        site = one.mirror.removesuffix("index/")
        said[site, one.text] = site if (site, one.text) in said else one.mirror
    return [f"{mirror}: {text}" for (_, text), mirror in said.items()]


def render_reasons(location: str, reasons: list[Reason]) -> str:
    """Return one readable text of what every mirror did."""
    lines = told(reasons)
    if len(lines) == 1:
        return lines[0]
    return "\n  ".join([f"{location}: no mirror served a whole, current index", *lines])
