"""Ed25519 as python-tuf has it, but what was just verified is not verified again by the same program.

In plain Python a signature takes four milliseconds. A root is verified when it is read, and when trust
begins with it; a timestamp as it was remembered, and as a server that has nothing newer sends it. Nothing
of this outlives the program: what lies on the disk is verified by each.
"""

from __future__ import annotations

from functools import lru_cache

from securesystemslib.signer import KEY_FOR_TYPE_AND_SCHEME, Signature, SSlibKey

_KIND = "ed25519"


class LastingKey(SSlibKey):
    """A public key that remembers which of the last few signatures were its own, of these very bytes."""

    def verify_signature(self, signature: Signature, data: bytes) -> None:
        if isinstance(signature.signature, str):
            by, public = signature.keyid, self.keyval["public"]
            _verify(self.keyid, public, by, signature.signature, data)
        else:  # a stranger's JSON may have anything there
            super().verify_signature(signature, data)


@lru_cache(maxsize=8)  # one that is wrong raises, and is not remembered
def _verify(keyid: str, public: str, by: str, signature: str, data: bytes) -> None:
    key = SSlibKey(keyid, _KIND, _KIND, {"public": public})
    key.verify_signature(Signature(by, signature), data)


KEY_FOR_TYPE_AND_SCHEME[_KIND, _KIND] = LastingKey
