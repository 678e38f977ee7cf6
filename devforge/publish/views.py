"""What each page shows, worked out of listings and checks before a template sees it. Pure."""

from __future__ import annotations

import hashlib
import inspect
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from checks.protocol import Check, Rule
from devforge.model.doings import counts, doings
from devforge.model.index import ExtensionDocument, IndexedVersion
from devforge.model.names import ExtensionId
from devforge.model.observed import DependencyFact
from devforge.model.profile import Profile
from devforge.publish.feeds import FeedEntry, FeedOf
from devforge.publish.listing import Listing
from devforge.publish.prose import render_prose

_MOST_THROUGH = 200  # dependencies of dependencies that a page names
_HEADING_LEVEL = 2  # prose stands below a heading of this level


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of a plain list. `category` is empty for the list of everything."""

    category: str
    number: int
    pages: int
    total: int
    extensions: tuple[Listing, ...]

    def path(self, number: int) -> str:
        """Where page `number` of this list lies."""
        parts = ["browse", self.category, str(number) if number > 1 else "", "index.html"]
        return "/".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class CheckPage:
    """A check as its page shows it: the docstring of its module and its rules."""

    name: str
    title: str
    text: str
    rules: tuple[Rule, ...]

    @property
    def prose(self) -> Markup:
        body = self.text.partition("\n")[2]
        return render_prose(body, source_url="https://github.com/", below=_HEADING_LEVEL)


def digest(value: object) -> str:
    """Name a value by its bytes or its representation, which must say all of it."""
    content = value if isinstance(value, bytes) else repr(value).encode("utf-8", "replace")
    return hashlib.sha256(content).hexdigest()


def check(module: Check) -> CheckPage:
    """Return the page of a check; its first line is its title."""
    text = inspect.getdoc(module) or ""
    title = text.partition("\n")[0]
    said = title.partition(": ")[2] or title  # "Quality: the code …" stands below "Quality"
    return CheckPage(str(module.NAME), said[:1].upper() + said[1:], text, tuple(module.RULES))


def extension_path(id: ExtensionId) -> str:
    """Where an extension's page lies."""
    return f"extensions/{id.path}/index.html"


def recency(listing: Listing) -> tuple[str, str]:
    """Orders listings by when a version of them last came out."""
    dates = [version.published or "" for version in listing.document.versions]
    return max(dates), str(listing.document.id)


def categories(listings: Iterable[Listing]) -> dict[str, int]:
    """Return category → number of extensions, those in use only, in order of name."""
    used = Counter(name for one in listings for name in one.document.categories)
    return {name: used[name] for name in sorted(used)}


def extension(listing: Listing, server_url: str) -> dict[str, Any]:
    """Return what an extension's page shows. `server_url` is where its repository really is."""
    document, source = listing.document, listing.note.source
    inner = "" if source.subdirectory == "." else f"{source.subdirectory}/"
    full_name = (document.repository or "").removeprefix("https://github.com/")
    repository = f"{server_url}/{full_name}"
    at = f"{repository}/blob/{source.commit}/{inner}"
    return {
        "document": document,
        "shown": listing.shown,
        "notes": listing.notes,
        "commit": source.commit,
        "report": listing.report,
        "readme": render_prose(
            source.readme, source_url=at, below=_HEADING_LEVEL, title=document.display_name
        ),
        "full_name": full_name,
        "repository": repository,
        "source_url": f"{repository}/tree/{source.commit}/{inner}".rstrip("/"),
        "packages": _direct(source.dependencies),
        "does": tuple(doings(profile)) if (profile := _profile(listing)) else None,
        "through": [one for one in profile.dependencies if not one.direct] if profile else [],
        "most_through": _MOST_THROUGH,
        "brings": tuple(counts(profile)) if profile else (),
        "code_url": at,
        "latest_published": recency(listing)[0],
    }


def _profile(listing: Listing) -> Profile | None:
    """What the shown version does: all the review said, or else the part that was kept."""
    found = listing.report.profile if listing.report else None
    return found or listing.note.source.profile


def _direct(facts: Sequence[DependencyFact]) -> list[DependencyFact]:
    """What the extension itself asks for to run, each once."""
    asked = {(f.ecosystem, f.name): f for f in facts if f.direct and not f.for_tests}
    return [asked[key] for key in sorted(asked)]


def site_feed(name: str, description: str) -> FeedOf:
    """The feed of everything."""
    return FeedOf(title=name, subtitle=description, path="feed.xml", page="index.html")


def extension_feed(listing: Listing) -> FeedOf:
    """The feed of one extension."""
    document = listing.document
    page = extension_path(document.id)
    return FeedOf(
        title=document.display_name,
        subtitle=document.description,
        path=page.replace("index.html", "feed.xml"),
        page=page,
    )


def feed_entries(listings: Iterable[Listing]) -> list[FeedEntry]:
    """Return an entry for every version that is out and not yanked."""
    return [
        _entry(one.document, version)
        for one in listings
        for version in one.document.versions
        if version.published and version.yanked is None
    ]


def _entry(document: ExtensionDocument, version: IndexedVersion) -> FeedEntry:
    return FeedEntry(
        extension=str(document.id),
        version=str(version.version),
        title=document.display_name,
        summary=document.description,
        author=document.developer,
        published=version.published or "",
        page=extension_path(document.id),
    )
