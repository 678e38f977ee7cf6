"""What is counted, and where the access logs lie that it is counted from, as the operator's policy says."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import model_validator

from devforge.model.base import Percent, Strict, shape
from devforge.model.outlets import ChannelUrl

LogKind = Literal["cloudfront", "cloudflare", "combined"]
# A path of an address, as a server's configuration names it.
ServedPath = Annotated[
    str, shape(r"^/([A-Za-z0-9._~-]+/)*$", "a path that begins and ends with /", max_length=200)
]


class LogSource(Strict):
    """Where one server or CDN puts its access logs: a bucket, or a directory of the machine that reads them."""

    name: Annotated[
        str, shape(r"^[a-z][a-z0-9-]*$", "lower-case letters, digits and -", max_length=40)
    ]
    """What counts call it; another name would count the same files again."""
    kind: LogKind
    """Who writes them: CloudFront, Cloudflare's Logpush, or nginx and Apache in their combined format."""
    bucket: (
        Annotated[str, shape(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", "a bucket's name")] | None
    ) = None
    """The bucket they lie in."""
    directory: (
        Annotated[str, shape(r"^[^\x00-\x1f\x7f]+$", "a directory", max_length=300)] | None
    ) = None
    """The directory they lie in, where there is no bucket."""
    prefix: Annotated[
        str, shape(r"^[A-Za-z0-9._=/-]*$", "what names begin with", max_length=200)
    ] = ""
    """What the names of its files begin with."""
    region: Annotated[str, shape(r"^[a-z0-9-]{2,40}$", "a region's name")] | None = None
    """The bucket's region."""
    endpoint: ChannelUrl | None = None
    """The address of a compatible service; without one, AWS."""
    index: ServedPath | None = "/index/"
    """Where the server serves the signed index; null: it serves none."""

    @model_validator(mode="after")
    def _in_one_place(self) -> Self:
        if (self.bucket is None) == (self.directory is None):
            raise ValueError("must name either a bucket or a directory")
        return self


class Analytics(Strict):
    """What is counted of the marketplace's use."""

    logs: tuple[LogSource, ...]
    """The access logs that downloads and caches are counted from."""
    immutable_percent: Percent
    """The share of the index's bytes that caches should serve of what never changes."""

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [source.name for source in self.logs]
        if len(set(names)) < len(names) or "releases" in names:
            raise ValueError("must give each log a name of its own, other than releases")
        return self
