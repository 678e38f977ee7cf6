"""Whom clients trust: key files, and the names of what lies below `registry/trust/`."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field

from devforge.model.base import Strict, shape
from devforge.model.digests import Sha256

FOLDER = "trust"  # below registry/
PENDING = "pending"  # below that: what is not signed by enough keys yet
SHIPPED = "root.json"  # below registry/: the newest root, which clients are shipped with
KEY_SUFFIX = ".key.json"
NAME_FIELD = "x-devforge-name"  # in a key of the metadata, for people

KeyName = Annotated[
    str,
    shape(r"^[a-z0-9]+(-[a-z0-9]+)*$", "lower-case letters, digits and hyphens", max_length=40),
]


class KeyReference(Strict):
    """`NAME.key.json`: the public half of a key, and where the private one is.

    Nothing in it is secret. `uri` is `encrypted:FILE`, `file2:FILE`, or what securesystemslib
    takes for hardware and cloud services (`hsm:…`, `awskms:…`, `gcpkms:…`); a FILE lies beside it.
    """

    schema_version: Literal[1] = 1
    name: KeyName
    keyid: Sha256
    keytype: Annotated[str, Field(max_length=40)]
    scheme: Annotated[str, Field(max_length=60)]
    public: Annotated[str, Field(max_length=10_000)]
    uri: Annotated[str, Field(pattern=r"^[a-z0-9]+:", max_length=1000)]


def metadata_file(role: str, version: int) -> str:
    """Return where one version of a role lies, below `registry/trust/` and in the index."""
    return f"metadata/{version}.{role}.json"


def config_file(content: bytes) -> str:
    """Return where the configuration lies, named by its own hash."""
    return f"targets/{hashlib.sha256(content).hexdigest()}.config.json"


def role_of(name: str) -> str | None:
    """Return the role whose metadata lies at `name`; None if it is none."""
    folder, _, file = name.rpartition("/")
    number, _, rest = file.partition(".")
    if folder != "metadata" or not number.isdigit() or not rest.endswith(".json"):
        return None
    return rest.removesuffix(".json")
