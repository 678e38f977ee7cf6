"""Opens what components are looked up in: by a job of the registry, or on a developer's machine."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from devforge.adapters.git import Objects
from devforge.advisories.own import read_own_advisories
from devforge.advisories.shelf import Shelf, own_copy, own_shelf, registry_shelf
from devforge.errors import DevForgeError
from devforge.model.advisories import Advisory
from devforge.model.observed import Missing
from devforge.review.components import Reference

if TYPE_CHECKING:  # `devforge check` opens no session, and need not load what one is made of
    from devforge.review.session import Session

_LOG = logging.getLogger(__name__)


@contextmanager
def opened_reference(session: Session) -> Iterator[Reference]:
    """Give the registry's own advisories and its copy of the OSV database, opened but not read.

    A branch that could not be asked for is Missing: nobody then says that nothing is known.
    """
    environment, registry = session.environment, session.registry
    own = read_own_advisories(registry.objects, registry.base)
    shelf: Shelf | Missing
    with ExitStack() as stack:
        try:
            objects = Objects(
                session.scratch / "advisories", environment.server_url,
                origin=environment.repository, token=environment.secret_token(),
            )  # fmt: skip
            shelf = registry_shelf(stack.enter_context(objects))
        except DevForgeError as error:
            _LOG.warning("%s", error)
            shelf = Missing(reason=f"the copy of the OSV database could not be opened: {error}")
        yield Reference(own, shelf, datetime.now(UTC))


@contextmanager
def own_reference(own: tuple[Advisory, ...]) -> Iterator[Reference]:
    """Give `own` and this user's copy of the OSV database, which may not be there."""
    shelf: Shelf | Missing | None = None
    with ExitStack() as stack:
        try:
            if own_copy().is_dir():
                shelf = stack.enter_context(own_shelf())
        except DevForgeError as error:
            _LOG.warning("%s", error)
            shelf = Missing(reason=f"your copy of the OSV database cannot be read: {error}")
        yield Reference(own, shelf, datetime.now(UTC))
