"""Keep how often packages were downloaded, from GitHub's counters and from access logs, on the branch `downloads`.

Dry unless --apply is given. What is kept is one commit on top of what was read, or none: a run may be stopped
anywhere and run again, and nothing is counted twice.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from devforge.adapters.clone import Clone
from devforge.adapters.environment import Environment, read_environment
from devforge.adapters.issues import Issues
from devforge.adapters.log_files import log_files
from devforge.adapters.releases import Releases
from devforge.adapters.state import State
from devforge.analytics.kept import read_kept
from devforge.analytics.observe import observe_traffic
from devforge.analytics.plan import Counter, Keep, plan_downloads
from devforge.analytics.render import cache_line, is_below
from devforge.analytics.traffic import Observed
from devforge.errors import DevForgeError, Unavailable
from devforge.model.addresses import release_tag
from devforge.model.analytics import Analytics
from devforge.model.downloads import BRANCH
from devforge.plan import Plan
from devforge.publish.observe import Observed as Published
from devforge.publish.telling import tell_operator
from scripts.entry import carry_out, parser_of

_SECTION = "downloads"
_HEADING = "Downloads and caches"
_DAYS = 14  # recounted each time: longer than any log is late, and than a job stays broken unseen


class Job:
    """One run."""

    def __init__(self, environment: Environment, checkout: Path, stack: ExitStack) -> None:
        self.environment, self.checkout, self._stack = environment, checkout, stack
        clone = Clone(environment, checkout, stack)
        token = environment.token.get_secret_value() if environment.token else None
        self._branch = State(checkout, clone.objects.url("origin"), token=token, branch=BRANCH)
        head = clone.objects.resolve("HEAD", "commit")
        self._published = Published(clone.objects, head, clone.state)
        self._troubles: list[str] = []
        self._requests = 0

    def run(self, *, apply: bool) -> int:
        """Print the plan; with `apply`, keep what it says and tell the operator what is amiss."""
        rules = self._published.policy().analytics
        self._branch.fetch()
        kept = read_kept(self._branch)  # before the counters, so that who is faster is noticed
        now = datetime.now(UTC)
        logs = self._logs(rules, now.date())
        plan = plan_downloads(
            kept=kept, counters=self._counters(),
            logs={name: observed.traffic for name, observed in logs.items()},
            known={(str(id), str(version)) for id, version in self._published.released()},
            now=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )  # fmt: skip
        goal = rules.immutable_percent
        caches = {name: cache_line(observed, goal) for name, observed in logs.items()}
        if apply:
            self._keep(plan)
            below = [f"{n}: {caches[n]}" for n in logs if is_below(logs[n], goal)]
            self._tell([*below, *self._troubles])
        self._show(plan, caches)
        return 1 if self._troubles else 0 if apply else plan.exit_code

    def _counters(self) -> list[Counter] | None:
        where = self.environment.repository, self.environment.secret_token()
        releases = Releases(*where, api_url=self.environment.api_url)
        self._stack.callback(releases.close)
        try:
            tags = sorted(release_tag(id, version) for id, version in self._published.released())
            return [Counter(*counted) for counted in releases.counts(tags)]
        except DevForgeError as error:
            self._troubles.append(f"the releases' counters could not be read: {error}")
            return None
        finally:
            self._requests += releases.requests

    def _logs(self, rules: Analytics, today: date) -> dict[str, Observed]:
        days = frozenset(today - timedelta(days=back) for back in range(1, _DAYS + 1))
        found: dict[str, Observed] = {}
        for source in rules.logs:
            try:
                files = log_files(source, checkout=self.checkout)
                found[source.name] = observe_traffic(source, files, days)
            except DevForgeError as error:
                self._troubles.append(f"the log {source.name} could not be read: {error}")
        return found

    def _keep(self, plan: Plan[Keep]) -> None:
        files = {change.path: change.content for change in plan.changes}
        if not self._branch.commit_on_top(files, "Keep the downloads counted meanwhile"):
            raise Unavailable(
                f"the branch {BRANCH} moved meanwhile, so nothing was kept; the next run counts it all"
            )

    def _tell(self, lines: Sequence[str]) -> None:
        where = self.environment.repository, self.environment.secret_token()
        issues = Issues(*where, api_url=self.environment.api_url)
        self._stack.callback(issues.close)
        tell_operator(issues, _SECTION, _HEADING, [" ".join(line.split()) for line in lines])
        self._requests += issues.requests

    def _show(self, plan: Plan[Keep], caches: Mapping[str, str]) -> None:
        said = [plan.render(), *(f"{name}: {line}" for name, line in caches.items())]
        said += [f"careful: {trouble}" for trouble in self._troubles]
        text = "\n".join([*said, f"{self._requests} requests"])
        print(text)
        self.environment.summarise(f"```text\n{text.replace('```', '')}\n```")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    return carry_out(
        "downloads",
        lambda stack: Job(read_environment(), arguments.checkout, stack).run(apply=arguments.apply),
    )


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("downloads", __doc__)
    parser.add_argument("--apply", action="store_true", help="keep what the plan says")
    return parser


if __name__ == "__main__":
    sys.exit(main())
