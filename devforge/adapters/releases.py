"""GitHub Releases, reduced to what publishing needs. Speaks HTTP and decides nothing.

A write is made once: a lost answer may hide a success, and whoever asked looks again first.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import github
import requests
from pydantic import Field
from urllib3.exceptions import HTTPError

from devforge.adapters.github_connection import (
    GitHubConnection,
    NotThere,
    parsed,
    translated,
)
from devforge.errors import Refused, Unavailable
from devforge.model.base import Foreign
from devforge.model.release import IndexedFile

NEWEST = 100
MOST_COUNTED = 40_000
_TAGS = 50
_FILES = "{ releaseAssets(first: 50) { nodes { id name downloadCount } } }"


class Counted(Foreign):
    """How often a file of a release was downloaded."""

    id: str
    name: str
    count: Annotated[int, Field(ge=0, alias="downloadCount")]


class Asset(Foreign):
    """A file of a release. `state` is `starter` where an upload broke off."""

    id: Annotated[int, Field(gt=0)]
    name: str
    state: str
    size: int
    browser_download_url: str
    download_count: Annotated[int, Field(ge=0)] = 0
    digest: str | None = None  # "sha256:…", on servers that say it


class Release(Foreign):
    """A release. `published_at` is absent while it is a draft, which only we can see."""

    id: Annotated[int, Field(gt=0)]
    tag_name: str
    draft: bool
    upload_url: str
    html_url: str = ""
    published_at: str | None = None
    assets: tuple[Asset, ...] = ()


class Releases(GitHubConnection):
    """The releases of one repository; see `GitHub` for what its arguments mean."""

    def newest(self) -> tuple[Release, ...]:
        """Return the hundred newest releases, drafts among them. One request."""
        path = f"{self._base}/releases"
        _, found = self._send("GET", path, query={"per_page": NEWEST})
        return tuple(parsed(Release, item, path) for item in found)

    def counts(self, tags: Sequence[str]) -> Iterator[tuple[str, str, int]]:
        """Yield id, name and download count of each file of the releases of `tags`; fifty to a request.

        They are asked for by name, because the list ends early: REST answers no more than the first
        1 000 releases. Source: iree-org/iree#16506, concourse/github-release-resource#122.

        Raises:
            Refused: they would take more requests than a token has in an hour.
        """
        if len(tags) > MOST_COUNTED:
            raise Refused(f"{len(tags)} releases are more than can be asked for in an hour")
        for start in range(0, len(tags), _TAGS):
            asked = tags[start : start + _TAGS]
            named = {f"t{number}": tag for number, tag in enumerate(asked)}
            variables = "".join(f", ${name}: String!" for name in named)
            wanted = "".join(f"{name}: release(tagName: ${name}) {_FILES} " for name in named)
            query = f"query($owner: String!, $name: String!{variables}) {{ repository(owner: $owner, name: $name) {{ {wanted} }} }}"  # fmt: skip
            found = self._ask(query, self._names() | named)["repository"]
            for release in found.values():
                for node in release["releaseAssets"]["nodes"] if release else ():
                    file = parsed(Counted, node, "releaseAssets")
                    yield file.id, file.name, file.count

    def tagged(self, tag: str) -> Release | None:
        """Return the published release of `tag`; a draft is never found this way."""
        return self._maybe(Release, f"{self._base}/releases/tags/{quote(tag, safe='')}")

    def draft(self, tag: str, *, title: str, body: str, commit: str, prerelease: bool) -> Release:
        """Create a draft. Asking twice makes two: look at `newest` first."""
        wanted = {
            "tag_name": tag,
            "target_commitish": commit,
            "name": title,
            "body": body,
            "draft": True,
            "prerelease": prerelease,
        }
        answer = self._write("POST", f"{self._base}/releases", wanted)
        return parsed(Release, answer, "release")

    def publish(self, release: int) -> Release:
        """Make a draft public, which also makes its tag. Safe to repeat."""
        wanted = {"draft": False, "make_latest": "false"}
        answer = self._write("PATCH", f"{self._base}/releases/{release}", wanted)
        return parsed(Release, answer, "release")

    def upload(self, release: Release, name: str, content: bytes, kind: str) -> Asset:
        """Add a file to a draft. A name that is taken is refused, half an upload included."""
        url = release.upload_url.split("{", 1)[0]
        answer = self._send_bytes(url, {"name": name}, content, kind)
        return parsed(Asset, answer, "asset")

    def discard_upload(self, asset: Asset) -> None:
        """Remove what a broken upload left in a draft, so that its name is free again.

        Source: docs.github.com, "Upload a release asset": an asset left in the state `starter`
        can be deleted and uploaded anew.
        """
        try:
            self._write("DELETE", f"{self._base}/releases/assets/{asset.id}")
        except NotThere:
            return

    def _send_bytes(self, url: str, query: dict[str, str], content: bytes, kind: str) -> Any:
        self.requests += 1
        headers = {"Content-Type": kind, "Content-Length": str(len(content))}
        try:
            return self._requester.requestMemoryBlobAndCheck(
                "POST", url, query, headers, io.BytesIO(content)
            )[1]
        except github.GithubException as error:
            raise translated("POST", url, error) from error
        except requests.RequestException as error:
            raise Unavailable(f"POST {url}: {type(error).__name__}, no answer") from error
        except ValueError as error:
            raise Unavailable(f"POST {url}: the answer is not JSON") from error


def fetch_asset(file: IndexedFile) -> bytes:
    """Return the bytes of a published asset, proven to be those it was noted with.

    Raises:
        Unavailable: no answer, or half of one. Refused: other bytes.
    """
    try:
        with requests.get(file.url, stream=True, timeout=(10, 60)) as answer:
            if answer.status_code != 200:
                kind = Unavailable if answer.status_code >= 500 else Refused
                raise kind(f"GET {file.url}: {answer.status_code}")
            content: bytes = answer.raw.read(file.length + 1, decode_content=True)
    except (requests.RequestException, HTTPError) as error:
        raise Unavailable(f"GET {file.url}: {type(error).__name__}, no answer") from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise Refused(
            f"{file.name}: the release's asset is not what was noted (sha256 "
            f"{file.sha256[:12]}…); find out who changed it"
        )
    return content
