"""A container registry, through the ORAS client: each package is an artifact of one layer, the zip.

A version with a package for each platform is an image index of such artifacts.

Source: the OCI image specification 1.1, "Guidelines for Artifact Usage".
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import oras.client
import requests

from devforge.errors import Refused, Unavailable
from devforge.model.channels import Carrier, Copy

ARTIFACT = "application/vnd.devforge.extension.v1"
LAYER = "application/vnd.devforge.extension.v1+zip"
_INDEX = "application/vnd.oci.image.index.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_EMPTY = "application/vnd.oci.empty.v1+json"
_NOTHING = b"{}"
_SYSTEMS = {"win32": "windows", "alpine": "linux", "linux": "linux", "darwin": "darwin"}


class Oci:
    """One container registry; `name` of a carrier is its repository, `version` its tag."""

    def __init__(self, host: str, *, user: str | None, password: str | None) -> None:
        plain = host.partition(":")[0] in ("localhost", "127.0.0.1")
        self._client = _Client(hostname=host, insecure=plain)
        self._scheme = "http" if plain else "https"
        self._client.session.headers["Connection"] = "close"  # a handful of requests in a run
        self._client.session.mount(f"{self._scheme}://", _Bounded())
        if user and password:
            self._client.auth.set_basic_auth(user, password)

    def holds(self, carrier: Carrier) -> bool | None:
        """Whether the tag names exactly this artifact; None where there is no such tag."""
        answer = self._send("GET", carrier, f"manifests/{carrier.version}")
        if answer.status_code == 404:
            return None
        self._expect(answer, 200, "manifest")
        return answer.content == (_index if carrier.parts else _manifest)(carrier)

    def publish(self, carrier: Carrier, *, newest: bool) -> None:  # noqa: ARG002 - a tag is a version
        """Upload the layer and the empty configuration, then the manifest that names them.

        Raises:
            Unavailable: no answer. Refused: the registry said no.
        """
        container = self._client.get_container(f"{carrier.name}:{carrier.version}")
        if carrier.parts:  # they are there already
            answer = self._send("PUT", carrier, f"manifests/{carrier.version}", _index(carrier))
            self._expect(answer, 201, "index")
            return
        with tempfile.TemporaryDirectory(prefix="devforge-oci-") as scratch:
            for content, kind in ((_NOTHING, _EMPTY), (carrier.content, LAYER)):
                blob = Path(scratch, "blob")
                blob.write_bytes(content)
                try:
                    answer = self._client.upload_blob(
                        str(blob), container, _descriptor(content, kind)
                    )
                except (requests.RequestException, ValueError) as error:
                    raise _translated(error, "blob") from error
                self._expect(answer, (200, 201, 202), "blob")
        answer = self._send("PUT", carrier, f"manifests/{carrier.version}", _manifest(carrier))
        self._expect(answer, 201, "manifest")

    def delete(self, copies: Sequence[Copy]) -> None:
        """Delete the manifests that the tags name, and the packages, which have addresses of their own.

        A tag that names somebody else's package is left. Registries may refuse to delete anything.

        Source: the OCI distribution specification 1.1, "Content Management".
        """
        for copy in copies:
            answer = self._send("GET", copy, f"manifests/{copy.version}")
            if answer.status_code != 404:
                self._expect(answer, 200, "manifest")
                if _is_ours(answer.content, copy):
                    digest = hashlib.sha256(answer.content).hexdigest()
                    self._delete(copy, f"manifests/sha256:{digest}")
            if copy.sha256:
                self._delete(copy, f"blobs/sha256:{copy.sha256}")

    def _delete(self, copy: Copy, path: str) -> None:
        answer = self._send("DELETE", copy, path)
        if answer.status_code in (404, 405) and path.startswith("blobs/"):
            return  # it was not there, or goes with the manifest when the registry tidies up
        self._expect(answer, (200, 202, 404), f"delete {copy.name}:{copy.version}")

    def _send(
        self, method: str, carrier: Carrier | Copy, path: str, content: bytes | None = None
    ) -> requests.Response:
        host, _, repository = carrier.name.partition("/")
        url = f"{self._scheme}://{host}/v2/{repository}/{path}"
        kind = _INDEX if isinstance(carrier, Carrier) and carrier.parts else _MANIFEST
        headers = {"Accept": f"{_MANIFEST}, {_INDEX}"} | ({"Content-Type": kind} if content else {})
        try:
            answer: requests.Response = self._client.do_request(
                url, method, data=content, headers=headers
            )
            return answer
        except (requests.RequestException, ValueError) as error:
            raise _translated(error, f"{method} {path}") from error

    @staticmethod
    def _expect(answer: requests.Response, codes: int | tuple[int, ...], what: str) -> None:
        wanted = (codes,) if isinstance(codes, int) else codes
        if answer.status_code in wanted:
            return
        said = " ".join(answer.text.split())[:200]
        kind = Unavailable if answer.status_code >= 500 or answer.status_code == 429 else Refused
        raise kind(f"oci: {what}: {answer.status_code} {said}")


class _Client(oras.client.OrasClient):  # type: ignore[misc] # it ships no types
    """Asks once: the client's own repetitions take two minutes, and the next run asks again."""

    do_request = oras.client.OrasClient.do_request.__wrapped__


class _Bounded(requests.adapters.HTTPAdapter):
    """Gives every request of the client the time limit it does not set itself."""

    def send(  # type: ignore[override] # the client names its options, all of which are handed on
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        return super().send(request, **(options | {"timeout": (10, 120)}))


def _translated(error: Exception, what: str) -> Refused | Unavailable:
    if isinstance(error, requests.RequestException):
        return Unavailable(f"oci: {what}: {type(error).__name__}, no answer")
    # How the client tells of credentials that are missing or wrong.
    return Refused(f"oci: {what}: {' '.join(str(error).split())[:200]}")


def _is_ours(manifest: bytes, copy: Copy) -> bool:
    try:
        said = json.loads(manifest)
        if copy.sha256 is None:
            return bool(said["artifactType"] == ARTIFACT)
        return f"sha256:{copy.sha256}" in [layer["digest"] for layer in said["layers"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _descriptor(content: bytes, kind: str) -> dict[str, object]:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return {"mediaType": kind, "digest": digest, "size": len(content)}


def _manifest(carrier: Carrier) -> bytes:
    """The artifact's manifest: the same bytes for the same package, so a tag can be compared."""
    layer = _descriptor(carrier.content, LAYER)
    layer["annotations"] = {"org.opencontainers.image.title": carrier.file}
    whole = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "artifactType": ARTIFACT,
        "config": _descriptor(_NOTHING, _EMPTY),
        "layers": [layer],
        "annotations": {**carrier.about, "org.opencontainers.image.version": carrier.version},
    }
    return json.dumps(whole, separators=(",", ":")).encode()


def _index(carrier: Carrier) -> bytes:
    """The list of a version's artifacts by platform, as image indexes have it: the same bytes always."""
    whole = {
        "schemaVersion": 2,
        "mediaType": _INDEX,
        "artifactType": ARTIFACT,
        "manifests": [_listed(part) for part in carrier.parts],
        "annotations": {**carrier.about, "org.opencontainers.image.version": carrier.version},
    }
    return json.dumps(whole, separators=(",", ":")).encode()


def _listed(part: Carrier) -> dict[str, object]:
    named = {"annotations": {"org.opencontainers.image.title": part.file}}
    entry = _descriptor(_manifest(part), _MANIFEST) | {"artifactType": ARTIFACT} | named
    if part.platform is None:
        return entry
    system, _, machine = part.platform.partition("-")
    architecture = {"x64": "amd64", "armhf": "arm"}.get(machine, machine)
    platform: dict[str, object] = {"architecture": architecture, "os": _SYSTEMS[system]}
    platform |= {"variant": "v7"} if machine == "armhf" else {}
    platform |= {"os.features": ["musl"]} if system == "alpine" else {}
    return entry | {"platform": platform}
