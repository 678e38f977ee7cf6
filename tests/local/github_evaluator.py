"""GitHub's own expression evaluator in one Node process, to compare ours with."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from node_tools import NODE

HERE = Path(__file__).parent


class GitHubEvaluator:
    """Asks the evaluator of npm's @actions/expressions; one process answers every question."""

    def __init__(self, node_modules: Path, scratch: Path) -> None:
        program = bundle(node_modules, scratch)
        self._process = subprocess.Popen(
            [NODE, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def evaluate(self, expression: str, contexts: Mapping[str, object]) -> dict[str, object]:
        """Return {"value": …} or {"error": …}."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        question = {"expression": expression, "contexts": json.dumps(contexts)}
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate(timeout=10)


def bundle(node_modules: Path, scratch: Path) -> Path:
    """Return the evaluator as one file: its own imports do not load natively."""
    source = scratch / "evaluate.mjs"
    source.write_text((HERE / "evaluate.mjs").read_text())
    (scratch / "node_modules").symlink_to(node_modules)
    target = scratch / "bundle.mjs"
    esbuild = node_modules / "esbuild" / "bin" / "esbuild"
    options = ["--bundle", "--platform=node", "--format=esm", f"--outfile={target}"]
    subprocess.run([NODE, esbuild, source, *options, "--log-level=error"], check=True, timeout=60)
    return target
