"""CDN caches that can be told to forget: CloudFront and Cloudflare. They are told exact paths alone."""

from __future__ import annotations

import hashlib
from typing import Protocol

import boto3
import requests

from devforge.adapters.buckets import answers_of
from devforge.errors import Refused, Unavailable

_PER_REQUEST = 30  # what Cloudflare takes at once on every plan


class Cache(Protocol):
    """What is in front of a bucket."""

    def forget(self, paths: tuple[str, ...], *, key: str) -> None:
        """Have the next request for each path ask the bucket.

        Args:
            key: names what is now behind the paths; the same key and paths may be asked for twice.
        """


class CloudFront:
    """A distribution, by its id."""

    def __init__(self, distribution: str, *, endpoint: str | None = None) -> None:
        self._distribution = distribution
        self._client = boto3.client(
            "cloudfront", region_name="us-east-1", endpoint_url=endpoint
        )  # a service of the whole world, which answers in one region

    def forget(self, paths: tuple[str, ...], *, key: str) -> None:
        """Create one invalidation; CloudFront makes one of two with the same reference."""
        named = [f"/{path}" for path in paths]
        reference = hashlib.sha256("\n".join([key, *named]).encode()).hexdigest()
        with answers_of("cloudfront", "invalidation"):
            answer = self._client.create_invalidation(
                DistributionId=self._distribution,
                InvalidationBatch={
                    "Paths": {"Quantity": len(named), "Items": named},
                    "CallerReference": reference,
                },
            )
        if "Invalidation" not in answer:
            raise Unavailable("cloudfront invalidation: no answer we can read")


class Cloudflare:
    """A zone, by its id, and the address its files are served at.

    Source: Cloudflare's API, "Purge Cached Content": POST /zones/{zone}/purge_cache, {"files": [url, …]}.
    """

    def __init__(
        self, zone: str, site: str, token: str, *, api: str = "https://api.cloudflare.com/client/v4"
    ) -> None:
        self._url = f"{api}/zones/{zone}/purge_cache"
        self._site = f"{site.rstrip('/')}/"
        self._headers = {"Authorization": f"Bearer {token}"}

    def forget(self, paths: tuple[str, ...], *, key: str) -> None:  # noqa: ARG002 - it keeps no count
        """Purge these files, thirty at a time. Safe to repeat."""
        for start in range(0, len(paths), _PER_REQUEST):
            files = [self._site + path for path in paths[start : start + _PER_REQUEST]]
            self._purge(files)

    def _purge(self, files: list[str]) -> None:
        try:
            answer = requests.post(
                self._url, json={"files": files}, headers=self._headers, timeout=(10, 30)
            )
            said = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise Unavailable(f"cloudflare purge: {type(error).__name__}, no answer") from error
        if answer.ok and said.get("success") is True:
            return
        errors = said.get("errors") or [{}]
        text = f"cloudflare purge: {answer.status_code} {str(errors[0].get('message', ''))[:200]}"
        raise (Unavailable if answer.status_code >= 500 or answer.status_code == 429 else Refused)(
            text
        )
