"""Run benchmarks and write their figures into docs/benchmarks.md.

python -m tests.bench [NAME ...]     all without a name; --dry writes nothing
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from tests.bench import (
    advisories,
    detection,
    index_job,
    reading_registry,
    reviewing,
    starting,
    whole_road,
    writing_index,
)
from tests.bench.figures import Benchmark, render

# To add one: a module with a BENCHMARK, and a line here.
BENCHMARKS: tuple[Benchmark, ...] = (
    reading_registry.BENCHMARK,
    writing_index.BENCHMARK,
    whole_road.BENCHMARK,
    index_job.BENCHMARK,
    reviewing.BENCHMARK,
    advisories.BENCHMARK,
    detection.BENCHMARK,
    starting.BENCHMARK,
)
PAGE = Path(__file__).parents[2] / "docs/benchmarks.md"
_HEAD = """# Benchmarks

Measured by `make bench`, each row in a process of its own. Times vary by a third from run to run;
what matters is the order of magnitude and how it grows.
"""


def main() -> None:
    """Measure what was asked for, show it, and put it in its place on the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    names = [benchmark.name for benchmark in BENCHMARKS]
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument("--dry", action="store_true", help="show the figures, write nothing")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(names):
        parser.error(f"unknown {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    for benchmark in BENCHMARKS:
        if not asked.names or benchmark.name in asked.names:
            section = render(benchmark, benchmark.measure())
            print(section, flush=True)
            if not asked.dry:
                _put(section)


def _put(section: str) -> None:
    """Replace the section of the same title on the page, or add it at the end."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else _HEAD
    title = section.partition("\n")[0]
    found = re.search(rf"^{re.escape(title)}\n(?:(?!## ).*\n?)*", page, re.MULTILINE)
    if found:
        page = page[: found.start()] + section + "\n" + page[found.end() :]
    else:
        page = f"{page.rstrip()}\n\n{section}"
    PAGE.write_text(page.rstrip() + "\n", encoding="utf-8")


main()
