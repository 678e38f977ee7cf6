"""What a repository's own workflow files name: environments, secrets, actions, labels. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from devforge.errors import BadInput

_SECRET = re.compile(r"\bsecrets\.([A-Za-z_][A-Za-z0-9_]*)")
_NAMED_SECRET = re.compile(r"\bsecrets\[\s*'([A-Za-z_][A-Za-z0-9_]*)'\s*\]")
_GITHUBS_OWN = ("actions", "github")


@dataclass(frozen=True, slots=True)
class Named:
    """What must exist on GitHub for the workflows to work."""

    environments: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    # secret → the environment of the job that uses it, where it alone should be kept
    kept_in: Mapping[str, str] = field(default_factory=dict)
    actions: frozenset[str] = frozenset()  # owner/name of those that are not GitHub's own
    labels: frozenset[str] = frozenset()


def read_named(files: Mapping[str, bytes]) -> Named:
    """Return what the files of `.github/` name; `files` is path → content.

    Raises:
        BadInput: one of them is not YAML.
    """
    environments: set[str] = set()
    actions: set[str] = set()
    secrets: set[str] = set()
    labels: set[str] = set()
    kept_in: dict[str, str] = {}
    for path, content in files.items():
        if not path.endswith((".yml", ".yaml")):
            continue
        tree = _tree(content, path)
        if "/ISSUE_TEMPLATE/" in path:
            labels.update(_labels(tree))
        elif "/DISCUSSION_TEMPLATE/" not in path:
            text = content.decode("utf-8", "replace")
            secrets.update(_SECRET.findall(text), _NAMED_SECRET.findall(text))
            environments.update(_environments(tree))
            kept_in.update(_kept_in(tree))
            actions.update(_actions(tree))
    return Named(
        environments=frozenset(environments),
        secrets=frozenset(secrets - {"GITHUB_TOKEN"}),
        kept_in=kept_in,
        actions=frozenset(actions),
        labels=frozenset(labels),
    )


def _tree(content: bytes, path: str) -> object:
    """Read as GitHub's own files are read: the checkout's workflows are the operator's, and the
    key `on`, which YAML 1.1 takes for true, is of no interest here."""
    try:
        return yaml.safe_load(content)
    except yaml.YAMLError as error:
        said = " ".join(str(error).split())[:200]
        raise BadInput(f"{path} is not YAML: {said}") from error


def _environments(tree: object) -> Iterator[str]:
    jobs = tree.get("jobs") if isinstance(tree, dict) else None
    for job in jobs.values() if isinstance(jobs, dict) else ():
        named = job.get("environment") if isinstance(job, dict) else None
        name = named.get("name") if isinstance(named, dict) else named
        if isinstance(name, str) and "${{" not in name:
            yield name


def _kept_in(tree: object) -> Iterator[tuple[str, str]]:
    jobs = tree.get("jobs") if isinstance(tree, dict) else None
    for job in jobs.values() if isinstance(jobs, dict) else ():
        text = yaml.safe_dump(job)
        for environment in _environments({"jobs": {"": job}}):
            yield from ((secret, environment) for secret in _SECRET.findall(text))


def _actions(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        used = tree.get("uses")
        if isinstance(used, str) and not used.startswith(("./", "docker://")):
            owner, _, rest = used.partition("@")[0].partition("/")
            if owner not in _GITHUBS_OWN:
                yield f"{owner}/{rest.split('/')[0]}"
        for value in tree.values():
            yield from _actions(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _actions(value)


def _labels(tree: object) -> Iterator[str]:
    named = tree.get("labels") if isinstance(tree, dict) else None
    if isinstance(named, str):
        yield from (label.strip() for label in named.split(",") if label.strip())
    elif isinstance(named, list):
        yield from (str(label) for label in named)
