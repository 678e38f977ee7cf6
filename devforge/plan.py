"""A plan: everything a job intends to do, as data, before any of it is done. Pure but for `apply`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from devforge.errors import Refused


class Change(Protocol):
    """One intended act. Its line is what a person reads and what the digest covers.

    A line starts with the verb and the kind of thing, e.g. `release  acme.todo-tree 1.4.0 …`.
    """

    @property
    def line(self) -> str: ...


C = TypeVar("C", bound=Change)
C_contra = TypeVar("C_contra", bound=Change, contravariant=True)


@dataclass(frozen=True, slots=True)
class Plan(Generic[C]):
    """Changes in the order they will be applied, what is left alone, and what forbids applying."""

    title: str
    changes: tuple[C, ...] = ()
    notes: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Twelve hex digits naming exactly these changes; approving means approving a digest."""
        lines = [self.title, *(change.line for change in self.changes)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]

    @property
    def exit_code(self) -> int:
        """0 nothing to do, 1 refused, 2 changes await approval."""
        if self.refusals:
            return 1
        return 2 if self.changes else 0

    def render(self) -> str:
        """Return the plan as shown in the log, the job summary and a comment."""
        body = [f"  + {change.line}" for change in self.changes]
        body += [f"  . {note}" for note in self.notes]
        body += [f"  ! {refusal}" for refusal in self.refusals]
        total = (
            f"{len(self.changes)} to apply, {len(self.notes)} left alone, "
            f"{len(self.refusals)} refused. digest {self.digest}"
        )
        return "\n".join([self.title, *(body or ["  nothing to do"]), total])

    def to_json(self) -> str:
        """Return the plan for a program: title, digest, and the same lines a person reads."""
        return json.dumps(
            {
                "title": self.title,
                "digest": self.digest,
                "changes": [change.line for change in self.changes],
                "notes": list(self.notes),
                "refusals": list(self.refusals),
            }
        )


def apply(plan: Plan[C], act: Callable[[C], object], *, approved: str | None = None) -> None:
    """Do every change in order; do nothing if the plan is empty.

    `approved` is the digest a person saw. Without one the caller has decided that this plan
    needs no approval (`--apply` in a workflow).

    Raises:
        Refused: before the first act, when the plan refuses itself or is not the approved one.
    """
    if plan.refusals:
        raise Refused("; ".join(plan.refusals))
    if plan.changes and approved is not None and approved != plan.digest:
        raise Refused(f"approved {approved}, but the plan is now {plan.digest}: look at it again")
    for change in plan.changes:
        act(change)
