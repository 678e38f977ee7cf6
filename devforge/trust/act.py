"""Carries out a plan of the ceremony in one `registry/trust/`."""

from __future__ import annotations

from collections.abc import Callable

from securesystemslib.signer import Key, Signer
from tuf.api.metadata import Metadata

from devforge.adapters.trust_folder import TrustFolder
from devforge.errors import DevForgeError, Unavailable
from devforge.publish.ceremony import file_of
from devforge.publish.trust import read_trust
from devforge.trust.offline import Signed
from devforge.trust.plan import Change, Complete, Write


class Actor:
    """Writes, signs, completes. Each act may be repeated."""

    def __init__(self, folder: TrustFolder, signer_of: Callable[[str], Signer]) -> None:
        self._folder, self._signer_of = folder, signer_of

    def act(self, change: Change) -> None:
        """Do one change of the plan."""
        if isinstance(change, Write):
            self._folder.propose(change.name, change.content)
        elif isinstance(change, Complete):
            self._complete(change)
        else:
            self._sign(change.name, change.key)

    def _sign(self, name: str, key: Key) -> None:
        signer = self._signer_of(key.keyid)
        metadata: Signed = Metadata.from_bytes(self._folder.pending()[name])
        try:
            signature = metadata.sign(signer, append=True)
            key.verify_signature(signature, metadata.signed_bytes)
        except Exception as error:  # each kind of signer has errors of its own
            raise Unavailable(f"{name} could not be signed: {error}"[:300]) from error
        self._folder.propose(name, file_of(metadata))

    def _complete(self, change: Complete) -> None:
        """Read what it will be, believing nothing, before it takes the place of what is."""
        preview = self._folder.preview(change.names)
        try:
            read_trust(preview)
        except DevForgeError:
            self._folder.discard(preview)
            raise
        self._folder.complete(preview)
