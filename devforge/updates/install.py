"""Carries out an install plan: download, verify, unpack, switch."""

from __future__ import annotations

from collections.abc import Callable

from devforge.adapters.archive import read_zip
from devforge.errors import Refused
from devforge.model.observed import SourceFile, SourceTree
from devforge.plan import Plan, apply
from devforge.updates.home import Home
from devforge.updates.index import Index
from devforge.updates.installed import Installed
from devforge.updates.plan import Install, Remove


def apply_install(
    plan: Plan[Install],
    *,
    home: Home,
    index: Index,
    progress: Callable[[str], object] = lambda _: None,
) -> None:
    """Install everything `plan` names. Every package is verified before the first is switched in."""
    ready = []
    for change in plan.changes:
        progress(f"downloading {change.document.id} {change.version.version}")
        content = index.download(change.version.package)
        members = read_zip(content, name=change.version.package.name)
        files = {
            m.path: SourceFile(m.path, "executable" if m.is_executable else "file", m.content)
            for m in members
        }
        if SourceTree(files).sha256 != change.version.tree_sha256:
            raise Refused(
                f"{change.version.package.name}: its files are not the ones that were reviewed"
            )
        ready.append((change, members))
    for change, members in ready:
        home.put(_entry(change, home, index), members)


def apply_remove(plan: Plan[Remove], *, home: Home) -> None:
    """Remove everything `plan` names."""
    apply(plan, lambda change: home.drop(change.id))


def _entry(change: Install, home: Home, index: Index) -> Installed:
    before = home.installed().get(change.document.id)
    return Installed(
        id=change.document.id,
        version=change.version.version,
        engines=change.version.engines,
        tree_sha256=change.version.tree_sha256,
        package_sha256=change.version.package.sha256,
        permissions=change.version.permissions,
        extension_dependencies=change.version.extension_dependencies,
        requested=change.requested or bool(before and before.requested),
        index=index.location,
    )
