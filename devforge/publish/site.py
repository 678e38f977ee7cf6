"""Writes everything a browser gets: the pages, the feeds and the schemas. The index lies beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import devforge
from checks import CHECKS
from checks.pages import SEVERITIES, rule_pages
from devforge.adapters.registry import read_registry_tree
from devforge.adapters.rule_examples import read_examples
from devforge.analytics.shown import Shown
from devforge.model.registry import Registry
from devforge.model.schemas import schemas
from devforge.publish import views
from devforge.publish.feeds import FeedEntry, FeedOf, render_feed, render_json_feed
from devforge.publish.guard import refuse_missing
from devforge.publish.listing import Listing, Listings, by_developer, read_listings
from devforge.publish.observe import Observed
from devforge.publish.pages import Pages
from devforge.publish.words import counted

_SHOWN_ON_FRONT = 12
_PER_PAGE = 120


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What writing the site did."""

    pages: int
    written: tuple[str, ...]
    removed: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{counted(self.pages, 'page')} of the site: "
            f"{len(self.written)} new or changed, {len(self.removed)} removed"
        )


def build_site(
    observed: Observed,
    out: Path,
    *,
    site_url: str,
    home: str | None = None,
    downloads: Shown | None = None,
) -> SiteReport:
    """Make `out` the whole site but for `index/`, writing only what changed since it was last written.

    Raises:
        Refused: fewer versions would be listed than the policy keeps; nothing is written then.
        BadInput: a template is wrong.
    """
    registry = read_registry_tree(observed.registry, observed.head)
    listings = read_listings(observed, registry)
    server_url = observed.registry.server_url
    return write_site(
        registry, listings, out,
        site_url=site_url, home=home, server_url=server_url, downloads=downloads,
    )  # fmt: skip


def write_site(
    registry: Registry,
    listings: Listings,
    out: Path,
    *,
    site_url: str,
    home: str | None = None,
    server_url: str = "https://github.com",
    site: Path | None = None,
    downloads: Shown | None = None,
) -> SiteReport:
    """Write the site of `listings`; see `build_site`.

    Args:
        home: what names entries of feeds; see `render_feed`.
        server_url: where the repositories that pages link to are.
        downloads: what was counted of them; None: nothing is said.
        site: the directory that holds the templates and static files; default: this package's.
    """
    policy = registry.policy
    refuse_missing(
        listed=sum(len(listing.document.versions) for listing in listings.extensions),
        released=listings.released,
        keep_percent=policy.publishing.keep_percent,
    )
    about = policy.registry
    pages = Pages(
        out, site or site_directory(), registry=about, site_url=site_url, server_url=server_url
    )
    _write_front(pages, listings.extensions)
    _write_browse(pages, listings.extensions)
    feeds = _Feeds(pages, site_url, home)
    for listing in listings.extensions:
        _write_extension(pages, listing, registry, server_url, downloads)
        feeds.put(views.extension_feed(listing), views.feed_entries((listing,)), key=listing.key)
    for name, owned in by_developer(listings.extensions).items():
        _write_developer(pages, name, registry, owned)
    _write_checks(pages)
    for file, schema in schemas().items():
        content = json.dumps(schema, indent=2).encode() + b"\n"
        pages.put(f"schemas/{file}", partial(bytes, content), key=views.digest(content))
    entries = views.feed_entries(listings.extensions)
    feeds.put(views.site_feed(about.name, about.description), entries, key=views.digest(entries))
    pages.render("404.html", "404.html", dict, key="")
    removed = pages.finish()
    return SiteReport(pages.count, tuple(pages.written), removed)


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


def _write_extension(
    pages: Pages,
    listing: Listing,
    registry: Registry,
    server_url: str,
    downloads: Shown | None,
) -> None:
    fetched = downloads.of(listing.document.id) if downloads else None
    entry = registry.extensions.get(listing.document.id)
    more = {"downloads": fetched, "deprecated": entry.extension.deprecated if entry else None}
    said = [one for one in more.values() if one is not None]
    page = views.extension_path(listing.document.id)
    pages.render(
        page,
        "extension.html",
        lambda: views.extension(listing, server_url) | more,
        key=views.digest([listing.key, *said]) if said else listing.key,
    )


@dataclass(frozen=True, slots=True)
class _Feeds:
    pages: Pages
    site_url: str
    home: str | None

    def put(self, feed: FeedOf, entries: list[FeedEntry], *, key: str) -> None:
        for path, render in ((feed.path, render_feed), (feed.json_path, render_json_feed)):
            made = partial(render, feed, entries, site_url=self.site_url, home=self.home)
            self.pages.put(path, made, key=key)


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
            partial(dict, check=one, severities=SEVERITIES),
            key=views.digest([one.name, one.text, one.rules]),
        )
    for page in rule_pages(read_examples):
        pages.render(
            f"rules/{page.rule.id}/index.html",
            "rule.html",
            partial(dict, page=page),
            key=views.digest(page),
        )
