"""Who looks, and what they may see and do: the context of one query."""

from __future__ import annotations

from dataclasses import dataclass

from devforge.local.access import check_repository, has_role, role_of
from devforge.local.call import Call
from devforge.local.graphql.refusals import no_node
from devforge.local.graphql.things import TABLES, Thing, node
from devforge.local.hub import Actor, Hub
from devforge.local.refusals import ApiRefusal
from devforge.local.store import Row


@dataclass(frozen=True, slots=True)
class View:
    """One query's caller, who is always known: GraphQL answers nobody anonymous."""

    call: Call

    @property
    def hub(self) -> Hub:
        """Return the server's parts."""
        return self.call.hub

    @property
    def actor(self) -> Actor:
        """Return who asks."""
        return self.call.actor

    @property
    def by_workflow(self) -> bool:
        """Tell whether a workflow's token asks."""
        return self.actor.token is not None and self.actor.token.kind == "workflow"

    def check(self, repository: Row, needs: str, role: str = "read") -> None:
        """Refuse whoever may not do this in the repository. Raises ApiRefusal."""
        token = self.actor.token
        check_repository(self.hub, repository, self.actor.id, token, role, needs)

    def may(self, repository: Row, needs: str, role: str = "read") -> bool:
        """Tell whether the caller may do this in the repository."""
        try:
            self.check(repository, needs, role)
        except ApiRefusal:
            return False
        return True

    def sees(self, thing: Thing) -> bool:
        """Tell whether the caller may know of a thing: its repository is public, or open to them."""
        repository = self.home(thing)
        if repository is None:
            return True
        if repository["deleted_at"] or not self.may(repository, "metadata:read"):
            return False
        return thing.kind != "Release" or not thing.row["draft"] or self.pushes(repository)

    def pushes(self, repository: Row) -> bool:
        """Tell whether the caller may push."""
        if self.by_workflow:
            return self.may(repository, "contents:write", "write")
        return has_role(role_of(self.hub, self.actor.id, repository), "write")

    def node(self, id: str, *kinds: str) -> Thing:
        """Return what a node id names, of one of these kinds. Raises NOT_FOUND."""
        found = node(self.hub, id)
        if found is None or (kinds and found.kind not in kinds) or not self.sees(found):
            raise no_node(id)
        return found

    def fresh(self, thing: Thing) -> Thing:
        """Return a thing as it is stored now."""
        return Thing(thing.kind, self.hub.store.get(TABLES[thing.kind], thing.id))

    def home(self, thing: Thing) -> Row | None:
        """Return the repository a thing belongs to, None for accounts and the like."""
        store, row = self.hub.store, thing.row
        if thing.kind == "Repository":
            return row  # type: ignore[no-any-return]
        if thing.kind == "DiscussionComment":
            row = store.get("discussion", row["discussion_id"])
        elif thing.kind == "ReleaseAsset":
            row = store.get("release", row["release_id"])
        elif "repository_id" not in row.keys():  # noqa: SIM118 - a row iterates over its values
            return None
        return store.get("repository", row["repository_id"])

    def home_of(self, thing: Thing) -> Row:
        """Return the repository of a thing that always has one."""
        repository = self.home(thing)
        if repository is None:
            raise LookupError(f"{thing.kind} {thing.id} belongs to no repository")
        return repository
