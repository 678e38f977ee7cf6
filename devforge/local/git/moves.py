"""Moving one ref through the API: the repository's rules asked first, git's own check kept."""

from __future__ import annotations

from devforge.local.git.changes import RefMove
from devforge.local.git.repositories import GitFailed
from devforge.local.git.workflow_files import refused_workflow
from devforge.local.hub import Actor, Hub
from devforge.local.refusals import conflict, forbidden, unprocessable
from devforge.local.store import Row


def move_ref(
    hub: Hub,
    repository: Row,
    name: str,
    before: str,
    after: str,
    actor: Actor,
    *,
    ruled: bool = True,
) -> None:
    """Move `name` from `before` to `after`, inside `changing`; not `ruled`: rules were asked already.

    Raises:
        ApiRefusal: 422 where a rule forbids it, 403 where a job would change workflows, 409 where the ref is elsewhere by now.
    """
    for rule in hub.push_rules if ruled else ():
        reason = rule(repository, RefMove(name, before, after), actor)
        if reason is not None:
            raise unprocessable(f"Repository rule violations found\n\n{reason}")
    if (refused := refused_workflow(hub, repository, before, after, actor)) is not None:
        raise forbidden(refused)
    try:
        hub.git.update_refs(repository["id"], {name: (before, after)})
    except GitFailed as error:
        raise conflict(
            f"is at another commit than expected, or cannot be stored: {name}"
        ) from error
