"""Writes everything a browser or a client gets: the index, the feeds, the schemas and the pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import devforge
from checks import CHECKS
from devforge.adapters.environment import Environment
from devforge.adapters.registry import read_registry_tree
from devforge.model.registry import Registry
from devforge.model.schemas import schemas
from devforge.publish import views
from devforge.publish.feeds import render_feed
from devforge.publish.guard import refuse_missing
from devforge.publish.index import IndexReport, build_index
from devforge.publish.listing import Listing, Listings, by_developer, read_listings
from devforge.publish.observe import Observed
from devforge.publish.pages import Pages
from devforge.publish.words import counted

_SHOWN_ON_FRONT = 12
_PER_PAGE = 120


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What writing the site did."""

    index: IndexReport
    pages: int
    written: tuple[str, ...]
    removed: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.index}\n{counted(self.pages, 'page')} of the site: "
            f"{len(self.written)} new or changed, {len(self.removed)} removed"
        )


def site_address(environment: Environment) -> str:
    """Return where GitHub Pages serves this repository, ending in `/`.

    Source: docs.github.com, "About GitHub Pages"; a server of our own serves below `/pages/`.
    """
    owner, _, name = environment.repository.partition("/")
    if environment.server_url == "https://github.com":
        host = f"{owner.lower()}.github.io"
        return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"
    return f"{environment.server_url.rstrip('/')}/pages/{owner}/{name}/"


def build_site(observed: Observed, out: Path, *, site_url: str) -> SiteReport:
    """Make `out` the whole site, writing only what changed since it was last written there.

    Raises:
        Refused: fewer versions would be listed than the policy keeps; nothing is written then.
        BadInput: a template is wrong.
    """
    registry = read_registry_tree(observed.registry, observed.head)
    listings = read_listings(observed, registry)
    server_url = observed.registry.server_url
    return write_site(registry, listings, out, site_url=site_url, server_url=server_url)


def write_site(
    registry: Registry,
    listings: Listings,
    out: Path,
    *,
    site_url: str,
    server_url: str = "https://github.com",
    site: Path | None = None,
) -> SiteReport:
    """Write the site of `listings`; see `build_site`.

    Args:
        server_url: where the repositories that pages link to are.
        site: the directory that holds the templates and static files; default: this package's.
    """
    policy = registry.policy
    refuse_missing(
        listed=sum(len(listing.document.versions) for listing in listings.extensions),
        released=listings.released,
        keep_percent=policy.publishing.keep_percent,
    )
    documents = (listing.document for listing in listings.extensions)
    index = build_index(documents, out / "index", policy, withdrawn=listings.withdrawn)
    about = policy.registry
    pages = Pages(
        out, site or site_directory(), registry=about, site_url=site_url, server_url=server_url
    )
    _write_front(pages, listings.extensions)
    _write_browse(pages, listings.extensions)
    for listing in listings.extensions:
        _write_extension(pages, listing, site_url, server_url)
    for name, owned in by_developer(listings.extensions).items():
        _write_developer(pages, name, registry, owned)
    _write_checks(pages)
    for file, schema in schemas().items():
        content = json.dumps(schema, indent=2).encode() + b"\n"
        pages.put(f"schemas/{file}", partial(bytes, content), key=views.digest(content))
    feed = views.site_feed(about.name, about.description)
    entries = views.feed_entries(listings.extensions)
    pages.put(
        feed.path,
        lambda: render_feed(feed, entries, site_url=site_url),
        key=views.digest(entries),
    )
    pages.render("404.html", "404.html", dict, key="")
    removed = pages.finish()
    return SiteReport(index, pages.count, tuple(pages.written), removed)


def site_directory() -> Path:
    """Where the templates lie: in the checkout, or in the package where there is none."""
    inside = Path(devforge.__file__).parent
    packaged = inside / "_site"
    return packaged if packaged.is_dir() else inside.parent / "site"


def _write_front(pages: Pages, listings: tuple[Listing, ...]) -> None:
    newest = sorted(listings, key=views.recency, reverse=True)[:_SHOWN_ON_FRONT]
    categories = views.categories(listings)
    key = views.digest([len(listings), [one.key for one in newest], categories])
    pages.render(
        "index.html",
        "front.html",
        lambda: {"newest": newest, "categories": categories, "total": len(listings)},
        key=key,
    )


def _write_browse(pages: Pages, listings: tuple[Listing, ...]) -> None:
    """Plain lists of everything and of each category, so that nothing here needs a script."""
    shelves = {"": listings} | {
        name: tuple(one for one in listings if name in one.document.categories)
        for name in views.categories(listings)
    }
    for name, held in shelves.items():
        ordered = sorted(
            held, key=lambda one: (one.document.display_name.casefold(), one.document.id)
        )
        chunks = [ordered[at : at + _PER_PAGE] for at in range(0, len(ordered), _PER_PAGE)] or [[]]
        for number, chunk in enumerate(chunks, 1):
            shelf = views.Shelf(name, number, len(chunks), len(ordered), tuple(chunk))
            pages.render(
                shelf.path(number),
                "browse.html",
                partial(dict, shelf=shelf, categories=views.categories(listings)),
                key=views.digest([shelf.number, shelf.pages, shelf.total, [o.key for o in chunk]]),
            )


def _write_extension(pages: Pages, listing: Listing, site_url: str, server_url: str) -> None:
    page = views.extension_path(listing.document.id)
    pages.render(
        page, "extension.html", lambda: views.extension(listing, server_url), key=listing.key
    )
    feed = views.extension_feed(listing)
    pages.put(
        feed.path,
        lambda: render_feed(feed, views.feed_entries((listing,)), site_url=site_url),
        key=listing.key,
    )


def _write_developer(pages: Pages, name: str, registry: Registry, owned: list[Listing]) -> None:
    developer = registry.developers.get(name)
    key = views.digest([developer and developer.model_dump_json(), [one.key for one in owned]])
    pages.render(
        f"developers/{name}/index.html",
        "developer.html",
        lambda: {"name": name, "developer": developer, "extensions": owned},
        key=key,
    )


def _write_checks(pages: Pages) -> None:
    found = [views.check(module) for module in CHECKS]
    key = views.digest([(one.name, one.text, one.rules) for one in found])
    pages.render("checks/index.html", "checks.html", lambda: {"checks": found}, key=key)
    for one in found:
        pages.render(
            f"checks/{one.name}/index.html",
            "check.html",
            partial(dict, check=one),
            key=views.digest([one.name, one.text, one.rules]),
        )
