"""A `run:` step: the script as written, its commands heard, its files read."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from devforge.errors import BadInput
from devforge.local.workflows.execution.world import Level, StepCancelled, StepFailed, World
from devforge.local.workflows.machine import files, process
from devforge.local.workflows.machine.commands import Command, read_command
from devforge.local.workflows.machine.shells import command_line, extension

_FILES = ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")
_LEVELS: dict[str, Level] = {"error": "failure", "warning": "warning", "notice": "notice"}
_KEEP_ANNOTATIONS = 50


@dataclass(slots=True)
class Script:
    """One script about to run. `deadline` is monotonic."""

    world: World
    text: str
    shell: str | None
    directory: Path
    env: Mapping[str, str]
    deadline: float
    outputs: dict[str, str] = field(default_factory=dict)
    _stopped: str | None = None

    def run(self) -> dict[str, str]:
        """Run it and return its outputs.

        Raises:
            StepFailed: it exited with another code than 0, ran too long, or wrote nonsense to its files.
        """
        name = uuid.uuid4().hex
        commands = self.world.place.temp / "_runner_file_commands"
        commands.mkdir(exist_ok=True)
        told = {variable: commands / f"{variable.lower()}_{name}" for variable in _FILES}
        for path in told.values():
            path.touch()
        script = self.world.place.temp / f"{name}{extension(self.shell)}"
        script.write_text(
            self.text if self.text.endswith("\n") else f"{self.text}\n", encoding="utf-8"
        )
        try:
            ended = self._start(script, {variable: str(path) for variable, path in told.items()})
        finally:
            self._take(told)
            script.unlink(missing_ok=True)
        self._check(ended)
        return self.outputs

    def _start(self, script: Path, told: Mapping[str, str]) -> process.Ended:
        try:
            command = command_line(self.shell, script)
        except BadInput as error:
            raise StepFailed(str(error)) from error
        self._announce(command)
        if not self.directory.is_dir():
            raise StepFailed(f"the working directory {self.directory} does not exist")
        try:
            return process.run(
                command,
                cwd=self.directory,
                environment={**self.world.environment(self.env), **told},
                each_line=self._hear,
                deadline=min(self.deadline, self.world.clean_up_until or math.inf),
                cancelled=self.world.interrupt,
            )
        except (OSError, ValueError) as error:
            raise StepFailed(f"{command[0]} cannot be started: {error}") from error

    def _announce(self, command: list[str]) -> None:
        log = self.world.log
        log.write(f"##[group]Run {self.text.strip().splitlines()[0] if self.text.strip() else ''}")
        log.write(self.text.rstrip("\n"))
        log.write(f"shell: {' '.join(command[:-1])} {{0}}")
        for name, value in self.env.items():
            log.write(f"  {name}: {value}")
        log.write("##[endgroup]")

    def _check(self, ended: process.Ended) -> None:
        if ended.how == "timed out":
            raise StepFailed("the step ran longer than its timeout-minutes and was ended")
        if ended.how == "cancelled":
            raise StepCancelled("The operation was canceled.")
        if ended.code != 0:
            code = ended.code if ended.code > 0 else 128 - ended.code
            raise StepFailed(f"Process completed with exit code {code}.")

    def _hear(self, line: str) -> None:
        command = read_command(line)
        if command is None:
            self.world.log.write(line)
        elif self._stopped is not None:
            if command.name == self._stopped:
                self._stopped = None
            self.world.log.write(line)
        else:
            self._obey(command, line)

    def _obey(self, command: Command, line: str) -> None:
        world = self.world
        if command.name in _LEVELS:
            world.log.write(f"##[{command.name}]{command.data}")
            if len(world.annotations) < _KEEP_ANNOTATIONS:
                place = {
                    key: command.properties[key]
                    for key in ("file", "line", "col", "title", "endLine")
                    if key in command.properties
                }
                world.annotate(_LEVELS[command.name], command.data, **place)
        elif command.name == "add-mask":
            world.log.masks.add(command.data)
            world.log.write("::add-mask::***")
        elif command.name in {"group", "endgroup"}:
            world.log.write(f"##[{command.name}]{command.data}")
        elif command.name == "stop-commands":
            self._stopped = command.data.lower()
        elif command.name == "set-output":
            world.warn("set-output is deprecated: write to GITHUB_OUTPUT")
            self.outputs[command.properties.get("name", "")] = command.data
        elif command.name != "debug":
            world.log.write(line)

    def _take(self, told: Mapping[str, Path]) -> None:
        world = self.world
        try:
            self.outputs.update(files.read_pairs(told["GITHUB_OUTPUT"]))
            world.variables.update(files.read_variables(told["GITHUB_ENV"]))
            for directory in files.read_lines(told["GITHUB_PATH"]):
                world.path.insert(0, directory)
            summary = files.read_summary(told["GITHUB_STEP_SUMMARY"])
        except BadInput as error:
            raise StepFailed(f"Unable to process file command: {error}") from error
        if summary:
            world.summaries.append(world.log.masks.hide(summary))
