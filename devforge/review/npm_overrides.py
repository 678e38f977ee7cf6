"""What npm, yarn and pnpm are told to take in the place of packages that others ask for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from devforge.model.observed import DependencyFact, SourceTree

_ALIAS = re.compile(
    r"^ {2,8}['\"]?(?P<name>@?[\w./-]{1,214})(?:@[^'\"\s:]{0,60})?['\"]?: ?['\"]?(?P<other>npm:[^'\"\s]{1,300})",
    re.MULTILINE,
)


def of_package(package: dict[str, object], at: str) -> Iterator[DependencyFact]:
    """Yield what package.json puts in the place of others' dependencies, if it is no plain version."""
    pnpm = package.get("pnpm")
    sections = {
        "overrides": package.get("overrides"),
        "resolutions": package.get("resolutions"),
        "pnpm.overrides": pnpm.get("overrides") if isinstance(pnpm, dict) else None,
    }
    for section, wanted in sections.items():
        for name, requirement in texts(wanted):
            if not re.match(r"[\d^~<>=*$v ]", requirement):
                yield DependencyFact(
                    ecosystem="npm",
                    name=re.sub(r"(?<=.)@.*", "", name.rpartition("/")[2])
                    if not name.startswith("@")
                    else name,
                    requirement=requirement,
                    source=f"{at}package.json: {section}",
                )


def of_workspace(tree: SourceTree) -> Iterator[DependencyFact]:
    """Yield what the overrides and catalogues of pnpm's workspace put in the place of a name."""
    file = tree.get("pnpm-workspace.yaml")
    for match in _ALIAS.finditer(file.text) if file and file.is_plain else ():
        yield DependencyFact(
            ecosystem="npm",
            name=match["name"],
            requirement=match["other"],
            source="pnpm-workspace.yaml",
        )


def texts(section: object) -> Iterator[tuple[str, str]]:
    """Yield the texts of one table of package.json by name, none longer than may be shown."""
    if isinstance(section, dict):
        for name, requirement in section.items():
            if isinstance(requirement, str):
                yield name[:214], requirement[:300]
