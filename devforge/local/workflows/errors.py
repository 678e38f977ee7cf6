"""What can be wrong with a workflow file, always said with file and line."""

from devforge.errors import BadInput


class BadWorkflow(BadInput):
    """A workflow or action file that cannot run here; its run fails at start with this text."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.file, self.line, self.problem = file, line, problem
