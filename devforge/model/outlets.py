"""Where packages, news and the index go beside GitHub, as the operator's policy names it."""

from __future__ import annotations

from typing import Annotated, Literal

from devforge.model.base import Positive, Strict, shape
from devforge.model.records import ChannelName, HttpsUrl

# A channel may be a server on this machine, to try it out; anything else is reached by https alone.
ChannelUrl = Annotated[
    str,
    shape(
        r"^(https://[A-Za-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:\d{1,5})?(/[^\s<>\"'`\\]*)?$",
        "an https:// address",
        max_length=300,
    ),
]


class NpmChannel(Strict):
    """Publishing to npm, or to a registry that speaks its protocol."""

    scope: Annotated[
        str, shape(r"^@[a-z0-9][a-z0-9._-]*$", "an npm scope, such as @acme", max_length=100)
    ]
    """The scope all packages are published below; it must be yours."""
    registry: ChannelUrl | None = None
    """Another registry than the one the npm client uses by itself."""


class PypiChannel(Strict):
    """Publishing to PyPI, or to an index that speaks its protocol."""

    prefix: Annotated[
        str, shape(r"^[a-z][a-z0-9-]*-$", "lower-case letters, ending with -", max_length=40)
    ]
    """What every project's name begins with."""
    upload: ChannelUrl | None = None
    """Where to upload; without one, where the client uploads by itself."""
    simple: ChannelUrl | None = None
    """The index to read back from; without one, the client's own."""


class OciChannel(Strict):
    """Publishing to a container registry, as artifacts."""

    repository: Annotated[
        str,
        shape(
            r"^[a-z0-9.-]+(:\d{1,5})?(/[a-z0-9._-]+)+$",
            "a registry's host and a path, such as registry.example/acme/extensions",
            max_length=200,
        ),
    ]
    """Below it, each extension has a repository `<developer>/<name>`."""


class S3Channel(Strict):
    """Publishing to a bucket of S3 or of anything compatible."""

    bucket: Annotated[str, shape(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", "a bucket's name")]
    """The bucket; it must exist."""
    prefix: Annotated[
        str, shape(r"^([A-Za-z0-9._-]+/)*$", "empty, or a path that ends with /", max_length=100)
    ] = ""
    """Put in front of every key."""
    region: Annotated[str, shape(r"^[a-z0-9-]{2,40}$", "a region's name")] | None = None
    """The bucket's region."""
    endpoint: ChannelUrl | None = None
    """The address of a compatible service; without one, AWS."""


class Channels(Strict):
    """Where packages are published beside GitHub Releases."""

    every: tuple[ChannelName, ...]
    """The channels that every extension goes to, whether it asks for them or not."""
    npm: NpmChannel | None
    """npm; null: not offered."""
    pypi: PypiChannel | None
    """PyPI; null: not offered."""
    oci: OciChannel | None
    """A container registry; null: not offered."""
    s3: S3Channel | None
    """A bucket; null: not offered."""


class Webhook(Strict):
    """Somebody's address that is told of each release; the address itself is a secret."""

    name: Annotated[
        str, shape(r"^[a-z][a-z0-9-]*$", "lower-case letters, digits and -", max_length=40)
    ]
    """What the secret WEBHOOKS calls it."""
    kind: Literal["generic", "discord", "slack"]
    """What it understands."""


class Announcements(Strict):
    """Who is told of a release, beside the feeds."""

    discussions: bool
    """Whether each release is announced in a Discussion."""
    category: Annotated[
        str, shape(r"^[a-z0-9-]+$", "a category's name as it stands in its address")
    ]
    """The Discussions' category."""
    days: Positive
    """Releases older than this are not announced."""
    webhooks: tuple[Webhook, ...]
    """Addresses that are told, too."""


class CloudflareZone(Strict):
    """Cloudflare's caches in front of a mirror."""

    zone: Annotated[str, shape(r"^[0-9a-f]{32}$", "a zone's id, 32 hexadecimal digits")]
    """The zone's id."""
    site: HttpsUrl
    """The address that the bucket's prefix is served at."""


class MirrorBucket(Strict):
    """A copy of the signed index in a bucket, for a CDN to serve."""

    name: Annotated[
        str, shape(r"^[a-z][a-z0-9-]*$", "lower-case letters, digits and -", max_length=40)
    ]
    """What plans call it."""
    bucket: Annotated[str, shape(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", "a bucket's name")]
    """The bucket; it must exist."""
    prefix: Annotated[
        str, shape(r"^([A-Za-z0-9._-]+/)*$", "empty, or a path that ends with /", max_length=100)
    ] = ""
    """Put in front of every key."""
    region: Annotated[str, shape(r"^[a-z0-9-]{2,40}$", "a region's name")] | None = None
    """The bucket's region."""
    endpoint: ChannelUrl | None = None
    """The address of a compatible service; without one, AWS."""
    cloudfront: (
        Annotated[str, shape(r"^[A-Z0-9]{8,20}$", "a CloudFront distribution's id")] | None
    ) = None
    """The distribution in front of it."""
    cloudflare: CloudflareZone | None = None
    """The Cloudflare zone in front of it."""
