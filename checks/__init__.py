"""Every review check, in the order a developer reads them. To add one: a file, a line here."""

from __future__ import annotations

from checks import (
    compatibility,
    coverage,
    decision,
    dependencies,
    documentation,
    licence,
    manifest,
    performance,
    quality,
    security,
)
from checks.protocol import Check

CHECKS: tuple[Check, ...] = (
    manifest,
    quality,
    security,
    documentation,
    licence,
    dependencies,
    compatibility,
    coverage,
    performance,
    decision,
)
