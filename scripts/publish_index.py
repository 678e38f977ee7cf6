"""The steps of `publish` that have to do with the signed index: write it, watch it, look at it from outside."""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from devforge.adapters.index_branch import IndexBranch, OvertakenError
from devforge.adapters.issues import Issues
from devforge.adapters.keys import open_online_signer
from devforge.errors import BadInput, DevForgeError, Refused, Unavailable
from devforge.model import inbox
from devforge.model.generation import FLOOR_PATH, PublishedFloor
from devforge.plan import apply
from devforge.publish.alarm import Inbox, SetInbox, plan_alarm
from devforge.publish.follow import due
from devforge.publish.present import PresentIndex
from devforge.publish.resign import read_freshness
from devforge.publish.revision import Floor, Signing
from devforge.publish.signed import Brought, bring_up_to_date, made_from
from devforge.publish.trust import Trust, read_trust
from devforge.updates.opening import open_index
from scripts.publish_run import Run

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

_ATTEMPTS = 4
_SECRET = "SIGNING_KEY"  # noqa: S105  its name
_CEREMONY = "docs/operator.md, “Keys”, says how in ten minutes"


class IndexSteps:
    """Works for one run of the run."""

    def __init__(self, run: Run, at: str | None = None) -> None:
        self._run, self._at = run, at
        self.branch = IndexBranch(run.observed.registry)

    def write(self, arguments: argparse.Namespace) -> int:
        """Bring the branch `index` up to date, or show what that would do."""
        trust = self._trust()
        for attempt in range(_ATTEMPTS):
            try:
                brought = self._bring(trust, arguments.out, is_applied=arguments.apply)
                break
            except OvertakenError:
                if attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(2**attempt)
        print(brought)
        self._run.environment.summarise(str(brought))
        if arguments.apply:
            self._remember(brought.floor)
            named = due(
                self._run.observed.policy(),
                is_index_new=brought.is_changed,
                says_other=brought.says_other,
            )
            self._run.environment.put_output("follow", " ".join(named))
            return 0
        return 2 if brought.is_changed else 0

    def restore(self, out: Path) -> None:
        """Put the newest index into `out`, for the site to be built around it."""
        shutil.rmtree(out, ignore_errors=True)
        if self.branch.restore(out) is None:
            raise Refused(
                "no index was signed yet, so there is nothing to publish: the job `index` comes first"
            )

    def watch(self, arguments: argparse.Namespace) -> int:
        """Tell the operator of signatures that hold for too short, and take it back when they do not."""
        run = self._run
        with (
            tempfile.TemporaryDirectory(prefix="devforge-index-") as out,
            self.branch.opened(Path(out)) as index,
        ):
            index.signed_until = {}  # it is the metadata themselves that are asked here
            fresh = read_freshness(index, self._trust())
        rules = run.observed.policy().publishing.signing
        alarms = tuple(fresh.alarms(rules, self._now()))
        environment = run.environment
        issues = Issues(
            environment.repository, environment.secret_token(), api_url=environment.api_url
        )
        try:
            found = next((i for i in issues.labelled(inbox.LABEL) if inbox.MARK in i.text), None)
            there = Inbox(found.number, found.text, found.state) if found else None
            plan = plan_alarm(alarms=alarms, there=there)
            print(plan.render())
            if not arguments.apply:
                return plan.exit_code
            apply(plan, lambda change: _set_inbox(issues, change))
            return 0
        finally:
            run.requests += issues.requests
            issues.close()

    def confirm(self, arguments: argparse.Namespace) -> int:
        """Ask the published index as clients do: one that saw the index before, and one whose clock is ahead."""
        rules = self._run.observed.policy().publishing.signing
        root = self._folder() / "metadata/1.root.json"
        with tempfile.TemporaryDirectory(prefix="devforge-confirm-") as scratch:
            old, before = Path(scratch, "home"), Path(scratch, "before")
            if self.branch.before(before):
                with suppress(DevForgeError):  # one that expired meanwhile, or of keys long gone
                    _ask(str(before), old, root, known_as=arguments.url)
            wanted = self._generation(Path(scratch, "now"))
            found = _patiently(lambda: _ask(arguments.url, old, root), wanted, arguments.patience)
            ahead = timedelta(days=rules.alarm_days)
            _ask(arguments.url, Path(scratch, "ahead"), root, ahead=ahead)
        late = (
            "" if found == wanted else f" ({wanted} is on its way: the site's cache is slow today)"
        )
        print(
            f"clients read generation {found}{late}, from the root of the first day, after the index "
            f"before it, and with a clock {rules.alarm_days} days ahead"
        )
        return 0

    def _bring(self, trust: Trust, out: Path, *, is_applied: bool) -> Brought:
        observed = self._run.observed
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        by = Signing(trust, self._signer(trust), self._now(), self._floor())
        with self.branch.opened(out) as index:
            brought = bring_up_to_date(observed, index, by, index.made_from)
            if is_applied and (brought.is_changed or index.commit is None):
                self.branch.push(
                    index,
                    made_from=made_from(observed),
                    signed_until=brought.freshness.roles,
                    message=f"Publish generation {brought.floor.generation}",
                )
        return brought

    def _now(self) -> datetime:
        """Return the time, or the one a person asked for to see what would be then."""
        if self._at is None:
            return _now()
        try:
            return datetime.fromisoformat(self._at).astimezone(UTC)
        except ValueError as error:
            raise BadInput(f"--at {self._at}: a time looks like 2026-12-24T09:00:00Z") from error

    def _folder(self) -> Path:
        return self._run.checkout / "registry/trust"

    def _trust(self) -> Trust:
        folder = self._folder()
        if not (folder / "metadata/1.root.json").is_file():
            raise Refused(
                "nobody has said yet which keys sign this index (registry/trust is empty), so nothing "
                f"is published: make keys and sign with `devforge keys`; {_CEREMONY}"
            )
        return read_trust(folder)

    def _signer(self, trust: Trust) -> Signer:
        secret = self._run.environment.signing_key
        [public] = trust.online_keys.values()
        if secret is None:
            raise Refused(
                f"the secret {_SECRET} is not set in the environment `index`, so nothing is signed or "
                f"published: gh secret set {_SECRET} --env index < NAME.pem; {_CEREMONY}"
            )
        return open_online_signer(secret.get_secret_value(), public, what=f"the secret {_SECRET}")

    def _floor(self) -> Floor:
        found = self._run.state.read(FLOOR_PATH)
        if found is None:
            return Floor()
        try:
            floor = PublishedFloor.model_validate_json(found)
        except ValueError as error:
            raise Refused(f"state: {FLOOR_PATH} is not ours; look who wrote it") from error
        return Floor(floor.generation, floor.timestamp)

    def _remember(self, floor: Floor) -> None:
        """Note the versions elsewhere too, so that they never fall should the branch be lost."""
        if floor != self._floor():
            noted = PublishedFloor(generation=floor.generation, timestamp=floor.timestamp)
            content = noted.model_dump_json().encode() + b"\n"
            self._run.state.commit(
                {FLOOR_PATH: content}, f"Note generation {floor.generation} of the index"
            )

    def _generation(self, out: Path) -> int:
        with self.branch.opened(out) as index:
            return PresentIndex(index, self._trust()).generation


def _ask(
    url: str,
    home: Path,
    root: Path,
    *,
    known_as: str | None = None,
    ahead: timedelta = timedelta(0),
) -> int:
    """Ask as a client with `home` does; return the generation it verified.

    Raises:
        Refused: a client would not believe what is published.
    """
    with open_index(
        url, home=home, root=root, known_as=known_as, clock=lambda: _now() + ahead
    ) as index:
        index.lists()
        index.search()
        fresh = index.freshness
        if fresh.is_offline or index.generation is None:
            raise Refused(f"{url}: a client does not believe it: {'; '.join(fresh.warnings)}")
        return index.generation


def _patiently(ask: Callable[[], int], wanted: int, seconds: float) -> int:
    """Ask until the wanted generation is there; a site's caches take a while to follow."""
    end = time.monotonic() + seconds
    while True:
        try:
            found = ask()
            if found >= wanted or time.monotonic() > end:
                return found
        except Unavailable:
            if time.monotonic() > end:
                raise
        time.sleep(min(10, seconds))


def _set_inbox(issues: Issues, change: SetInbox) -> None:
    if change.number is None:
        issues.open(inbox.TITLE, change.body, inbox.LABEL)
    else:
        issues.edit(change.number, inbox.TITLE, change.body, change.state)


def _now() -> datetime:
    return datetime.now(UTC)
