"""A site of a few extensions, served from below a base path and seen in a real browser."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from published import manifest_of, shelves
from signed_index import SignedIndex

from devforge.publish.site import write_site

SITE_URL = "https://operator.github.io/registry/"
SHELVED = (
    ("acme.json-lens", "JSON Lens", "Folds, queries and compares large JSON documents.", ["data"]),
    ("jane.quick-note", "Quick Note", "Keeps one note per branch beside the code.", ["productivity"]),
    ("nord.aurora", "Aurora Theme", "A calm theme with four levels of contrast.", ["themes"]),
    ("acme.word-count", "Word Count", "Counts words as you write Märkdown.", ["editors"]),
)  # fmt: skip


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def published_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the site in `registry/`."""
    root = tmp_path_factory.mktemp("pages")
    manifests = [manifest_of(version=version) for version in ("1.2.0", "1.3.0", "1.4.0")]
    for id, name, description, categories in SHELVED:
        manifests.append(
            manifest_of(
                id,
                "0.3.1",
                display_name=name,
                description=description,
                categories=categories,
                keywords=["handy"],
                permissions=[] if categories == ["themes"] else ["process"],
                extension_dependencies={"acme.todo-tree": "^1.2"} if "note" in id else {},
            )
        )
    registry, listings = shelves(
        manifests, yanked={"acme.todo-tree 1.3.0": "Loses entries in files with CRLF line ends."}
    )
    write_site(registry, listings, root / "registry", site_url=SITE_URL)
    made = SignedIndex(tmp_path_factory.mktemp("made") / "index")
    made.publish(*(one.document for one in listings.extensions))
    shutil.copytree(made.out, root / "registry/index")
    return root


@pytest.fixture(scope="session")
def serve() -> Iterator[object]:
    """Return `serve(directory)`: its address on loopback."""
    running = []

    def start(directory: Path) -> str:
        handler = functools.partial(_Quiet, directory=str(directory))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def site(published_site: Path, serve) -> str:
    """The site's address, below a base path."""
    return f"{serve(published_site)}/registry"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


class Tab:
    """A page that remembers everything a reader should never have to see."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        page.on(
            "console",
            lambda said: (
                self.complaints.append(said.text) if said.type in ("error", "warning") else None
            ),
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda asked: self._note(asked.url))

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.home}/{path}")
        return self.page

    def _note(self, url: str) -> None:
        if not url.startswith((self.home, "data:", "file:")):
            self.strangers.append(url)


@pytest.fixture
def tab(browser: Browser, site: str):
    """Return `tab(**context)`: a page; at the end nothing was complained of and nobody else was asked."""
    opened = []

    def start(*, home: str = site, **options: object) -> Tab:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        made = Tab(context.new_page(), home)
        opened.append((context, made))
        return made

    yield start
    for context, made in opened:
        context.close()
        assert made.complaints == []
        assert made.strangers == []
