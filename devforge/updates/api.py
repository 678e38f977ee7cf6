"""What Dev Forge itself calls: one home, one registry, and everything that can be done between them.

See docs/embedding.md. Nothing here prints; every error is one of `devforge.errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from devforge.errors import BadInput, Refused, Unavailable
from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.admission import Circumstances
from devforge.updates.given import Id, Number, as_id, as_version
from devforge.updates.history import By, Event
from devforge.updates.home import Home
from devforge.updates.installed import Installed, State
from devforge.updates.platforms import this_platform
from devforge.updates.rollout import is_believable
from devforge.updates.similar import absent, not_installed
from devforge.updates.verify import Difference, differences

# What reads the registry's words, plans and acts takes its time to begin: each call imports its own.
if TYPE_CHECKING:
    from devforge.model.index import ExtensionDocument
    from devforge.plan import Plan
    from devforge.updates.acts import Change, Disable, Install
    from devforge.updates.apply import Outcome, Progress
    from devforge.updates.back import Past
    from devforge.updates.beacon import Errand
    from devforge.updates.check import Row
    from devforge.updates.index import Index
    from devforge.updates.known import Known
    from devforge.updates.news import News
    from devforge.updates.plan import Mode


def _now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan, and the list it was made from: applying it to another list is refused."""

    plan: Plan[Change]
    before: State
    by: By = "person"
    whole: bool = True  # all or nothing; False leaves out what cannot be had


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found."""

    rows: tuple[Row, ...]
    known: Known
    recalled: tuple[Disable, ...] = ()  # disabled by this very check
    stale: str = ""  # why the registry could not be asked; the rows are by what was known


class Updates:
    """One home and one registry. Use it as a context manager; it opens the index when it is needed."""

    def __init__(
        self,
        home: Path | Home,
        *,
        index: Index | Callable[[], Index] | str | None = None,
        root: Path | None = None,
        devforge: str | None = None,
        region: str | None = None,
        offline: bool = False,
        platform: str | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """Nothing is read yet.

        Args:
            home: the directory extensions are installed in.
            index: the registry's address, or several with blanks between; None for what needs no registry.
            root: the key file the registry's signatures are traced back to, instead of the shipped one.
            devforge: the host's own version, which extensions have to fit.
            region: ask mirrors there first.
            offline: go by what was verified before.
            platform: whose packages are wanted, such as `win32-x64`; None: this machine's.
        """
        self.home = home if isinstance(home, Home) else Home(home)
        self._where, self._root, self._offline, self._region = index, root, offline, region
        self._platform = platform
        self._opened: Index | None = None
        self._devforge = as_version(devforge) if devforge else None
        self._clock = clock
        self._documents: dict[ExtensionId, ExtensionDocument | None] = {}
        self._errand: Errand | None = None
        self._unkept: Known | None = None  # the registry's last word, where the home cannot keep it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index, if it was opened; what is being reported gets what is left of two seconds."""
        if self._errand is not None:
            self._errand.wait()
            self._errand = None
        if self._opened is not None and isinstance(self._where, str):
            self._opened.close()
        self._opened = None
        self._documents.clear()

    @property
    def index(self) -> Index:
        """The registry's index, opened at its first use."""
        if self._opened is None:
            if self._where is None:
                raise BadInput(
                    "which registry? Name its index with --index URL-or-directory, "
                    "or set DEVFORGE_INDEX once"
                )
            if isinstance(self._where, str):
                from devforge.updates.opening import open_index  # noqa: PLC0415

                self._opened = open_index(
                    self._where,
                    home=self.home.root,
                    root=self._root,
                    region=self._region,
                    offline=self._offline,
                )
            else:
                self._opened = self._where() if callable(self._where) else self._where
        return self._opened

    @property
    def platform(self) -> str:
        """Whose packages are installed here."""
        return self._platform or this_platform()

    @property
    def notice(self) -> str | None:
        """What is to be said of the index's age, once it was opened; None where it is fresh."""
        return self._opened.freshness.sentence() if self._opened else None

    def installed(self) -> dict[ExtensionId, Installed]:
        """Return what Dev Forge is to load, and what is disabled (`enabled` is False).

        Where the list is damaged, what can be told from history and records; see `damage`.
        """
        return self.home.readable()[0].by_id

    def damage(self) -> str:
        """Return what is wrong with the list of what is installed; empty where nothing is."""
        return self.home.readable()[1]

    def known(self) -> Known:
        """Return what the registry last said, at `check`; nothing where that is damaged."""
        from devforge.updates.known import Known  # noqa: PLC0415 - see above

        return self._unkept or self._known_or_none() or Known()

    def history(self) -> tuple[Event, ...]:
        """Return what was installed when, the oldest first."""
        return self.home.history()

    def check(self) -> Report:
        """Ask the registry what is new, and disable what it calls malicious. Cheap: call it hourly.

        Where the registry cannot be reached, the answer is by what was known, and says so. Where it can,
        and this home's owner wants that, it is told in passing which versions started.
        """
        from devforge.updates.check import learn, rows  # noqa: PLC0415 - see above
        from devforge.updates.reporting import send_waiting  # noqa: PLC0415

        self.close()  # a long-running host asks anew each time
        known, stale = self.known(), ""
        try:
            if not self._offline:
                known = learn(self.home, self.index, known, now=self._clock())
                self._unkept = known if self._known_or_none() != known else None
                stale = self.notice or "" if self.index.freshness.is_offline else ""
        except (Unavailable, Refused) as error:
            # Where each mirror had a line, the last of them is not what this is about.
            between = "\n" if "\n" in str(error) else "; "
            stale = f"{error}{between}{_going_by(known)}"
        if self._offline:
            stale = f"offline; {_going_by(known)}"
        if not stale:
            self._errand = send_waiting(self.home, lambda: self.index.beacon, now=self._clock())
        recalled = self._recall(known)
        state = self.home.state()
        found = rows(state.extensions, known=known, here=self.circumstances(state, known))
        return Report(tuple(found), known, recalled, stale)

    def plan_install(
        self,
        extensions: Iterable[Id],
        exact: Mapping[ExtensionId, Version] | Mapping[str, str] | None = None,
    ) -> Proposal:
        """Return what installing `extensions`, and what they need, would do.

        Raises:
            BadInput: the registry does not have one of them, or nothing fits together.
        """
        from devforge.updates.plan import plan_install  # noqa: PLC0415

        self._documents.clear()
        state, wanted = self.home.state(), tuple(map(as_id, extensions))
        named = {as_id(id): as_version(number) for id, number in (exact or {}).items()}
        for id in wanted:
            if id not in state.by_id and self._document(id) is None:
                raise BadInput(self.absent(id))
        plan = plan_install(
            wanted,
            exact=named,
            here=self.circumstances(state, self.known()),
            lookup=self._document,
            installed=state.by_id,
        )
        return Proposal(cast("Plan[Change]", plan), state)

    def plan(self, extensions: Iterable[Id] | None = None, *, mode: Mode = "schedule") -> Proposal:
        """Return what an update would do now. `schedule`, the default, is what may be done unasked."""
        from devforge.updates.plan import plan_update  # noqa: PLC0415

        self._documents.clear()
        state = self.home.state()
        known = self.known()
        names = tuple(map(as_id, extensions)) if extensions is not None else None
        newer = self._with_news(state, known)

        def lookup(id: ExtensionId) -> ExtensionDocument | None:
            # Where nothing is newer, what was verified before will do; what is installed is walked for.
            return self._document(id) if id in newer or id not in known.documents else known.documents[id]  # fmt: skip

        plan = plan_update(
            names,
            mode=mode,
            here=self.circumstances(state, known),
            lookup=lookup,
            installed=state.by_id,
        )
        by: By = "schedule" if mode == "schedule" else "person"
        return Proposal(cast("Plan[Change]", plan), state, by, whole=False)

    def changes(
        self,
        extension: Id,
        to: Number | None = None,
        *,
        progress: Callable[[Progress], object] = lambda _: None,
    ) -> tuple[News, ...]:
        """Return what is new after the installed version, up to `to` or the newest; installs nothing.

        Raises:
            BadInput: the registry has no such extension or version.
        """
        from devforge.updates.news import read_news  # noqa: PLC0415 - see above

        self._documents.clear()
        id, number = as_id(extension), as_version(to) if to is not None else None
        document = self._document(id)
        if document is None:
            raise BadInput(self.absent(id))
        entry = self.installed().get(id)
        return read_news(document, number, entry, self.home, self.index, self.platform, progress)

    def brought(self, change: Change) -> tuple[News, ...]:
        """Return what is new in what an update has just brought; nothing for any other change."""
        from devforge.updates.acts import Install  # noqa: PLC0415 - see above
        from devforge.updates.news import changelog_at, news  # noqa: PLC0415

        entry = self.installed().get(change.id)
        if not isinstance(change, Install) or change.before is None or entry is None:
            return ()
        log = changelog_at(self.home.root / entry.directory)
        return news(change.document, log, have=change.before, to=entry.version)

    def plan_remove(self, extensions: Iterable[Id]) -> Proposal:
        """Return what removing `extensions` would do; refused while another needs one of them."""
        from devforge.updates.plan import plan_remove  # noqa: PLC0415

        state = self.home.state()
        plan = plan_remove(map(as_id, extensions), installed=state.by_id)
        return Proposal(cast("Plan[Change]", plan), state)

    def plan_rollback(self, extension: Id, to: Number | None = None) -> Proposal:
        """Return what going back to `to`, or to the version before the present one, would do."""
        from devforge.updates.back import plan_rollback  # noqa: PLC0415

        state = self.home.state()
        wanted = as_version(to) if to is not None else None
        plan = plan_rollback(as_id(extension), to=wanted, past=self._past(state))
        return Proposal(cast("Plan[Change]", plan), state)

    def plan_rollback_to(self, moment: datetime, only: Id | None = None) -> Proposal:
        """Return what making this home as it was at `moment` would do; without a zone it is this machine's."""
        from devforge.updates.back import plan_rollback_to  # noqa: PLC0415

        state = self.home.state()
        when = moment if moment.tzinfo else moment.astimezone()
        plan = plan_rollback_to(
            when, only=as_id(only) if only is not None else None, past=self._past(state)
        )
        return Proposal(cast("Plan[Change]", plan), state)

    def apply(
        self, proposal: Proposal, *, progress: Callable[[Progress], object] = lambda _: None
    ) -> Outcome:
        """Do what was proposed: verified before, switched in one step, and noted in the history.

        `progress` is told of each package as it comes.

        Raises:
            Refused: the plan refuses itself, or the home changed since it was made.
        """
        from devforge.updates.acts import Install  # noqa: PLC0415 - see above
        from devforge.updates.apply import apply_changes, apply_install  # noqa: PLC0415

        plan, now = proposal.plan, self._clock()
        if not any(isinstance(change, Install) for change in plan.changes):
            return apply_changes(
                plan, home=self.home, before=proposal.before, now=now, by=proposal.by
            )
        installs = cast("Plan[Install]", plan)
        outcome = apply_install(
            installs,
            home=self.home,
            index=self.index,
            before=proposal.before,
            whole=proposal.whole,
            now=now,
            by=proposal.by,
            progress=progress,
        )
        from devforge.updates.check import remember  # noqa: PLC0415

        remember(self.home, (c.document for c in installs.changes), index=self.index.location)
        return outcome

    def rollback(self, extension: Id, to: Number | None = None) -> Outcome:
        """Go back, in one call."""
        return self.apply(self.plan_rollback(extension, to))

    def activated(self, extension: Id, version: Number, *, ok: bool) -> Outcome:
        """Note whether a version started; one that did not is gone back from, or disabled.

        Nothing is sent by this: where this home's owner wants it reported, the next `check` does.
        """
        from devforge.updates.apply import Outcome, apply_changes, note_run  # noqa: PLC0415
        from devforge.updates.back import plan_recovery  # noqa: PLC0415
        from devforge.updates.reporting import keep_start  # noqa: PLC0415

        state = self.home.state()
        id, number = as_id(extension), as_version(version)
        keep_start(self.home, state, id, number, is_ok=ok, now=self._clock())
        if ok:
            note_run(self.home, state, id, number, now=self._clock())
            return Outcome(())
        plan = plan_recovery(id, number, past=self._past(state))
        return apply_changes(cast("Plan[Change]", plan), home=self.home, before=state, now=self._clock(), by="health")  # fmt: skip

    def set_enabled(self, extension: Id, *, enabled: bool) -> Outcome:
        """Let Dev Forge load an extension, or not.

        Raises:
            BadInput: it is not installed. Refused: the registry calls it malicious.
        """
        from devforge.updates.apply import apply_changes  # noqa: PLC0415
        from devforge.updates.switching import plan_switch  # noqa: PLC0415

        state = self.home.state()
        known = self._known_or_none() if enabled else None
        plan = plan_switch(as_id(extension), installed=state.by_id, known=known, enabled=enabled)
        return apply_changes(plan, home=self.home, before=state, now=self._clock())

    def absent(self, extension: Id) -> str:
        """Return that the registry does not have an extension: why not, or what may have been meant."""
        return absent(as_id(extension), self.index)

    def verify(self, extension: Id) -> tuple[Difference, ...]:
        """Return every file of an installed extension that is not as it was installed.

        Raises:
            BadInput: it is not installed, or its record is gone.
        """
        id, installed = as_id(extension), self.home.installed()
        entry = installed.get(id)
        record = self.home.record(entry.directory) if entry else None
        if entry is None:
            raise BadInput(not_installed(id, installed))
        if record is None:
            raise BadInput(
                f"{entry.label}: its files or their record are gone; "
                f"`devforge doctor --fix` fetches it again"
            )
        return differences(self.home.root / entry.directory, record)

    def circumstances(self, state: State, known: Known) -> Circumstances:
        """Return what beside the documents decides what this install may have."""
        now = self._clock()
        return Circumstances(
            now=now if is_believable(now) else None,
            install=self.home.install_id(),
            devforge=self._devforge,
            platform=self.platform,
            lists=known.lists,
            config=self.home.config(),
            skipped=state.skipped,
        )

    def _document(self, id: ExtensionId) -> ExtensionDocument | None:
        if id not in self._documents:
            self._documents[id] = self.index.document(id)
        return self._documents[id]

    def _with_news(self, state: State, known: Known) -> set[ExtensionId]:
        return {
            entry.id
            for entry in state.extensions
            if (document := known.documents.get(entry.id)) is None
            or any(version.version > entry.version for version in document.versions)
        }

    def _recall(self, known: Known) -> tuple[Disable, ...]:
        state = self.home.state()
        if not known.malicious.keys() & state.by_id.keys():
            return ()
        from devforge.updates.back import plan_recall  # noqa: PLC0415 - see above

        plan = plan_recall(installed=state.by_id, known=known)
        if plan.changes:
            from devforge.updates.apply import apply_changes  # noqa: PLC0415

            apply_changes(cast("Plan[Change]", plan), home=self.home, before=state, now=self._clock(), by="registry")  # fmt: skip
        return plan.changes

    def _past(self, state: State) -> Past:
        from devforge.updates.past import read_past  # noqa: PLC0415

        return read_past(
            self.home,
            state,
            known=self._known_or_none(),
            platform=self.platform,
            devforge=self._devforge,
        )

    def _known_or_none(self) -> Known | None:
        """Return the registry's last word; None where the file that held it is damaged."""
        try:
            return self.home.known()
        except BadInput:
            return None


def _going_by(known: Known) -> str:
    if known.checked is None:
        return "nothing was learned of it before"
    return f"going by what was known {known.checked}"
