"""A bucket of S3 or of anything compatible, through boto3. Credentials are AWS's usual variables."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from devforge.errors import Refused, Unavailable
from devforge.model.mirrors import StoredObject

_NO = (400, 401, 403, 404, 405, 409, 412)
_PER_REQUEST = 1000


class Bucket:
    """One bucket."""

    def __init__(self, bucket: str, *, region: str | None, endpoint: str | None) -> None:
        self.requests = 0
        self._bucket = bucket
        self._client = boto3.client(
            "s3",
            region_name=region,
            endpoint_url=endpoint,
            config=Config(
                connect_timeout=10, read_timeout=60, retries={"max_attempts": 3},
                # Compatible services do not all know S3's newer checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )  # fmt: skip

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        """Yield every object whose key begins with `prefix`, in order of key."""
        with self._answers("list"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=prefix
            )
            for page in pages:
                self.requests += 1
                for found in page.get("Contents", ()):
                    md5 = found["ETag"].strip('"')
                    yield StoredObject(found["Key"], found["Size"], md5, found["LastModified"])

    def read(self, key: str, *, limit_bytes: int) -> bytes | None:
        """Return an object's content, one byte more than `limit_bytes` at the most; None without one."""
        with self._answers("get"):
            self.requests += 1
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                    return None
                raise
            content: bytes = found["Body"].read(limit_bytes + 1)
            return content

    def put(
        self, key: str, content: bytes, *, kind: str, cache: str, more: Mapping[str, object] = {}
    ) -> None:
        """Make the object `key` hold `content`, to be served as `kind` with `cache` as Cache-Control."""
        md5 = hashlib.md5(content, usedforsecurity=False).digest()
        with self._answers("put"):
            self.requests += 1
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=content, ContentType=kind, CacheControl=cache,
                ContentMD5=base64.b64encode(md5).decode(), **more,
            )  # fmt: skip

    def delete(self, keys: list[str]) -> None:
        """Delete objects; those that are not there are no error."""
        for start in range(0, len(keys), _PER_REQUEST):
            named = [{"Key": key} for key in keys[start : start + _PER_REQUEST]]
            with self._answers("delete"):
                self.requests += 1
                answer = self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": named, "Quiet": True}
                )
            if errors := answer.get("Errors"):
                raise Refused(f"s3 delete: {errors[0]['Key']}: {errors[0].get('Code')}")

    @contextmanager
    def _answers(self, what: str) -> Iterator[None]:
        with answers_of("s3", what):
            yield


@contextmanager
def answers_of(service: str, what: str) -> Iterator[None]:
    """Put what boto3 raises into our families."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        said = error.response.get("Error", {})
        kind = Refused if status in _NO else Unavailable
        raise kind(
            f"{service} {what}: {said.get('Code')} {str(said.get('Message'))[:200]}"
        ) from error
    except BotoCoreError as error:
        raise Unavailable(f"{service} {what}: {str(error)[:200]}") from error
