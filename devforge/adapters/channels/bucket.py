"""Packages in a bucket, each under a key that names its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from devforge.adapters.buckets import Bucket
from devforge.model.channels import Carrier, Copy
from devforge.model.mirrors import FOREVER


class BucketChannel:
    """One bucket; `name` of a carrier is the object's key."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def holds(self, carrier: Carrier) -> bool | None:
        """Whether the object is exactly this file; None where there is none under its key."""
        found = self._bucket.read(carrier.name, limit_bytes=len(carrier.content))
        return None if found is None else hashlib.sha256(found).hexdigest() == carrier.sha256

    def publish(self, carrier: Carrier, *, newest: bool) -> None:  # noqa: ARG002 - a key is a hash
        """Put the object, to be cached for ever."""
        more = {"Metadata": {"sha256": carrier.sha256}}
        kind = "application/zip"
        self._bucket.put(carrier.name, carrier.content, kind=kind, cache=FOREVER, more=more)

    def delete(self, copies: Sequence[Copy]) -> None:
        """Delete the objects; where the bucket keeps versions, the newest is then a mark of that."""
        self._bucket.delete([copy.name for copy in copies])
