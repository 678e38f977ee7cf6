"""Renders pages from templates, and only those whose inputs changed since the directory was written.

Each page's inputs have a digest, kept in `.pages.json` beside the pages. Change a template, a style
or this package's version and every digest changes with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

from checks.pages import visible
from devforge.errors import BadInput
from devforge.model.doings import size
from devforge.publish import words
from devforge.publish.files import Writer, remove_unnamed

LEDGER = ".pages.json"
_OURS = ("browse", "checks", "developers", "extensions", "rules", "schemas", "static")


class Pages:
    """The pages below one directory. Call `finish` once all that should exist were put."""

    def __init__(self, out: Path, site: Path, **everywhere: Any) -> None:
        self._writer, self._everywhere = Writer(out), everywhere
        self._site, self._out = site, out
        self._before = _ledger(out / LEDGER)
        self._now: dict[str, str] = {}
        self._engine = _engine_key(site, everywhere)
        self._jinja = Environment(
            loader=FileSystemLoader(site / "templates"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._jinja.filters |= {
            name: getattr(words, name)
            for name in ("category", "counted", "hue", "monogram", "power", "price")
        }
        self._jinja.filters |= {
            "overall": words.overall,
            "size": size,
            "capital": words.capital,
            "visible": visible,
        }

    @property
    def written(self) -> list[str]:
        return self._writer.written

    @property
    def count(self) -> int:
        return len(self._now)

    def render(
        self, path: str, template: str, context: Callable[[], dict[str, Any]], *, key: str
    ) -> None:
        """Put the page `path`, unless it is there and was made from the same `key`.

        `context` is called only where the page has to be rendered. `root` in a template leads
        from the page to the site's root, relative, so the site works wherever it is put.
        """
        known = self._known(path, f"{template}\0{key}")
        if known:
            return
        root = "../" * path.count("/") or "./"
        try:
            page = self._jinja.get_template(template)
            text = page.render(root=root, path=path, **self._everywhere, **context())
        except TemplateError as error:
            raise BadInput(f"site/templates/{template}: {error}") from error
        self._writer.write(path, text.encode("utf-8", "replace"))

    def put(self, path: str, content: Callable[[], bytes], *, key: str) -> None:
        """Put a file that is no page, under the same rule."""
        if not self._known(path, key):
            self._writer.write(path, content())

    def finish(self) -> tuple[str, ...]:
        """Copy the static files, remove pages that were not put, and write the ledger."""
        for file in sorted((self._site / "static").iterdir()):
            self.put(f"static/{file.name}", file.read_bytes, key=file.name)
        removed = [
            f"{folder}/{path}"
            for folder in _OURS
            for path in remove_unnamed(
                self._out / folder,
                {p.removeprefix(f"{folder}/") for p in self._now if p.startswith(f"{folder}/")},
            )
        ]
        ledger = json.dumps(self._now, indent=0, sort_keys=True).encode()
        self._writer.write(LEDGER, ledger)
        return tuple(removed)

    def _known(self, path: str, key: str) -> bool:
        digest = hashlib.sha256(f"{self._engine}\0{path}\0{key}".encode()).hexdigest()[:32]
        self._now[path] = digest
        return self._before.get(path) == digest and (self._out / path).is_file()


def _engine_key(site: Path, everywhere: dict[str, Any]) -> str:
    """A name for everything that all pages depend on."""
    digest = hashlib.sha256(repr(sorted(everywhere.items())).encode())
    ours = [*sorted(site.rglob("*")), *sorted(Path(__file__).parent.glob("*.py"))]
    for path in ours:
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _ledger(path: Path) -> dict[str, str]:
    """The digests of the last run; nothing where there is no ledger or it is damaged."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
