"""Which optional dependencies each command needs, and how to say that they are missing. Pure."""

from __future__ import annotations

from devforge.errors import Unavailable

_OURS = {"devforge", "checks"}
_EXTRAS = {"advisories": "check", "check": "check", "explain": "check", "init": "check", "pack": "check", "submit": "check", "index": "registry", "keys": "registry", "local": "local", "operator": "check"}  # fmt: skip


def missing_extra(error: BaseException, *, command: str) -> Unavailable | None:
    """Return an error that says what to install; None if `error` is about anything else."""
    if not isinstance(error, ModuleNotFoundError) or command not in _EXTRAS:
        return None
    package = (error.name or "").partition(".")[0]
    if not package or package in _OURS:
        return None
    return Unavailable(
        f"`devforge {command}` needs Python packages that are not installed ({package} …); "
        f"run: pip install 'devforge-registry[{_EXTRAS[command]}]'"
    )
