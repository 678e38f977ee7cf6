"""Units of a registry put together, with what holds between them checked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from devforge.model.consistency import inconsistencies
from devforge.model.layout import ADVISORIES, DEVELOPERS, EXTENSIONS, ROOT
from devforge.model.names import ExtensionId, developer_name
from devforge.model.policy import Policy
from devforge.model.problem import Problem
from devforge.model.records import Advisory, Developer
from devforge.model.registry import Entry, Registry
from devforge.model.units import Unit


def assemble(policy: Policy, units: Iterable[Unit], problems: Iterable[Problem] = ()) -> Registry:
    """Return the registry of `units`, whose own problems come first, file by file."""
    kept = list(units)
    found = [*problems, *(problem for unit in kept for problem in unit.problems)]
    developers = dict(_developers(kept, found))
    registry = Registry(
        policy=policy,
        developers=developers,
        extensions=dict(_entries(kept)),
        advisories=tuple(_advisories(kept, found)),
    )
    return replace(registry, problems=(*found, *inconsistencies(registry)))


def _developers(units: list[Unit], problems: list[Problem]) -> Iterator[tuple[str, Developer]]:
    for unit in units:
        if unit.developer is None:
            continue
        name = _stem(unit, DEVELOPERS)
        at = f"{ROOT}/{unit.path}"
        try:
            yield developer_name(name), unit.developer
        except ValueError as error:
            problems.append(Problem(at, f"the file's name {error}", "rename the file"))


def _entries(units: list[Unit]) -> Iterator[tuple[ExtensionId, Entry]]:
    for unit in units:
        if unit.extension is not None:
            text = unit.path.removeprefix(f"{EXTENSIONS}/").replace("/", ".")
            try:
                id = ExtensionId.parse(text)
            except ValueError:
                continue  # the unit's own problems say so
            yield id, Entry(unit.extension, unit.versions)


def _advisories(units: list[Unit], problems: list[Problem]) -> Iterator[Advisory]:
    for unit in units:
        if unit.advisory is None:
            continue
        yield unit.advisory
        if (name := _stem(unit, ADVISORIES)) != unit.advisory.id:
            found = f"{unit.advisory.id} is not the file's name, {name}"
            problems.append(Problem(f"{ROOT}/{unit.path}: id", found, "make the two equal"))


def _stem(unit: Unit, directory: str) -> str:
    return unit.path.removeprefix(f"{directory}/").removesuffix(".yaml")
