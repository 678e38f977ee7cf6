"""A marketplace with extensions that are out, an OSV database, and the job that compares them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
import requests
from osv import OsvBucket
from publish.conftest import Marketplace
from published import manifest_of

from devforge.adapters.git import Objects
from devforge.advisories.shelf import Shelf, registry_shelf
from devforge.model.manifest import Manifest
from scripts import advisories

REGISTRY = "operator/registry"
PUBLISH = """
name: publish
on: {workflow_dispatch: }
jobs: {publish: {runs-on: ubuntu-24.04, steps: [{run: echo published}]}}
"""


class Vigil(Marketplace):
    """The marketplace, and the advisories job as its workflow runs it."""

    bucket: OsvBucket
    opened: list[Objects]
    requirements = "httpx==0.28.1"

    def refresh(self, *arguments: str) -> tuple[int, str]:
        return self.advise("refresh", "--osv-url", self.bucket.url, *arguments)

    def reopen(self, *arguments: str) -> tuple[int, str]:
        return self.advise("reopen", *arguments)

    def advise(self, *arguments: str) -> tuple[int, str]:
        """Run the job's script; return its exit code and all it printed."""
        self.git(self.checkout, "fetch", "-q", "origin", "main")
        code = advisories.main(["--checkout", str(self.checkout), *arguments])
        return code, "".join(self._capsys.readouterr())

    def shelf(self, name: str = "reader") -> Shelf:
        """The copy as a review opens it, in a clone of its own."""
        objects = Objects(
            self.data / name, self.github.url, origin=REGISTRY, token=self.operator.token
        )
        self.opened.append(objects)
        return registry_shelf(objects)

    def release_with(self, requirement: str, *, version: str = "1.4.0") -> None:
        """Put a version out that asks for `requirement`, as a line of requirements.txt."""
        manifest = manifest_of(version=version)
        self.requirements = requirement
        self.submit(manifest)
        code, printed = self.publish()
        assert code == 0, printed

    def source(self, manifest: Manifest, files: Mapping[str, bytes] = {}) -> str:
        """Push the usual source, and then what it depends on; return the commit of both."""
        super().source(manifest, files)
        work = self.data / "work" / manifest.id.path
        (work / "requirements.txt").write_text(f"{self.requirements}\n# {manifest.version}\n")
        return self.push("Depend on something", work)

    def advisory(self, name: str, text: str) -> None:
        """Write one of the registry's own advisories, and push it."""
        file = self.checkout / f"registry/advisories/{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        self.push(f"Advise of {name}")

    def state_file(self, path: str) -> str:
        """What the jobs remember at `path`."""
        self.state.fetch()
        return (self.state.read(path) or b"").decode()

    def offered(self) -> dict[str, str | None]:
        """Version → why it is no longer offered, as a client reads it after the index was signed."""
        code, printed = self.index()
        assert code == 0, printed
        document = self.client().document(manifest_of().id)
        assert document is not None
        return {str(v.version): v.yanked.reason if v.yanked else None for v in document.versions}

    def issues(self, label: str) -> list[dict[str, object]]:
        """Every issue with `label`, the oldest first."""
        answer = requests.get(
            f"{self.github.api_url}/repos/{REGISTRY}/issues",
            params={"state": "all", "labels": label, "direction": "asc"},
            headers={"Authorization": f"token {self.operator.token}"},
            timeout=10,
        )
        return list(answer.json())


@pytest.fixture
def bucket() -> Iterator[OsvBucket]:
    """An OSV database with one harmless record for each ecosystem."""
    made = OsvBucket()
    yield made
    made.close()


@pytest.fixture
def vigil(github, tmp_path, capsys, monkeypatch, bucket) -> Iterator[Vigil]:
    """An open registry without an extension, beside an OSV database."""
    made = Vigil(github, tmp_path / "market", capsys, monkeypatch)
    made.bucket, made.opened = bucket, []
    workflow = made.checkout / ".github/workflows/publish.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(PUBLISH)
    made.push("Publish")
    yield made
    for objects in made.opened:
        objects.close()
