"""Labels: the nine every repository is born with, and how one is found or made."""

from __future__ import annotations

from devforge.local.hub import Hub
from devforge.local.store import Row

_BORN_WITH = (
    ("bug", "d73a4a", "Something isn't working"),
    ("documentation", "0075ca", "Improvements or additions to documentation"),
    ("duplicate", "cfd3d7", "This issue or pull request already exists"),
    ("enhancement", "a2eeef", "New feature or request"),
    ("good first issue", "7057ff", "Good for newcomers"),
    ("help wanted", "008672", "Extra attention is needed"),
    ("invalid", "e4e669", "This doesn't seem right"),
    ("question", "d876e3", "Further information is requested"),
    ("wontfix", "ffffff", "This will not be worked on"),
)
_PLAIN = "ededed"


def seed_labels(hub: Hub, repository_id: int) -> None:
    """Give a new repository the labels GitHub gives every new repository."""
    for name, color, description in _BORN_WITH:
        hub.store.insert(
            "label",
            repository_id=repository_id,
            name=name,
            color=color,
            description=description,
            is_default=1,
        )


def label_named(hub: Hub, repository_id: int, name: str) -> Row | None:
    """Return the repository's label of this name, in whatever case, or None."""
    return hub.store.find("label", repository_id=repository_id, name=name)


def label_made(hub: Hub, repository_id: int, name: str) -> Row:
    """Return the label of this name; a plain grey one is made where there is none."""
    found = label_named(hub, repository_id, name)
    if found is not None:
        return found
    id = hub.store.insert("label", repository_id=repository_id, name=name, color=_PLAIN)
    return hub.store.get("label", id)
