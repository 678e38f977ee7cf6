"""What an extension says it depends on, read from its own files. Pure: nothing is resolved here.

Read from the extension's root: requirements*.txt, pyproject.toml, setup.cfg, setup.py (literal
lists only), package.json, and the locks that `script_locks.py`, `npm_dependencies.py` and `python_locks.py`
know. A file that cannot be parsed yields nothing here; the dependencies check says so to its author.
"""

from __future__ import annotations

from devforge.model.observed import DependencyFact, SourceTree
from devforge.review.npm_dependencies import read_npm
from devforge.review.python_dependencies import read_python


def read_dependencies(tree: SourceTree) -> tuple[DependencyFact, ...]:
    """Return every dependency `tree` declares or locks, Python's first, in order of name."""
    return (*_ordered(read_python(tree)), *_ordered(read_npm(tree)))


def _ordered(facts: list[DependencyFact]) -> list[DependencyFact]:
    seen = {(f.name, f.requirement, f.for_tests, f.direct, f.source, f.origin): f for f in facts}
    return sorted(seen.values(), key=lambda f: (not f.direct, f.for_tests, f.name, f.source))
