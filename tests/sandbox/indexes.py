"""A package index for pip and a registry for npm, on loopback, with what a test puts in them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


class Shelf:
    """Serves `files` by path and remembers what was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.is_down = False  # True: every answer is 503
        shelf = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0].rstrip("/") or "/"
                shelf.asked.append(path)
                content = shelf.files.get(path)
                if shelf.is_down:
                    content = None
                self.send_response(503 if shelf.is_down else 200 if content is not None else 404)
                self.send_header("Content-Type", _kind(path, content))
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    def __enter__(self) -> Shelf:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add_wheel(
        self, name: str, version: str, files: Mapping[str, str], requires: str = ""
    ) -> str:
        """Offer a wheel; return its sha256."""
        info = f"{name}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        metadata += f"Requires-Dist: {requires}\n" if requires else ""
        wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for path, text in {
                **files,
                f"{info}/METADATA": metadata,
                f"{info}/WHEEL": wheel,
            }.items():
                archive.writestr(path, text)
            archive.writestr(f"{info}/RECORD", "")
        return self._offer(name, f"{name}-{version}-py3-none-any.whl", content.getvalue())

    def add_sdist(self, name: str, version: str, set_up: str) -> str:
        """Offer a source archive whose setup.py is `set_up`."""
        return self._offer(
            name, f"{name}-{version}.tar.gz", _tar({f"{name}-{version}/setup.py": set_up})
        )

    def _offer(self, name: str, file: str, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        self.files[f"/files/{file}"] = content
        page = self.files.get(f"/simple/{name}", b"").decode()
        page += f'<a href="/files/{file}#sha256={digest}">{file}</a>'
        self.files[f"/simple/{name}"] = page.encode()
        return digest

    def add_package(self, name: str, version: str, files: Mapping[str, str]) -> str:
        """Offer a package for npm; return its integrity."""
        content = _tar({f"package/{path}": text for path, text in files.items()})
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
        tarball = f"{name}/-/{name}-{version}.tgz"
        dist = {"tarball": f"{self.url}/{tarball}", "integrity": integrity}
        document = {
            "name": name,
            "dist-tags": {"latest": version},
            "versions": {version: {"name": name, "version": version, "dist": dist}},
        }
        self.files[f"/{tarball}"] = content
        self.files[f"/{name}"] = json.dumps(document).encode()
        return integrity


def _tar(files: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return content.getvalue()


def _kind(path: str, content: bytes | None) -> str:
    if content is None or path.endswith((".whl", ".gz", ".tgz")):
        return "application/octet-stream"
    return "text/html" if path.startswith("/simple") else "application/json"
