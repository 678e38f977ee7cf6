"""Where a job runs, read from the variables every workflow has. Reads variables and files only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints, ValidationError

from devforge.errors import BadInput
from devforge.model.base import Foreign
from devforge.model.cost import Spent

FullName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9](-?[A-Za-z0-9])*/[A-Za-z0-9._-]+$", max_length=140)
]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+(/[^\s]*)?$", max_length=200)]
STARTED = "devforge-started"  # in RUNNER_TEMP, written by the action `prepare`
_HINTS = {
    "GITHUB_REPOSITORY": "owner/name of the registry",
    "GITHUB_TOKEN": "the job's token: pass `GITHUB_TOKEN: ${{ github.token }}` in the step's env",
}


class Environment(Foreign):
    """The job's surroundings. The same variables are set by GitHub and by the local one."""

    repository: Annotated[FullName, Field(alias="GITHUB_REPOSITORY")]
    api_url: Annotated[Url, Field(alias="GITHUB_API_URL")] = "https://api.github.com"
    server_url: Annotated[Url, Field(alias="GITHUB_SERVER_URL")] = "https://github.com"
    token: Annotated[SecretStr | None, Field(alias="GITHUB_TOKEN")] = None
    signing_key: Annotated[SecretStr | None, Field(alias="SIGNING_KEY")] = None
    step_summary: Annotated[Path | None, Field(alias="GITHUB_STEP_SUMMARY")] = None
    output: Annotated[Path | None, Field(alias="GITHUB_OUTPUT")] = None
    run_id: Annotated[int | None, Field(alias="GITHUB_RUN_ID")] = None
    runner_temp: Annotated[Path | None, Field(alias="RUNNER_TEMP")] = None

    @property
    def run_url(self) -> str | None:
        """The page of this run, for whoever wants the log."""
        if self.run_id is None:
            return None
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run_id}"

    @property
    def site_url(self) -> str:
        """Where GitHub Pages serves this repository, ending in `/`.

        Source: docs.github.com, "About GitHub Pages"; a server of our own serves below `/pages/`.
        """
        owner, _, name = self.repository.partition("/")
        if self.server_url == "https://github.com":
            host = f"{owner.lower()}.github.io"
            return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"
        return f"{self.server_url.rstrip('/')}/pages/{owner}/{name}/"

    def secret_token(self) -> str:
        """Return the token. Raises BadInput saying how to give one."""
        if self.token is None:
            raise BadInput(f"GITHUB_TOKEN is not set: {_HINTS['GITHUB_TOKEN']}")
        return self.token.get_secret_value()

    def spent(self, *, requests: int, now: float) -> Spent:
        """Return what this job cost so far. `now` is the time in seconds since 1970.

        The clock starts when `.github/actions/prepare` does; where it did not, no time is told.
        """
        try:
            started = float((self.runner_temp / STARTED).read_text()) if self.runner_temp else now
        except (OSError, ValueError):
            started = now
        return Spent(requests=requests, seconds=round(max(0.0, min(now - started, 6 * 3600.0)), 1))

    def summarise(self, markdown: str) -> None:
        """Add `markdown` to the job's summary page, where there is one."""
        if self.step_summary is not None:
            with self.step_summary.open("a", encoding="utf-8") as file:
                file.write(markdown.rstrip("\n") + "\n\n")

    def put_output(self, name: str, value: str) -> None:
        """Hand `value`, which must be one line, to the jobs that need this one."""
        if "\n" in value or "\r" in value:
            raise BadInput(f"output {name}: must be one line")
        if self.output is not None:
            with self.output.open("a", encoding="utf-8") as file:
                file.write(f"{name}={value}\n")


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """Return the job's environment; an empty variable counts as absent.

    Raises:
        BadInput: naming every variable that is missing or wrong, and what it should hold.
    """
    given = os.environ if variables is None else variables
    present = {name: value for name, value in given.items() if value}
    try:
        return Environment.model_validate(present)
    except ValidationError as error:
        lines = [_line(str(problem["loc"][0]), problem["msg"]) for problem in error.errors()]
        raise BadInput("environment: " + "; ".join(lines)) from error


def _line(name: str, problem: str) -> str:
    hint = f" ({_HINTS[name]})" if name in _HINTS else ""
    if problem == "Field required":
        return f"{name} is not set{hint}"
    return f"{name} is wrong{hint or f': {problem}'}"
