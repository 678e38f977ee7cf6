"""Runs a stranger's program in bubblewrap, or says why it can't; never without it.

What a program inside can do, and what it can't, is listed in `confinement`. What it costs is
counted and capped in `running`.
"""

from devforge.adapters.sandbox.confinement import RESULT_FD, WORK, View
from devforge.adapters.sandbox.ending import Ending, Outcome
from devforge.adapters.sandbox.running import available, run

__all__ = ["RESULT_FD", "WORK", "Ending", "Outcome", "View", "available", "run"]
