"""What people are told of a release, in the form of the place it lands in. Pure.

The extension's own words can do nothing anywhere: no mention, no link, no markup. Source: attack
table B16.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from devforge.adapters.webhooks import Kind
from devforge.model.escape import markdown, plain
from devforge.model.release import ReleaseNote

_IN_CHAT = 5
# What a message may hold at most. Source: Discord, "Execute Webhook"; Slack, "chat.postMessage".
_DISCORD, _SLACK = 2000, 4000


@dataclass(frozen=True, slots=True)
class News:
    """A release, and what its changelog says of it: one plain line for each change."""

    note: ReleaseNote
    changes: tuple[str, ...]
    page: str  # the extension's page on the site
    release: str  # the release's page

    @property
    def title(self) -> str:
        """`Todo Tree 1.4.0`, at most as long as a title may be."""
        return plain(f"{self.note.source.manifest.display_name} {self.note.version}", 200)


def mark(news: News) -> str:
    """The line by which a Discussion of ours is found again."""
    return f"<!-- devforge:release {news.note.id} {news.note.version} -->"


def discussion_text(news: News) -> str:
    """Return the Discussion's text."""
    note, manifest = news.note, news.note.source.manifest
    lines = [
        mark(news),
        f"**{markdown(manifest.display_name, 100)} {note.version}** is out. {markdown(manifest.description)}",
        "",
        *_changes_in_markdown(news),
        f"Install it with `devforge install {note.id}`, or wait: updates reach everybody in stages.",
        "",
        f"[Its page]({news.page}) · [the release]({news.release}), with what the review found",
        "",
        "<sub>Watch the Discussions, or the extension's feed on its page, to be told of the next one.</sub>",
    ]
    return "\n".join(lines) + "\n"


def _changes_in_markdown(news: News) -> Iterator[str]:
    if news.changes:
        yield "What its changelog says:"
        yield ""
        yield from (f"- {markdown(line, 300)}" for line in news.changes)
    else:
        yield "Its changelog says nothing of this version."
    yield ""


def message(news: News, kind: Kind) -> dict[str, object]:
    """Return what a webhook of this kind is sent."""
    note, manifest = news.note, news.note.source.manifest
    if kind == "discord":
        lines = [f"**{_discord(news.title)}** is out"]
        lines += [f"- {_discord(line)}" for line in news.changes[:_IN_CHAT]]
        # Without this, escaped mentions would ring all the same.
        silent = {"allowed_mentions": {"parse": []}, "flags": 4}
        return {"content": _fitting(lines, news.page, _DISCORD), **silent}
    if kind == "slack":
        lines = [f"{news.title} is out", *(f"• {line}" for line in news.changes[:_IN_CHAT])]
        text = _fitting([_slack(line) for line in lines], news.page, _SLACK)
        return {"text": text, "unfurl_links": False, "mrkdwn": False}
    return {
        "event": "release",
        "extension": str(note.id),
        "version": str(note.version),
        "display_name": manifest.display_name,
        "description": manifest.description,
        "published": note.published,
        "sha256": note.package.sha256 if note.package else None,
        "platforms": {name: files.package.sha256 for name, files in note.platforms.items()},
        "changes": list(news.changes),
        "page": news.page,
        "release": news.release,
    }


def _fitting(lines: Sequence[str], page: str, characters: int) -> str:
    """As many whole lines as there is room for beside the page's address, counted as chats count."""
    room, kept = characters - _units(page), list[str]()
    for line in lines:
        room -= _units(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([*kept, page])


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _discord(text: str) -> str:
    """Discord knows no entities; a backslash keeps its markup, a joiner its links and names, from working."""
    apart = re.sub(r"(?<=:)(?=//)|(?<=@)", "\u2060", text)
    return re.sub(r"([\\`*_~|<>\[\]()#])", r"\\\1", apart)


def _slack(text: str) -> str:
    """Source: Slack, "Formatting text for app surfaces": these three are all that is special."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
