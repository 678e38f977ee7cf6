"""One run of the job `publish`: where it is, what it reads and what it writes to."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from devforge.adapters.environment import Environment
from devforge.adapters.git import Objects
from devforge.adapters.state import State
from devforge.model.cost import cost_in_words
from devforge.model.downloads import BRANCH as DOWNLOADS
from devforge.plan import Plan
from devforge.publish.observe import Observed


class Run:
    """What every step of the job shares. What it opens is closed with `stack`."""

    def __init__(self, environment: Environment, checkout: Path, stack: ExitStack) -> None:
        self.environment, self.checkout, self.stack = environment, checkout, stack
        token = environment.token.get_secret_value() if environment.token else None
        registry = stack.enter_context(
            Objects(checkout, environment.server_url, origin=environment.repository, token=token)
        )
        self.state = State(checkout, registry.url("origin"), token=token)
        self.state.fetch()
        self.counted = State(checkout, registry.url("origin"), token=token, branch=DOWNLOADS)
        self.observed = Observed(registry, registry.resolve("HEAD", "commit"), self.state)
        self.requests = 0

    def show(self, plan: Plan[Any]) -> None:
        """Print the plan, and put it into the job's summary."""
        print(plan.render())
        self.environment.summarise(f"```\n{plan.render()}\n```")

    def tell_cost(self) -> None:
        """Say in the job's summary what it cost; packing and the site ask GitHub's API nothing."""
        spent = self.environment.spent(requests=self.requests, now=time.time())
        self.environment.summarise(cost_in_words([spent], 1))
