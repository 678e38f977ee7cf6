"""A small signed index made with throw-away keys, and a server that counts, and can be told to misbehave.

    registry = SignedIndex(tmp_path / "index")        # keys made, roots signed: 2 of 3, one online key
    registry.publish(document("acme.ink", "1.0.0"))   # the first time whole, then as one change
    registry.clock += timedelta(days=40)              # everything it signed is expired now
    with serve(registry.out) as server:               # server.url, server.requests, server.bytes
        server.misbehave("metadata/timestamp.json", "truncate")

Packages are real zip files and lie where the index's own template says: `targets/packages/`.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import threading
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import formatdate, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner

from devforge.adapters.policy import load_policy
from devforge.model.addresses import package_name
from devforge.model.fields import from_plain
from devforge.model.index import (
    Config,
    ExtensionDocument,
    IndexedVersion,
    ListEntry,
    ListName,
    Mirror,
    PackageFile,
    StateList,
)
from devforge.model.names import ExtensionId
from devforge.model.plain import to_plain
from devforge.model.policy import Policy
from devforge.publish.ceremony import Holders, config_of, initialise
from devforge.publish.index import IndexReport, build_index, update_index
from devforge.publish.revision import Floor, Signing
from devforge.publish.trust import Trust

NOW = datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)
PACKAGES = "targets/packages/{sha256}.{file}"
ENGINE = ">=1.0.0"


def signer(name: str) -> CryptoSigner:
    """A throw-away key that is the same each time for the same name."""
    return CryptoSigner(
        Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
    )


ROOT = tuple(signer(f"root {number}") for number in range(3))
TARGETS = tuple(signer(f"targets {number}") for number in range(3))
ONLINE = signer("online")


def holders(**changes: Any) -> Holders:
    """The public halves: 2 of 3 for root, 2 of 3 for targets."""
    values: dict[str, Any] = {
        "root": [one.public_key for one in ROOT],
        "targets": [one.public_key for one in TARGETS],
        "online": ONLINE.public_key,
    }
    return Holders(**(values | changes))


def small_config(
    *, bits: int = 2, packages: str = PACKAGES, mirrors: Iterable[Mirror] = ()
) -> Config:
    """A configuration with few bins, so that a test writes few files."""
    config = config_of("Shelf", packages, extension_bits=bits)
    return replace(config, mirrors=tuple(mirrors))


def signed_trust(directory: Path, config: Config | None = None, now: datetime = NOW) -> Trust:
    """What the offline keys sign, in `directory`."""
    return initialise(
        directory,
        config or small_config(),
        holders(),
        root_signers=ROOT[:2],
        targets_signers=TARGETS[:2],
        now=now,
    )


def package(files: Mapping[str, str | bytes]) -> bytes:
    """A package with these files, always the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path), text)
    return buffer.getvalue()


def version_of(
    id: str, version: str, files: Mapping[str, str | bytes] | None = None, **fields: Any
) -> tuple[IndexedVersion, bytes]:
    """A version and its package; `fields` go into its entry, and the manifest into the package."""
    manifest = {
        "id": id, "version": version, "display_name": id, "license": "MIT", "language": "python",
        "description": "For the tests of the client.", "entry": "extension.py",
        "engines": {"devforge": str(fields.get("engines", ENGINE))}, "categories": ["other"],
    }  # fmt: skip
    content = package(
        {"devforge.yaml": yaml.safe_dump(manifest), "extension.py": f"VERSION = {version!r}\n"}
        | dict(files or {})
    )
    at = PackageFile(sha256=hashlib.sha256(content).hexdigest(), length=len(content))
    values: dict[str, Any] = {"version": version, "engines": ENGINE, "package": at}
    return from_plain(IndexedVersion, to_plain(values | fields)), content


@dataclass(slots=True)
class SignedIndex:
    """A registry's index in `out`; what it signs, it signs at `clock`. `shelf` is all it lists."""

    out: Path
    config: Config = field(default_factory=small_config)
    clock: datetime = NOW
    policy: Policy = field(default_factory=lambda: load_policy(None))
    floor: Floor = field(default_factory=Floor)
    shelf: dict[ExtensionId, ExtensionDocument] = field(default_factory=dict)
    lists: dict[ListName, StateList] = field(default_factory=dict)
    trust: Trust = field(init=False)

    def __post_init__(self) -> None:
        self.trust = signed_trust(
            self.out.parent / f"{self.out.name}-trust", self.config, self.clock
        )
        self._done(build_index([], self.out, self.policy, self.signing))

    @property
    def root(self) -> bytes:
        """The first root, which clients are shipped with."""
        return self.trust.files["metadata/1.root.json"]

    @property
    def signing(self) -> Signing:
        return Signing(self.trust, ONLINE, self.clock, self.floor)

    def add(
        self, id: str, version: str, files: Mapping[str, str | bytes] | None = None, **fields: Any
    ) -> IndexReport:
        """Publish one version of an extension; `document` in `fields` changes the document itself."""
        return self.publish(self.shelve(id, version, files, **fields))

    def add_whole(self, id: str, version: str, **fields: Any) -> IndexReport:
        """The same, by writing the whole index anew."""
        self.shelve(id, version, **fields)
        return self.rebuild()

    def shelve(
        self, id: str, version: str, files: Mapping[str, str | bytes] | None = None, **fields: Any
    ) -> ExtensionDocument:
        """Put a version and its package on the shelf, and publish nothing yet."""
        document_fields = fields.pop("document", {})
        listed, content = version_of(id, version, files, **fields)
        file = package_name(ExtensionId.parse(id), listed.version)
        path = self.out / f"targets/packages/{listed.package.sha256}.{file}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        before = self.shelf.get(ExtensionId.parse(id))
        others = [v for v in before.versions if v.version != listed.version] if before else []
        ordered = sorted([*others, listed], key=lambda v: v.version.key, reverse=True)
        made = document(id, *ordered, **document_fields)
        self.shelf[made.id] = made
        return made

    def change(self, id: str, version: str, **fields: Any) -> IndexReport:
        """Publish what changed of one version: `halted=True`, `yanked={…}`, `rollout={…}`."""
        known = self.shelf[ExtensionId.parse(id)]
        versions = [
            from_plain(IndexedVersion, to_plain(one, sparse=True) | to_plain(fields))
            if str(one.version) == version
            else one
            for one in known.versions
        ]
        return self.publish(replace(known, versions=tuple(versions)))

    def publish(self, *documents: ExtensionDocument) -> IndexReport:
        """Put documents into the index as one generation."""
        withdrawn = [(one.id, v.version) for one in documents for v in self._lost(one)]
        self.shelf |= {one.id: one for one in documents}
        report = update_index(documents, self.out, self.policy, self.signing, withdrawn=withdrawn)
        return self._done(report)

    def remove(self, id: str) -> IndexReport:
        """Take an extension out of the index."""
        known = self.shelf.pop(ExtensionId.parse(id))
        withdrawn = [(known.id, version.version) for version in known.versions]
        report = update_index(
            [], self.out, self.policy, self.signing, gone=[known.id], withdrawn=withdrawn
        )
        return self._done(report)

    def list_as(self, name: ListName, id: str, **fields: Any) -> IndexReport:
        """Put an extension on the list `malicious`, `removed` or `deprecated`."""
        entries = dict(self.lists[name].entries) if name in self.lists else {}
        entry = {"reason": "For a test.", "when": "2026-11-23T09:00:00Z"} | fields
        made = {ExtensionId.parse(id): from_plain(ListEntry, to_plain(entry))}
        self.lists[name] = StateList(entries=entries | made)
        report = update_index([], self.out, self.policy, self.signing, lists=self.lists)
        return self._done(report)

    def rebuild(self) -> IndexReport:
        """Write everything anew."""
        return self._done(
            build_index(self.shelf.values(), self.out, self.policy, self.signing, lists=self.lists)
        )

    def _lost(self, document: ExtensionDocument) -> Iterable[IndexedVersion]:
        before = self.shelf.get(document.id)
        now = {one.version for one in document.versions}
        return [one for one in before.versions if one.version not in now] if before else ()

    def _done(self, report: IndexReport) -> IndexReport:
        self.floor = report.floor
        return report


def document(id: str, *versions: IndexedVersion, **fields: Any) -> ExtensionDocument:
    """An extension's document with these versions, the newest first."""
    values = {
        "id": id, "display_name": id.title(), "description": "For the tests of the client.",
        "license": "MIT", "language": "python", "categories": ["other"], "keywords": ["sample"],
        "developer": "Somebody", "versions": versions,
    }  # fmt: skip
    return from_plain(ExtensionDocument, to_plain(values | fields))


# ---- a server that counts ----------------------------------------------------------------------

Fault = Literal[
    "truncate", "wrong", "slow", "stall", "redirect", "error", "oversize", "gone", "drop"
]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server saw it, and how much body it answered with."""

    path: str
    status: int
    bytes: int
    headers: Mapping[str, str]


@dataclass(slots=True)
class Server:
    """What the server did, and how it is to misbehave.

    `compress` answers with gzip to who accepts it; `bytes` counts bodies as they went over the wire.
    """

    url: str
    requests: list[Request] = field(default_factory=list)
    compress: bool = True
    conditional: bool = True
    faults: dict[str, tuple[Fault, Any]] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """Body bytes sent since the last `forget`."""
        return sum(one.bytes for one in self.requests)

    @property
    def paths(self) -> list[str]:
        return [one.path for one in self.requests]

    def forget(self) -> None:
        """Begin counting anew."""
        self.requests.clear()

    def misbehave(self, path: str, fault: Fault, value: Any = None) -> None:
        """Answer requests whose path ends with `path` (`""`: every one) badly.

        `slow` sends a byte each `value` seconds, `stall` sends nothing for `value` seconds, `redirect`
        goes to the address `value`, `error` has the status `value` (503), `oversize` adds `value`
        bytes, `gone` is 404, `drop` closes the connection.
        """
        self.faults[path] = (fault, value)

    def behave(self) -> None:
        """Answer well again."""
        self.faults.clear()

    def fault(self, path: str) -> tuple[Fault, Any] | None:
        return next((f for end, f in self.faults.items() if path.endswith(end)), None)


@contextmanager
def serve(directory: Path) -> Iterator[Server]:
    """Serve `directory` on a free loopback port until the block ends."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = True
    server = Server(f"http://127.0.0.1:{http.server_address[1]}/")
    http.directory, http.server = directory, server  # type: ignore[attr-defined]
    thread = threading.Thread(
        target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        log: Server = self.server.server  # type: ignore[attr-defined]
        path = unquote(urlsplit(self.path).path).lstrip("/")
        found = log.fault(path)
        fault, value = found or (None, None)
        if fault == "drop":
            self._count(path, 0, 0)
            self.close_connection = True
            return
        if fault == "redirect":
            self._answer(path, 302, b"", {"Location": str(value)})
            return
        if fault == "error":
            self._answer(path, int(value or 503), b"not today\n", {})
            return
        file = (self.server.directory / path).resolve()  # type: ignore[attr-defined]
        if fault == "gone" or not file.is_file():
            self._answer(path, 404, b"", {})
            return
        content, headers = file.read_bytes(), self._validators(file)
        if fault is None and log.conditional and self._is_known(headers):
            self._answer(path, 304, b"", headers)
            return
        if fault == "wrong":
            content = bytes([content[0] ^ 1]) + content[1:]
        if fault == "oversize":
            content += b" " * int(value or 1)
        if log.compress and "gzip" in self.headers.get("Accept-Encoding", ""):
            packed = gzip.compress(content, mtime=0)
            if len(packed) < len(content):
                content, headers = packed, headers | {"Content-Encoding": "gzip"}
        self._answer(path, 200, content, headers, fault, value)

    def _validators(self, file: Path) -> dict[str, str]:
        modified = formatdate(int(file.stat().st_mtime), usegmt=True)
        tag = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        return {"ETag": f'"{tag}"', "Last-Modified": modified}

    def _is_known(self, headers: Mapping[str, str]) -> bool:
        if tag := self.headers.get("If-None-Match"):
            return headers["ETag"] in tag
        since = self.headers.get("If-Modified-Since")
        return bool(since) and parsedate_to_datetime(
            headers["Last-Modified"]
        ) <= parsedate_to_datetime(str(since))

    def _answer(
        self, path: str, status: int, body: bytes, headers: Mapping[str, str],
        fault: Fault | None = None, value: Any = None,
    ) -> None:  # fmt: skip
        sent = body[: len(body) // 2] if fault == "truncate" else body
        self._count(path, status, len(sent))
        self.send_response(status)
        for name, content in headers.items():
            self.send_header(name, content)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            if fault == "stall":
                self.wfile.flush()
                time.sleep(float(value or 1))
            if fault == "slow":
                for byte in sent:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(float(value or 0.1))
            else:
                self.wfile.write(sent)
        except OSError:
            self.close_connection = True
        if fault == "truncate":
            self.close_connection = True

    def _count(self, path: str, status: int, length: int) -> None:
        log: Server = self.server.server  # type: ignore[attr-defined]
        log.requests.append(Request(path, status, length, dict(self.headers)))

    def log_message(self, *_: Any) -> None:
        """Say nothing: tests ask for `requests`."""
