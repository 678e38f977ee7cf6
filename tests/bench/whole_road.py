"""The job `index` itself, of 10,000 extensions of 5 versions: from records and release notes to signed files.

Records and notes lie in a Git repository, as on a runner; what is fetched and pushed is `index_job.py`'s.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from devforge.adapters.git import Objects
from devforge.adapters.state import State
from devforge.model.generation import MadeFrom
from devforge.publish.observe import Observed
from devforge.publish.signed import bring_up_to_date, made_from
from tests.bench import writing_index as index
from tests.bench.figures import Benchmark, Figure, measure_alone, size_of
from tests.bench.registry_maker import change_one, make_repository, write_files

EXTENSIONS, VERSIONS = index.EXTENSIONS, index.VERSIONS
_CHANGED = 4711
_README = "# Extension\n\n" + "It does a useful thing and says so at some length. " * 20


def measure() -> list[Figure]:
    """Return a row for all of it, and for one version more."""
    with tempfile.TemporaryDirectory(prefix="devforge-bench-") as scratch:
        folder = Path(scratch)
        make_repository(folder / "registry.git", EXTENSIONS, VERSIONS)
        every = ((n, f"1.{minor}.0") for n in range(EXTENSIONS) for minor in range(VERSIONS))
        write_notes(folder, every)
        index._write_trust(folder / "trust")
        aim = f"the repository is {size_of(folder / 'registry.git')}; aim: under 12 s and 400 MB"
        whole = _row("build_all", "all of it, records and 50,000 notes included", folder, aim)
        change_one(folder / "registry.git", _CHANGED)
        write_notes(folder, [(_CHANGED, "2.0.0")], is_first=False)
        one = "every signature looked at, as in a directory nothing says until when they hold"
        return [whole, _row("update_one", "one version more", folder, one)]


def build_all(folder: str) -> str:
    """Build the index of everything, and note from what."""
    return _brought(Path(folder), None)


def update_one(folder: str) -> str:
    """Bring it up to what changed since."""
    before = MadeFrom.model_validate_json(Path(folder, "made-from").read_bytes())
    return _brought(Path(folder), before)


def _brought(folder: Path, before: MadeFrom | None) -> str:
    repository = folder / "registry.git"
    with Objects(repository, "https://github.com", origin="operator/registry") as objects:
        state = State(repository, str(repository))
        state.fetch()
        observed = Observed(objects, objects.resolve("main", "commit"), state)
        done = bring_up_to_date(observed, folder / "index", index._signing(str(folder)), before)
        (folder / "made-from").write_text(made_from(observed).model_dump_json())
    used = os.times()
    ours, gits = used.user + used.system, used.children_user + used.children_system
    return f"{ours:.1f} s of processor and {gits:.1f} of git's; {len(done.written):,} files written"


def _row(function: str, what: str, folder: Path, note: str) -> Figure:
    seconds, megabytes, said = measure_alone(__name__, function, str(folder))
    return Figure(what, seconds, megabytes, f"{said}; {note}")


def write_notes(
    folder: Path, versions: Iterable[tuple[int, str]], *, is_first: bool = True
) -> None:
    """Commit the note of each version of the extension of that number to the branch `state`."""
    files = (
        (f"releases/dev{n // 4}/ext-{n}/{version}.json", json.dumps(_note(n, version)))
        for n, version in versions
    )
    write_files(folder / "registry.git", "state", files, is_first=is_first)


def _note(number: int, version: str) -> dict[str, object]:
    id = f"dev{number // 4}.ext-{number}"
    tag = f"{id}-{version}"
    minor = int(version.split(".")[1])
    manifest = {
        "id": id, "version": version, "display_name": f"Extension {number}",
        "description": f"Does the {number}th useful thing for people who write software all day.",
        "license": "MIT", "language": "python", "entry": "main.py",
        "engines": {"devforge": ">=2.0.0 <4"}, "permissions": ["filesystem:read"],
        "categories": ["productivity"], "keywords": ["useful", f"thing-{number % 97}"],
    }  # fmt: skip
    digest = hashlib.sha256(tag.encode()).hexdigest()
    return {
        "schema_version": 1, "id": id, "version": version, "tag": tag,
        "published": f"2026-{minor + 5:02d}-20T10:00:00Z",
        "source": {
            "commit": digest[:40], "tree_sha256": digest, "packed_sha256": digest,
            "manifest": manifest, "readme": _README,
        },
        "package": _file(tag, f"{tag}.zip", 20_000),
        "sbom": _file(tag, f"{tag}.zip.cdx.json", 3_000),
        "review": _file(tag, f"{tag}.zip.review.json", 4_000),
    }  # fmt: skip


def _file(tag: str, name: str, length: int) -> dict[str, object]:
    url = f"https://github.com/operator/registry/releases/download/{tag}/{name}"
    digest = hashlib.sha256(name.encode()).hexdigest()
    return {"sha256": digest, "length": length, "name": name, "url": url}


BENCHMARK = Benchmark(
    name="road",
    title=f"The whole index of {EXTENSIONS:,} extensions, from records and release notes",
    measure=measure,
)
