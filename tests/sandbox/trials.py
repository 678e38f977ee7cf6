"""Small extensions to try out, and the policy to try them under."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from pathlib import Path

import yaml

from devforge.model.manifest import Manifest
from devforge.model.observed import SourceFile, SourceTree, Trial
from devforge.model.policy import Policy
from devforge.review.trial import run_trial

REPOSITORY = Path(__file__).parents[2]
POLICY = Policy.model_validate(
    yaml.safe_load((REPOSITORY / "registry/policy.yaml").read_text(encoding="utf-8"))
)
PYTHON = {
    "greet.py": """
        def greeting(name):
            if name == "nobody":
                return "..."
            return f"hello {name}"

        def activate(context):
            context.commands.register("greet", greeting)
    """
}
SCRIPT = {
    "package.json": '{"type": "module"}',
    "greet.js": """
        export function greeting(name) {
          if (name === 'nobody') {
            return '...';
          }
          return `hello ${name}`;
        }
        export function activate(context) {
          context.commands.register('greet', greeting);
        }
    """,
}


def quick(*, seconds: int = 30, runs: int = 1, **limits: int) -> Policy:
    """The shipped policy with little patience."""
    review = POLICY.review
    sandbox = review.sandbox.model_copy(update={"seconds": seconds, **limits})
    performance = review.performance.model_copy(update={"runs": runs})
    update = {"sandbox": sandbox, "performance": performance}
    return POLICY.model_copy(update={"review": review.model_copy(update=update)})


def tree(files: Mapping[str, str]) -> SourceTree:
    return SourceTree(
        {
            path: SourceFile(path, "file", textwrap.dedent(text).lstrip("\n").encode())
            for path, text in sorted(files.items())
        }
    )


def manifest(entry: str, **more: object) -> Manifest:
    language = {"py": "python", "js": "javascript", "ts": "typescript"}[entry.rpartition(".")[2]]
    return Manifest.model_validate(
        {
            "id": "acme.greet",
            "version": "1.0.0",
            "display_name": "Greet",
            "description": "Says hello to whoever is named.",
            "license": "MIT",
            "language": language,
            "entry": entry,
            "engines": {"devforge": ">=1"},
            "categories": ["other"],
            **more,
        }
    )


def try_python(scratch: Path, files: Mapping[str, str], policy: Policy | None = None) -> Trial:
    return run_trial(
        tree({**PYTHON, **files}), manifest("greet.py"), policy or quick(), scratch=scratch
    )


def try_script(scratch: Path, files: Mapping[str, str], policy: Policy | None = None) -> Trial:
    return run_trial(
        tree({**SCRIPT, **files}), manifest("greet.js"), policy or quick(), scratch=scratch
    )


def package(**fields: object) -> str:
    return json.dumps({"name": "greet", "version": "1.0.0", "type": "module", **fields})
