"""An index in memory, with the client's own interface: what the trust layer gives, without a network."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import UTC, datetime

from devforge.errors import Refused, Unavailable
from devforge.model.fields import from_plain
from devforge.model.index import ExtensionDocument, ListEntry, SearchEntry
from devforge.model.names import ExtensionId
from devforge.model.plain import to_plain
from devforge.updates.freshness import Freshness
from devforge.updates.index import Checked
from devforge.updates.lists import Lists


class Shelf:
    """Packages and documents that tests put on it; `is_down` and `broken` are its bad days."""

    location = "memory://shelf/"
    registry = "Shelf"

    def __init__(self):
        self.generation = 1
        self.versions: dict[str, list[dict]] = {}
        self.fields: dict[str, dict] = {}
        self.changed_at: dict[str, int] = {}
        self.packages: dict[str, bytes] = {}
        self.beside: dict[str, bytes] = {}  # what else a release holds, by address
        self.by_hash: dict[str, bytes] = {}  # of packages for one platform
        self.listed: dict[str, dict] = {"malicious": {}, "removed": {}, "deprecated": {}}
        self.lists_at = 1
        self.is_down = False
        self.broken: set[str] = set()  # "acme.ink 1.0.0": its package cannot be had
        self.asked: list[str] = []
        self.url = ""  # where packages are said to lie
        self.beacon = None  # where reports are said to go

    def add(self, id_, version, files=None, **fields):
        """Put a version on the shelf; `fields` go into its entry."""
        package = packed(files or {"extension.py": f"VERSION = {version!r}\n"})
        self.packages[f"{id_} {version}"] = package
        entry = {
            "version": version,
            "engines": ">=1.0.0",
            "package": pointer(package),
            "published": "2026-11-01T00:00:00Z",
        }
        self.versions.setdefault(id_, []).insert(0, entry | fields)
        return self._touched(id_)

    def add_for(self, id_, version, *platforms, common=False, **fields):
        """Put a version on the shelf that has a package for each of `platforms`, each with its own file."""
        made = {name: packed({"extension.py": "", "native": name}) for name in platforms}
        self.by_hash |= {pointer(content)["sha256"]: content for content in made.values()}
        at = {name: pointer(content) for name, content in made.items()}
        self.add(id_, version, platforms=at, **fields)
        return self if common else self.change(id_, version, package=None)

    def change(self, id_, version, **fields):
        """Change what is said of a version."""
        [entry] = [e for e in self.versions[id_] if e["version"] == version]
        entry.update(fields)
        return self._touched(id_)

    def say(self, id_, **fields):
        """Change what is said of the extension."""
        self.fields.setdefault(id_, {}).update(fields)
        return self._touched(id_)

    def drop(self, id_, version=None):
        """Take versions, or all of it, off the shelf."""
        left = [e for e in self.versions[id_] if version and e["version"] != version]
        self.versions[id_] = left
        return self._touched(id_)

    def put_on(self, name, id_, reason, **fields):
        """Put an extension on one of the lists."""
        self.listed[name][id_] = {"reason": reason, "when": "2026-11-29T00:00:00Z"} | fields
        self.generation += 1
        self.lists_at = self.generation
        return self

    def document(self, id):
        self._ask(f"document {id}")
        entries = self.versions.get(str(id))
        if not entries:
            return None
        return from_plain(
            ExtensionDocument,
            to_plain({
                "id": str(id), "display_name": str(id).title(), "description": "For tests.",
                "license": "MIT", "language": "python", "categories": ["other"],
                "developer": "Somebody", "versions": entries,
            }
            | self.fields.get(str(id), {}))
        )  # fmt: skip

    def search(self):
        self._ask("search")
        return tuple(
            from_plain(SearchEntry,
                {"id": id_, "display_name": id_.title(), "description": "For tests.", "version": entries[0]["version"]}
            )
            for id_, entries in self.versions.items()
        )  # fmt: skip

    def lists(self):
        self._ask("lists")
        return Lists(
            **{
                name: {
                    ExtensionId.parse(id_): from_plain(ListEntry, to_plain(entry))
                    for id_, entry in entries.items()
                }
                for name, entries in self.listed.items()
            }
        )

    def changed(self, ids, since=None):
        self._ask("changed")
        new = [id for id in ids if since is None or self.changed_at.get(str(id), 0) > since]
        documents = {id: self.document(id) for id in new}
        is_new = since is None or self.lists_at > since
        return Checked(self.generation, documents, self.lists() if is_new else None)

    def download(self, id, version, package=None, told=None):
        self._ask(f"download {id} {version.version}")
        name = f"{id} {version.version}"
        if name in self.broken:
            raise Refused(f"{name}: not what the index promises; nothing was changed")
        return self.by_hash.get(package.sha256 if package else "", self.packages[name])

    @property
    def freshness(self):
        return Freshness(datetime(2026, 11, 30, tzinfo=UTC), None, None, self.is_down)

    def package_url(self, id, version, package):
        return self.url

    def fetch(self, url, *, limit_bytes):
        self._ask(f"fetch {url}")
        if url not in self.beside:
            raise Unavailable(f"GET {url}: 404")
        return self.beside[url]

    def close(self):
        pass

    def _ask(self, what):
        self.asked.append(what)
        if self.is_down:
            raise Unavailable("memory://shelf/: no answer; try again later")

    def _touched(self, id_):
        self.generation += 1
        self.changed_at[id_] = self.generation
        return self


def pointer(content):
    return {"sha256": hashlib.sha256(content).hexdigest(), "length": len(content)}


def packed(files):
    """Return a zip of path → text."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return buffer.getvalue()
