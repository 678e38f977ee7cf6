"""How a `run:` script is started: GitHub's command line for each shell.

Source: GitHub's documentation, "Workflow syntax for GitHub Actions", jobs.<job_id>.steps[*].shell.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from devforge.errors import BadInput

_COMMANDS = {
    None: "bash -e {0}",
    "bash": "bash --noprofile --norc -eo pipefail {0}",
    "sh": "sh -e {0}",
    "python": "python {0}",
}
_ABSENT = {"pwsh", "powershell", "cmd"}


def command_line(shell: str | None, script: Path) -> list[str]:
    """Return the program and arguments that run `script`.

    Raises:
        BadInput: the shell is not on this machine, or is no template with {0}.
    """
    template = _COMMANDS.get(shell)
    if template is None:
        if shell in _ABSENT:
            raise BadInput(f"shell {shell!r} is not supported; use bash, sh or python")
        template = shell or ""
        if "{0}" not in template:
            raise BadInput(
                f"shell {shell!r} is unknown; use bash, sh, python or a template with {{0}}"
            )
    return [part.replace("{0}", str(script)) for part in shlex.split(template)]


def extension(shell: str | None) -> str:
    """Return the script's file name extension."""
    return ".py" if shell == "python" else ".sh"
