"""The OSV database as its bucket serves it, on loopback, with records that tests write."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class OsvBucket:
    """`<ecosystem>/all.zip`, with an ETag; `served` counts whole answers and `asked` all of them."""

    def __init__(self) -> None:
        self.dumps: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.served: list[str] = []
        self.cut_off = False
        bucket = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                bucket._answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def put(
        self, ecosystem: str, *records: Mapping[str, Any], raw: Mapping[str, bytes] = {}
    ) -> None:
        """Make these the whole dump of an ecosystem."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for record in records:
                archive.writestr(f"{record['id']}.json", json.dumps(record))
            for name, content in raw.items():
                archive.writestr(name, content)
        self.dumps[ecosystem] = packed.getvalue()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        ecosystem = request.path.strip("/").removesuffix("/all.zip")
        content = self.dumps.get(ecosystem)
        if content is None:
            request.send_error(404)
            return
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        if request.headers.get("If-None-Match") == etag:
            request.send_response(304)
            request.end_headers()
            return
        self.served.append(ecosystem)
        request.send_response(200)
        request.send_header("ETag", etag)
        request.send_header("Last-Modified", "Mon, 23 Nov 2026 04:00:00 GMT")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content[: len(content) // 2] if self.cut_off else content)


def record(
    id: str,
    ecosystem: str,
    name: str,
    *events: Mapping[str, str],
    versions: tuple[str, ...] = (),
    **more: Any,
) -> dict[str, Any]:
    """An OSV record about one package, in the shape in which the databases write them."""
    kind = "SEMVER" if ecosystem == "npm" else "ECOSYSTEM"
    affected: dict[str, Any] = {"package": {"ecosystem": ecosystem, "name": name}}
    if events:
        affected["ranges"] = [{"type": kind, "events": [dict(event) for event in events]}]
    if versions:
        affected["versions"] = list(versions)
    return {
        "schema_version": "1.7.3", "id": id, "modified": "2026-11-20T10:00:00Z",
        "published": "2026-11-01T10:00:00Z", "affected": [affected],
    } | more  # fmt: skip


def malicious(
    number: int,
    ecosystem: str,
    name: str,
    *events: Mapping[str, str],
    versions: tuple[str, ...] = (),
) -> dict[str, Any]:
    """A record of the database of malicious packages."""
    summary = f"Malicious code in {name} ({ecosystem})"
    return record(
        f"MAL-2026-{number}", ecosystem, name, *events, versions=versions, summary=summary
    )
