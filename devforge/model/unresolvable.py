"""What is said of dependencies that could not be had: the words that decide who has to act. Pure.

A reason begins with them, never holds them further on: the rest quotes what authors and indexes say.
"""

from __future__ import annotations

ALL = "all dependencies"  # what fetching calls them when they are too large together
SOURCE_ONLY = "comes as source only, and source is not built here"
FOR_TESTS = "only tests want it"
DISAGREE = "package.json and its lock do not agree"
LEFT_OUT = FOR_TESTS + ": what tests want cannot be installed beside the rest"
NO_VERSION = "the registry has no such version"
