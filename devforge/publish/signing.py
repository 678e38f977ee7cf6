"""Turns what we mean into signed TUF metadata, and back. Pure but for the signer's own ways.

Metadata is canonical JSON as it is signed, so that what was signed can be verified as it lies there.

Source: the TUF specification 1.0, sections 4.2 to 4.6; TAP 15 for succinct hash bins.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import Key, Signature, Signer
from tuf.api.metadata import SPECIFICATION_VERSION

from devforge.errors import BadInput

_SPECIFICATION = ".".join(SPECIFICATION_VERSION)
_BETWEEN = b'],"signed":'
_NO_TARGETS = b'"targets":{}'
_TIME = "%Y-%m-%dT%H:%M:%SZ"
Signed = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Metadata as it was found: what it says, and which of the trusted keys have signed it."""

    signed: dict[str, Any]
    keyids: frozenset[str]

    @property
    def version(self) -> int:
        return int(self.signed["version"])

    @property
    def expires(self) -> datetime:
        return read_time(self.signed["expires"])


def render_time(moment: datetime) -> str:
    """Return a moment as metadata writes it, whole seconds in UTC."""
    return moment.astimezone(UTC).strftime(_TIME)


def read_time(text: str) -> datetime:
    """Return the moment that `render_time` wrote. Raises ValueError for what it would write otherwise."""
    moment = datetime.fromisoformat(text)
    if render_time(moment) != text:
        raise ValueError(f"{text!r} is not written as {_TIME}")
    return moment


def role(kind: str, version: int, expires: datetime, **fields: object) -> dict[str, Any]:
    """Return the signed part of metadata of one kind: `targets`, `snapshot`, `timestamp`."""
    return {
        "_type": kind,
        "spec_version": _SPECIFICATION,
        "version": version,
        "expires": render_time(expires),
        **fields,
    }


def expiry(now: datetime, days: int) -> datetime:
    """Return when metadata signed at `now` expires."""
    return now.replace(microsecond=0) + timedelta(days=days)


def seal(signed: Signed, signers: Iterable[Signer]) -> bytes:
    """Return the metadata file of `signed`, signed by each of `signers`."""
    payload = canonical(signed)
    return assemble(payload, [signer.sign(payload) for signer in signers])


def seal_listing(signed: Signed, listing: bytes, signers: Iterable[Signer]) -> bytes:
    """The same for a role that lists targets: `listing` is what it lists, in canonical JSON.

    A whole index lists a hundred thousand targets in all; nobody has to sort them twice.
    """
    head, empty, tail = canonical({**signed, "targets": {}}).partition(_NO_TARGETS)
    payload = b"".join((head, empty[:-2], listing, tail))
    return assemble(payload, [signer.sign(payload) for signer in signers])


def assemble(payload: bytes, signatures: Sequence[Signature]) -> bytes:
    """Return the metadata file of a canonical `payload` and signatures made elsewhere."""
    listed = [{"keyid": one.keyid, "sig": one.signature} for one in signatures]
    listed.sort(key=lambda one: one["keyid"])
    head = json.dumps(listed, separators=(",", ":")).encode()
    return b'{"signatures":' + head[:-1] + _BETWEEN + payload + b"}"


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the OLPC canonical JSON of `value`."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if "\\" in text:  # the two differ only in how control characters are written
        text = encode_canonical(dict(value)) or ""
    return text.encode()


def unseal(content: bytes, keys: Mapping[str, Key], *, what: str) -> Sealed:
    """Return what metadata that `seal` wrote says, and which of `keys` (by id) signed it.

    Raises:
        BadInput: it was not written by `seal`, or none of `keys` signed it.
    """
    try:
        head, _, rest = content.partition(_BETWEEN)
        payload = rest.removesuffix(b"}")
        listed = json.loads(head.removeprefix(b'{"signatures":') + b"]")
        signed = json.loads(payload)
        found = [Signature.from_dict(one) for one in listed]
        good = frozenset(one.keyid for one in found if _is_good(one, keys, payload))
        sealed = Sealed(signed, good)
        sealed.version, sealed.expires  # noqa: B018 - both must be readable
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{what}: is no metadata of ours ({error}); build the index anew") from error
    if not good:
        raise BadInput(
            f"{what}: no key of this registry has signed it; find out who wrote it, "
            "then build the index anew in an empty directory"
        )
    return sealed


def _is_good(signature: Signature, keys: Mapping[str, Key], payload: bytes) -> bool:
    key = keys.get(signature.keyid)
    if key is None:
        return False
    try:
        key.verify_signature(signature, payload)
    except (UnverifiedSignatureError, VerificationError):
        return False
    return True
