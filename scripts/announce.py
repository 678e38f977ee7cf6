"""Tell people what was released: a Discussion for each release, and webhooks. Dry unless --apply is given.

Who was told is remembered release by release, so a run may be stopped anywhere: a Discussion whose
answer was lost is found again, and a webhook that may have been told is not told twice.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr, TypeAdapter, ValidationError

from devforge.adapters.clone import Clone
from devforge.adapters.discussions import Discussions
from devforge.adapters.environment import Environment, read_environment
from devforge.adapters.webhooks import Hook, Poster
from devforge.errors import BadInput
from devforge.model.announcements import DISCUSSION, Announcement, Telling
from devforge.model.base import Strict
from devforge.model.outlets import Announcements
from devforge.model.release import ReleaseNote
from devforge.publish.announcing.act import Announcer
from devforge.publish.announcing.observe import observe_announcements
from devforge.publish.announcing.plan import Tell, plan_announcements
from devforge.publish.views import extension_path
from scripts.entry import carry_out, parser_of


class Address(Strict):
    """One entry of the secret WEBHOOKS. `secret` signs what a generic receiver gets."""

    url: SecretStr
    secret: SecretStr = SecretStr("")


_ENDED = "the run ended while it was told"
_ADDRESSES = TypeAdapter(dict[str, Address])


def read_hooks(policy: Announcements, text: str | None) -> dict[str, Hook]:
    """Return the policy's webhooks whose addresses the secret WEBHOOKS holds.

    Raises:
        BadInput: the secret cannot be read, or signs nothing for a generic receiver. It is not quoted.
    """
    try:
        held = _ADDRESSES.validate_json(text or "{}")
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "the whole"
        raise BadInput(
            f"the secret WEBHOOKS is wrong at {where}: it is "
            '{"NAME": {"url": "https://…", "secret": "…"}} in JSON'
        ) from None
    hooks = {}
    for hook in policy.webhooks:
        if address := held.get(hook.name):
            secret = address.secret.get_secret_value()
            if hook.kind == "generic" and len(secret) < 16:
                raise BadInput(f"the secret WEBHOOKS: {hook.name} needs a secret of 16 characters")
            hooks[hook.name] = Hook(hook.name, hook.kind, address.url.get_secret_value(), secret)
    return hooks


class Job:
    """One run: where it is, and what it reads and writes. `poster` is what webhooks are posted by."""

    def __init__(
        self, environment: Environment, checkout: Path, stack: ExitStack, poster: Poster
    ) -> None:
        self.environment, self._stack, self._poster = environment, stack, poster
        self.clone = Clone(environment, checkout, stack)

    def run(self, *, site_url: str | None, apply: bool) -> int:
        """Print the plan; with `apply`, tell everybody who is due."""
        registry, now = self.clone.registry(), datetime.now(UTC).replace(microsecond=0)
        policy = registry.policy.announcements
        hooks = read_hooks(policy, os.environ.get("WEBHOOKS"))
        plan = plan_announcements(
            observe_announcements(registry, self.clone.objects, self.clone.state, now=now),
            policy=policy,
            known=frozenset(hooks),
            now=now,
        )
        print(plan.render())
        self.environment.summarise(f"```text\n{plan.render()}\n```")
        if not apply:
            return plan.exit_code
        site = f"{site_url.rstrip('/')}/" if site_url else self.environment.site_url
        announcer = self._announcer(policy, hooks, site, now)
        if any(change.place == DISCUSSION for change in plan.changes):
            announcer.look()
        failures = 0
        for change in plan.changes:
            if (hook := hooks.get(change.place)) and hook.kind != "generic":
                # A chat cannot tell a repetition: a run that is killed now has told it, or nobody will.
                self._note(change, Telling(state="unsure", when=now, reason=_ENDED))
            telling = announcer.tell(change)
            self._note(change, telling)
            if telling.state != "told":
                failures += 1
                print(f"::warning title=Not told::{change.line}: {telling.reason}")
        return 1 if failures else 0

    def _announcer(
        self, policy: Announcements, hooks: dict[str, Hook], site: str, now: datetime
    ) -> Announcer:
        environment = self.environment
        discussions = Discussions(
            environment.repository,
            environment.secret_token(),
            category=policy.category,
            api_url=environment.api_url,
        )
        self._stack.callback(discussions.close)
        releases = f"{environment.server_url}/{environment.repository}/releases/tag/"

        def page(note: ReleaseNote) -> str:
            return site + extension_path(note.id).removesuffix("index.html")

        return Announcer(
            discussions, hooks, self._poster, page, lambda note: f"{releases}{note.tag}", now
        )

    def _note(self, change: Tell, telling: Telling) -> None:
        """Remember at once, so that a run that is killed tells nobody twice."""
        id, version, state = change.note.id, change.note.version, self.clone.state
        path = Announcement.path_of(id, version)
        known = Announcement.read(state.read(path), id, version).with_one(change.place, telling)
        content = known.model_dump_json(indent=1, exclude_defaults=True).encode() + b"\n"
        state.commit({path: content}, f"Note who knows of {id} {version}: {change.place}")


def main(argv: Sequence[str] | None = None, *, poster: Poster | None = None) -> int:
    arguments = _parser().parse_args(argv)

    def work(stack: ExitStack) -> int:
        job = Job(read_environment(), arguments.checkout, stack, poster or Poster())
        return job.run(site_url=arguments.base_url, apply=arguments.apply)

    return carry_out("announce", work)


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("announce", __doc__)
    parser.add_argument("--base-url", help="where the site is served; default: GitHub Pages")
    parser.add_argument("--apply", action="store_true", help="do what the plan says")
    return parser


if __name__ == "__main__":
    sys.exit(main())
