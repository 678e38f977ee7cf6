"""Extensions that are out, made with the real packer and the real review report, for tests to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import yaml

from devforge.adapters.policy import load_policy
from devforge.model.addresses import release_tag
from devforge.model.manifest import Manifest
from devforge.model.names import ExtensionId
from devforge.model.observed import SourceFile, SourceTree
from devforge.model.plain import to_plain
from devforge.model.policy import Policy
from devforge.model.records import Developer, Extension, Member, Repository, VersionRecord, Yank
from devforge.model.registry import Entry, Registry
from devforge.model.release import Files, IndexedFile, ReleaseNote
from devforge.model.reviewing import CheckName
from devforge.model.verdict import CheckReport, Finding, Report
from devforge.model.versions import Version
from devforge.publish.build import Built, Candidate, build
from devforge.publish.documents import document_of, released
from devforge.publish.layout import encode, newest, pointer
from devforge.publish.listing import Listing, Listings

COMMIT = "9b1e2c7d" * 5
CHECKS: tuple[CheckName, ...] = (
    "quality", "security", "coverage", "documentation", "licence",
    "manifest", "dependencies", "performance", "compatibility",
)  # fmt: skip
README = """# Todo Tree

Shows every `TODO` in your project as a tree.

## Use

1. Open the *Todo Tree* panel.
2. Click an entry to jump to it.

```python
from todo_tree import scan
for todo in scan("src"):
    print(todo)
```

| key | does |
|---|---|
| `enter` | opens the file |
| `x` | marks it as done |

See [the manual](docs/manual.md) and ![a picture](docs/picture.png).
"""
# What the operator merges to call acme.todo-tree 1.4.0 malicious.
MALICIOUS = """id: DEVFORGE-2026-1
modified: 2026-11-01T00:00:00Z
published: 2026-11-01T00:00:00Z
summary: It sends your keys away.
affected:
- package: {ecosystem: DevForge, name: acme.todo-tree}
  versions: [1.4.0]
database_specific: {malicious: true}
"""


def manifest_of(id: str = "acme.todo-tree", version: str = "1.4.0", **changes: object) -> Manifest:
    """A complete manifest, changed as asked."""
    values: dict[str, object] = {
        "id": id,
        "version": version,
        "display_name": "Todo Tree",
        "description": "Shows every TODO of your project as a tree you can walk.",
        "license": "MIT",
        "language": "python",
        "entry": "todo_tree/__init__.py",
        "engines": {"devforge": ">=2.0.0 <4"},
        "categories": ["productivity"],
        "keywords": ["todo", "tree"],
        "permissions": ["filesystem:read", "network:api.example.com"],
    }
    return Manifest.model_validate(values | changes)


def tree_of(manifest: Manifest, files: Mapping[str, bytes | SourceFile] = {}) -> SourceTree:
    """The manifest, the entry point and whatever else is asked for, as a source tree."""
    written = yaml.safe_dump(manifest.model_dump(mode="json", exclude_none=True)).encode()
    content: dict[str, bytes | SourceFile] = {
        "devforge.yaml": written,
        "README.md": README.encode(),
        manifest.entry: b"def activate(context):\n    return None\n",
        **files,
    }
    return SourceTree(
        {
            path: made if isinstance(made, SourceFile) else SourceFile(path, "file", made)
            for path, made in content.items()
        }
    )


def report_of(manifest: Manifest, tree: SourceTree, **changes: object) -> Report:
    """A review that ended well, with one note."""
    note = Finding(
        rule="undocumented-permission",
        severity="warn",
        at="devforge.yaml: permissions",
        problem="network:api.example.com is not explained in the README",
        remedy="say in the README why it is needed",
    )
    checks = tuple(
        CheckReport(name=name, verdict="passed", score=100 - 7 * number, seconds=0.1,
                    findings=(note,) if name == "documentation" else ())
        for number, name in enumerate(CHECKS)
    )  # fmt: skip
    report = Report(
        extension=str(manifest.id),
        version=str(manifest.version),
        decision="merge",
        checks=checks,
        commit=COMMIT,
        tree_sha256=tree.sha256,
    )
    return report.model_copy(update=changes)


def extension_of(id: ExtensionId) -> Extension:
    """The record of an extension whose repository bears its name."""
    url = f"https://github.com/{id.developer}/{id.name}"
    return Extension(
        owners=(id.developer,), repository=Repository.model_validate({"url": url, "id": 7})
    )


def candidate_of(
    manifest: Manifest, source: SourceTree | None = None, **changes: object
) -> Candidate:
    """A version that was reviewed and awaits its release."""
    reviewed = source or tree_of(manifest)
    values: dict[str, object] = {
        "id": manifest.id,
        "version": manifest.version,
        "extension": extension_of(manifest.id),
        "record": VersionRecord(commit=COMMIT),
        "report": report_of(manifest, reviewed).model_dump_json().encode(),
        "tree": reviewed,
    }
    return Candidate(**(values | changes))  # type: ignore[arg-type]


def built_of(manifest: Manifest, tree: SourceTree | None = None) -> Built:
    """The files of a version's release."""
    made = build(candidate_of(manifest, tree))
    assert isinstance(made, Built), made
    return made


def note_of(built: Built, published: str = "2026-11-20T10:00:00Z") -> ReleaseNote:
    """What publishing notes of a release of `built`."""
    tag = release_tag(built.id, built.version)
    *files, review = [
        IndexedFile(
            name=name,
            url=f"https://github.com/operator/registry/releases/download/{tag}/{name}",
            **to_plain(pointer(content)),
        )
        for name, (content, _) in built.files.items()
    ]
    pairs = zip(built.packages, files[::2], files[1::2], strict=True)
    packages = {platform: Files(package=one, sbom=bom) for platform, one, bom in pairs}
    common = packages.pop(None, None)
    return ReleaseNote(
        id=built.id, version=built.version, tag=tag, published=published, source=built.source,
        package=common and common.package, sbom=common and common.sbom, platforms=packages, review=review,
    )  # fmt: skip


def policy_of(**publishing: object) -> Policy:
    """The policy this repository ships, with some of its publishing rules changed."""
    policy = load_policy(None)
    changed = policy.publishing.model_copy(update=publishing)
    return policy.model_copy(update={"publishing": changed})


def shelves(
    manifests: Iterable[Manifest],
    *,
    yanked: Mapping[str, str] = {},
    developers: Mapping[str, str] = {},
    readme: str = README,
) -> tuple[Registry, Listings]:
    """A registry in which every one of `manifests` is out, and its listings.

    Args:
        yanked: `id version` → why it was yanked.
        developers: developer → the name people read.
    """
    notes: dict[ExtensionId, dict[Version, ReleaseNote]] = {}
    for number, manifest in enumerate(manifests):
        tree = tree_of(manifest, {"README.md": readme.encode()})
        day = f"2026-{1 + number % 11:02d}-{1 + number % 27:02d}T10:00:00Z"
        notes.setdefault(manifest.id, {})[manifest.version] = note_of(built_of(manifest, tree), day)
    policy = policy_of()
    names = {id.developer for id in notes}
    registry = Registry(
        policy=policy,
        developers={
            name: Developer(
                name=developers.get(name, name.title()), members=(Member(login=name, id=1),)
            )
            for name in names
        },
        extensions={
            id: Entry(extension_of(id), {v: _record(id, v, yanked) for v in out})
            for id, out in notes.items()
        },
    )
    return registry, listings_of(registry, notes)


def listings_of(
    registry: Registry, notes: Mapping[ExtensionId, Mapping[Version, ReleaseNote]]
) -> Listings:
    """What `read_listings` would make of these notes."""
    found = []
    for id, entry in sorted(registry.extensions.items()):
        listed = released(entry.versions, notes[id], registry.policy.publishing.rollout)
        document = document_of(id, entry.extension, registry.developers[id.developer], listed)
        assert document is not None
        shown = newest(document.versions)
        report = report_of(notes[id][shown.version].source.manifest, SourceTree({}))
        key = pointer(encode(document)).sha256
        found.append(Listing(document, shown, notes[id], report, key))
    return Listings(tuple(found), sum(map(len, notes.values())))


def _record(id: ExtensionId, version: Version, yanked: Mapping[str, str]) -> VersionRecord:
    reason = yanked.get(f"{id} {version}")
    return VersionRecord(commit=COMMIT, yanked=Yank(reason=reason) if reason else None)
