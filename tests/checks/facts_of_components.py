"""Known vulnerabilities and carried copies as an example's `facts` write them."""

from __future__ import annotations

from typing import Any

from devforge.model.components import Vendored, Vulnerabilities

_AS_OF = "2026-11-23T04:17:00+00:00"


def vulnerabilities_of(facts: dict[str, Any]) -> Vulnerabilities:
    """Return what `vulnerabilities` says; without it, that a fresh copy knows of nothing."""
    said = {"as_of": _AS_OF, "age_days": 1} | facts.get("vulnerabilities", {})
    return Vulnerabilities.model_validate(said)


def vendored_of(facts: dict[str, Any]) -> tuple[Vendored, ...]:
    """Return what `vendored` says."""
    return tuple(Vendored.model_validate(one) for one in facts.get("vendored", ()))
