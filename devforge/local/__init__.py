"""GitHub on your own machine, as far as this project uses it: real Git, real HTTP, nothing to install."""

from devforge.local.server import LocalGitHub

__all__ = ["LocalGitHub"]
