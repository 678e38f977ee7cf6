"""Private keys: makes them, and opens what signs. Speaks files and securesystemslib's signers.

A key is two files: `NAME.pem`, the private half, and `NAME.key.json`, which says who it is and where
the private half lies. Keys in hardware or a cloud service have only the second.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from pydantic import ValidationError
from securesystemslib.exceptions import KeyMismatchError, UnsupportedLibraryError
from securesystemslib.signer import (
    SIGNER_FOR_URI_SCHEME,
    CryptoSigner,
    Key,
    SecretsHandler,
    Signer,
    SSlibKey,
)

from devforge.errors import BadInput, DevForgeError, Refused, Unavailable
from devforge.model.trust import KEY_SUFFIX, NAME_FIELD, KeyReference

ENCRYPTED, UNLOCKED = "encrypted", "file2"
_FILES = (ENCRYPTED, UNLOCKED)
_LIMIT_BYTES = 64 << 10
_EXTRAS = {"awskms": "awskms", "azurekms": "azurekms", "gcpkms": "gcpkms", "hsm": "hsm", "hv": "vault", "tkey": "tkey"}  # fmt: skip
AskSecret = Callable[[str], str]


class EncryptedFile(CryptoSigner):
    """A PEM file that a passphrase opens: `encrypted:PATH`."""

    SCHEME = ENCRYPTED

    @classmethod
    def from_priv_key_uri(
        cls, priv_key_uri: str, public_key: Key, secrets_handler: SecretsHandler | None = None
    ) -> CryptoSigner:
        """Read the file, asking for its passphrase."""
        path = Path(priv_key_uri.partition(":")[2])
        if secrets_handler is None or not isinstance(public_key, SSlibKey):
            raise ValueError(f"{path} needs a passphrase")
        passphrase = secrets_handler(f"passphrase of {path.name}")
        content = path.read_bytes()
        return CryptoSigner(
            serialization.load_pem_private_key(content, passphrase.encode()), public_key
        )


SIGNER_FOR_URI_SCHEME[EncryptedFile.SCHEME] = EncryptedFile


def make_key(name: str, directory: Path, passphrase: str | None) -> KeyReference:
    """Make an Ed25519 key and write both its files, readable by this user alone.

    Args:
        passphrase: opens the file; None writes it in the clear, for a secret store to take in.

    Raises:
        BadInput: one of the files is there already, or `name` is none.
    """
    private, file = Ed25519PrivateKey.generate(), f"{name}.pem"
    uri = f"{UNLOCKED if passphrase is None else ENCRYPTED}:{file}"
    reference = _reference(name, private.public_key(), uri)
    lock: serialization.KeySerializationEncryption = (
        serialization.NoEncryption()
        if passphrase is None
        else serialization.BestAvailableEncryption(passphrase.encode())
    )
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    _refuse_overwriting(directory / file, directory / f"{name}{KEY_SUFFIX}")
    _write(directory / file, pem)
    _write_reference(reference, directory)
    return reference


def refer_to_key(name: str, directory: Path, *, uri: str, public_pem: bytes) -> KeyReference:
    """Write the reference of a key that is somewhere else, from its public half in PEM."""
    try:
        public = serialization.load_pem_public_key(public_pem)
        reference = _reference(name, public, uri)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadInput(f"the public key is not a PEM that can be used: {_words(error)}") from error
    _refuse_overwriting(directory / f"{name}{KEY_SUFFIX}")
    _write_reference(reference, directory)
    return reference


def read_reference(path: Path) -> KeyReference:
    """Return the key reference at `path`. Raises BadInput saying what is wrong with it."""
    try:
        content = path.read_bytes()[:_LIMIT_BYTES]
        if content.startswith(b"-----BEGIN"):
            raise BadInput(
                f"{path} is the key itself; name {path.stem}{KEY_SUFFIX} beside it, which says whose it is"
            )
        return KeyReference.model_validate_json(content)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; name the file NAME{KEY_SUFFIX}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise BadInput(
            f"{path}: {where}: {first['msg']}; name the file NAME{KEY_SUFFIX} that "
            "`devforge keys new` wrote"
        ) from error


def find_reference(place: Path, keyids: Collection[str]) -> tuple[Path, KeyReference]:
    """Return the reference of one of `keyids` and its file: `place`, or one in the directory `place`.

    Raises:
        BadInput: there is none.
    """
    paths = sorted(place.glob(f"*{KEY_SUFFIX}")) if place.is_dir() else [place]
    for path in paths:
        reference = read_reference(path)
        if reference.keyid in keyids:
            return path, reference
    wanted = ", ".join(keyid[:12] for keyid in keyids)
    raise BadInput(
        f"{place}: no NAME{KEY_SUFFIX} there is of the key {wanted}, which the root names; name the "
        f"NAME{KEY_SUFFIX} that `devforge keys new` wrote, or the directory that holds it"
    )


def public_key(reference: KeyReference) -> SSlibKey:
    """Return the key as metadata names it. Raises BadInput where the parts do not belong together."""
    keyval = {"public": reference.public}
    key = SSlibKey(reference.keyid, reference.keytype, reference.scheme, keyval)
    try:
        found = SSlibKey.from_crypto(key._crypto_key(), scheme=reference.scheme)  # noqa: SLF001  its own inverse
    except Exception as error:  # whatever a damaged key makes a library say
        raise BadInput(f"the key {reference.name} is damaged: {_words(error)}") from error
    if found.keyid != reference.keyid:
        raise BadInput(
            f"the key {reference.name} says it is {reference.keyid[:12]}, but is {found.keyid[:12]}"
        )
    return SSlibKey(
        reference.keyid, reference.keytype, reference.scheme, keyval, {NAME_FIELD: reference.name}
    )


def open_signer(reference: KeyReference, directory: Path, ask: AskSecret) -> Signer:
    """Return what signs with the private half; `directory` holds the reference's file.

    Raises:
        BadInput: the passphrase is wrong, or the file is another key's.
        Unavailable: a package, a service or a device is not there.
    """
    scheme, _, rest = reference.uri.partition(":")
    uri = f"{scheme}:{directory / rest}" if scheme in _FILES else reference.uri
    return _open(uri, public_key(reference), ask, what=f"the key {reference.name}")


def open_online_signer(secret: str, public: Key, *, what: str) -> Signer:
    """Return what signs in a job: `secret` is a PEM, or a URI of a service that holds the key.

    Args:
        public: the key that the root names.
        what: where the secret came from, for the error.
    """
    if "-----BEGIN" not in secret:
        return _open(secret.strip(), public, _nobody_to_ask, what=what)
    try:
        private = serialization.load_pem_private_key(secret.encode(), None)
        return CryptoSigner(private, public if isinstance(public, SSlibKey) else None)
    except TypeError as error:
        raise BadInput(
            f"{what} is locked by a passphrase, which a job cannot type: make the online key with "
            "`devforge keys new NAME --online`"
        ) from error
    except KeyMismatchError as error:
        raise BadInput(_mismatch(what, public)) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadInput(f"{what} is no private key in PEM: put the whole file there") from error


def _open(uri: str, public: Key, ask: AskSecret, *, what: str) -> Signer:
    scheme = uri.partition(":")[0]
    try:
        signer = Signer.from_priv_key_uri(uri, public, ask)
    except DevForgeError:
        raise
    except (UnsupportedLibraryError, ImportError) as error:
        extra = _EXTRAS.get(scheme, "crypto")
        raise Unavailable(
            f"{what} is in {scheme}, which needs a package that is not installed; "
            f"run: pip install 'securesystemslib[{extra}]'"
        ) from error
    except KeyMismatchError as error:
        raise BadInput(_mismatch(what, public)) from error
    except OSError as error:
        raise BadInput(
            f"{what}: {uri} cannot be read: {error.strerror or _words(error)}"
        ) from error
    except ValueError as error:
        raise BadInput(_refusal(what, scheme, error)) from error
    except Exception as error:  # each service and device has errors of its own
        raise Unavailable(f"{what}: {scheme} gave no answer: {_words(error)}") from error
    if signer.public_key.keyid != public.keyid:
        raise BadInput(_mismatch(what, public))
    return signer


def _refusal(what: str, scheme: str, error: ValueError) -> str:
    if scheme not in SIGNER_FOR_URI_SCHEME:
        known = ", ".join(sorted(SIGNER_FOR_URI_SCHEME))
        return f"{what}: nothing here signs by {scheme}: (known: {known})"
    if scheme == ENCRYPTED:
        return f"{what}: the passphrase is wrong, or the file is damaged"
    return f"{what} cannot be used: {_words(error)}"


def _mismatch(what: str, public: Key) -> str:
    name = public.unrecognized_fields.get(NAME_FIELD, "the key")
    return f"{what} is not {name} ({public.keyid[:12]}), which the metadata names: use that one"


def _nobody_to_ask(secret: str) -> str:
    raise Refused(f"the {secret} is asked for, and nobody is there to type it")


def _reference(name: str, public: PublicKeyTypes, uri: str) -> KeyReference:
    key = SSlibKey.from_crypto(public)
    try:
        return KeyReference(
            name=name, keyid=key.keyid, keytype=key.keytype, scheme=key.scheme,
            public=key.keyval["public"], uri=uri,
        )  # fmt: skip
    except ValidationError as error:
        first = error.errors()[0]
        where = str(first["loc"][0])
        hint = "lower-case letters, digits and hyphens" if where == "name" else first["msg"]
        raise BadInput(f"the key's {where} must be {hint}") from error


def _refuse_overwriting(*paths: Path) -> None:
    for path in paths:
        if path.exists() or path.is_symlink():
            raise BadInput(f"{path} is there already, and a key is never written over")


def _write_reference(reference: KeyReference, directory: Path) -> None:
    text = reference.model_dump_json(indent=1) + "\n"
    _write(directory / f"{reference.name}{KEY_SUFFIX}", text.encode())


def _write(path: Path, content: bytes) -> None:
    """Write a new file that only this user can read, and see it onto the disk."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
