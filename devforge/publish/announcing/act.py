"""Tells one place of one release, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from devforge.adapters.archive import read_zip
from devforge.adapters.discussions import Discussion, Discussions
from devforge.adapters.releases import fetch_asset
from devforge.adapters.webhooks import Hook, Poster, Unsure
from devforge.errors import BadInput, Refused, Unavailable
from devforge.model.announcements import DISCUSSION, Telling
from devforge.model.changelog import changelog_in, changes_of
from devforge.model.release import ReleaseNote
from devforge.publish.announcing.plan import Tell, failed
from devforge.publish.announcing.words import News, discussion_text, mark, message


@dataclass(slots=True)
class Announcer:
    """What telling needs. Each release's package is read once, for what its changelog says."""

    discussions: Discussions
    hooks: dict[str, Hook]
    poster: Poster
    page: Callable[[ReleaseNote], str]
    release: Callable[[ReleaseNote], str]
    now: datetime
    _news: dict[str, News] = field(default_factory=dict)
    _ours: dict[str, Discussion] | None = None

    def look(self) -> None:
        """Read the newest Discussions of ours, so that what cannot work at all stops before anything.

        Raises:
            Refused: there is no such category, or Discussions are off.
        """
        self._ours = {
            discussion.body.partition("\n")[0].strip(): discussion
            for discussion in self.discussions.newest()
        }

    def tell(self, change: Tell) -> Telling:
        """Tell `change.place` and return what to remember; never raises for that place's trouble."""
        before = change.announcement.places.get(change.place)
        try:
            news = self._read(change.note)
            url = self._discuss(news) if change.place == DISCUSSION else self._post(change, news)
        except Unsure as error:
            return Telling(state="unsure", when=self.now, reason=str(error)[:300])
        except Unavailable as error:
            return failed(before, str(error), now=self.now)
        except (Refused, BadInput) as error:
            return Telling(state="refused", when=self.now, reason=str(error)[:300])
        return Telling(state="told", when=self.now, url=url)

    def _discuss(self, news: News) -> str:
        """Open the Discussion, unless a run whose answer was lost has opened it."""
        if self._ours is None:
            self.look()
        there = (self._ours or {}).get(mark(news))
        if there is None:
            try:
                there = self.discussions.open(news.title, discussion_text(news))
            except Unavailable:
                self._ours = None  # it may be there: the next try looks
                raise
        return there.url

    def _post(self, change: Tell, news: News) -> str:
        hook = self.hooks[change.place]
        self.poster.post(
            hook,
            message(news, hook.kind),
            delivery=f"{change.note.tag}/{change.place}",
            timestamp=int(self.now.timestamp()),
        )
        return ""

    def _read(self, note: ReleaseNote) -> News:
        if note.tag not in self._news:
            package = next(iter(note.packages.values())).package  # a changelog is in all of them
            members = read_zip(fetch_asset(package), name=package.name)
            files = {member.path: member.content for member in members}
            changes = changes_of(changelog_in(files), str(note.version))
            self._news[note.tag] = News(note, changes, self.page(note), self.release(note))
        return self._news[note.tag]
