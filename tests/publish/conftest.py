"""A registry on the local GitHub, with developers who push sources and reviews that pass."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from published import extension_of, manifest_of, report_of, tree_of
from signed_index import ONLINE, signed_trust

from devforge.adapters.git import Objects
from devforge.adapters.index_branch import IndexBranch
from devforge.adapters.releases import Releases
from devforge.adapters.state import State
from devforge.local import LocalGitHub
from devforge.model.manifest import Manifest
from devforge.model.names import ExtensionId
from devforge.model.policy import Limits
from devforge.model.release import ReleaseNote, report_path
from devforge.model.versions import Version
from devforge.publish.ceremony import config_of
from devforge.updates.index import Index
from devforge.updates.opening import open_index
from scripts import publish

ROOT = Path(__file__).parents[2]
REGISTRY = "operator/registry"
LIMITS = Limits(package_bytes=1 << 24, file_bytes=1 << 24, files=1000, manifest_bytes=1 << 16, record_bytes=1 << 16)  # fmt: skip


class Marketplace:
    """What people do by hand, and the publish job as its workflow runs it."""

    def __init__(self, github: LocalGitHub, data: Path, capsys, monkeypatch) -> None:
        self.github, self.data, self._capsys = github, data, capsys
        self.operator = github.create_account("operator")
        self.accounts = {"operator": self.operator}
        github.create_repository(REGISTRY)
        self.checkout = data / "checkout"
        self._clone(REGISTRY, self.checkout)
        (self.checkout / "registry").mkdir()
        shutil.copy(ROOT / "registry/policy.yaml", self.checkout / "registry/policy.yaml")
        self.sign_offline()
        self.push("Open the marketplace")
        variables = {
            "GITHUB_REPOSITORY": REGISTRY,
            "GITHUB_API_URL": github.api_url,
            "GITHUB_SERVER_URL": github.url,
            "GITHUB_TOKEN": self.operator.token,
            "GITHUB_OUTPUT": str(data / "output"),
            "GITHUB_STEP_SUMMARY": str(data / "summary.md"),
            "PYTHONPATH": str(ROOT),
            "SIGNING_KEY": ONLINE.private_bytes.decode(),
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        self.state = State(self.checkout, f"{github.url}/{REGISTRY}.git", token=self.operator.token)
        self.written: dict[str, str] = {}

    def sign_offline(self) -> None:
        """Hold the first ceremony, with throw-away keys."""
        packages = f"{self.github.url}/{REGISTRY}/releases/download/{{tag}}/{{file}}"
        config = config_of("Dev Forge Extensions", packages, extension_bits=4)
        trust = signed_trust(self.checkout / "registry/trust", config, datetime.now(UTC))
        root = self.checkout / "registry/root.json"
        root.write_bytes(trust.files["metadata/1.root.json"])

    def submit(
        self,
        manifest: Manifest | None = None,
        *,
        reviewed: bool = True,
        files: Mapping[str, bytes] = {},
    ) -> ExtensionId:
        """Push a version's source, merge its record and, unless told not to, note its review."""
        manifest = manifest or manifest_of()
        id, version = manifest.id, manifest.version
        commit = self.source(manifest, files)
        folder = self.checkout / "registry/extensions" / id.path
        (folder / "versions").mkdir(parents=True, exist_ok=True)
        extension = extension_of(id)
        (folder / "extension.yaml").write_text(
            f"owners: [{id.developer}]\nrepository: {{url: {extension.repository.url}, id: 7}}\n"
        )
        (folder / f"versions/{version}.yaml").write_text(f"commit: {commit}\n")
        developer = self.checkout / f"registry/developers/{id.developer}.yaml"
        developer.parent.mkdir(exist_ok=True)
        developer.write_text(
            f"name: {id.developer.title()} Tools\nmembers: [{{login: {id.developer}, id: 7}}]\n"
        )
        self.push(f"Add {id} {version}")
        if reviewed:
            self.review(manifest, commit)
        return id

    def source(self, manifest: Manifest, files: Mapping[str, bytes] = {}) -> str:
        """Push the source of `manifest` to its developer's repository; return the commit."""
        full_name = manifest.id.path
        work = self.data / "work" / full_name
        if not work.exists():
            developer = manifest.id.developer
            if developer not in self.accounts:
                self.accounts[developer] = self.github.create_account(developer)
            self.github.create_repository(full_name)
            self._clone(full_name, work)
        for path, file in tree_of(manifest, files).files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_bytes(file.content)
        return self.push(f"Version {manifest.version}", work)

    def review(self, manifest: Manifest, commit: str, **changes: object) -> None:
        """Note a review that ended well, as the review job does."""
        with Objects(self.data / "objects", self.github.url) as objects:
            objects.fetch(extension_of(manifest.id).repository.url, commit, depth=1)
            tree = objects.tree(commit, limits=LIMITS)
        report = report_of(manifest, tree, commit=commit).model_copy(update=changes)
        path = report_path(manifest.id, manifest.version)
        self.state.commit({path: report.model_dump_json().encode()}, "Note a review")

    def recorded_commit(self, manifest: Manifest) -> str:
        """The commit that a version's record names."""
        path = f"registry/extensions/{manifest.id.path}/versions/{manifest.version}.yaml"
        return (self.checkout / path).read_text().split()[1]

    def push(self, message: str, work: Path | None = None) -> str:
        """Commit everything below `work` (the registry by default) and push it."""
        work = work or self.checkout
        self.git(work, "add", "-A")
        self.git(work, "commit", "-q", "-m", message)
        self.git(work, "push", "-q", "origin", "HEAD:refs/heads/main")
        return self.git(work, "rev-parse", "HEAD")

    def git(self, work: Path, *arguments: str) -> str:
        who = ("-c", "user.name=t", "-c", "user.email=t@users.invalid")
        done = subprocess.run(
            ["git", "-C", str(work), *who, *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def job(self, *arguments: str) -> tuple[int, str]:
        """Run the job's script; return its exit code and all it printed."""
        code = publish.main(["--checkout", str(self.checkout), *arguments])
        output = self.data / "output"
        lines = output.read_text().splitlines() if output.exists() else []
        self.written = dict(line.split("=", 1) for line in lines)
        return code, "".join(self._capsys.readouterr())

    def build(self) -> str:
        """Run the first job; return what it printed."""
        self.packages = self.data / "packages"
        shutil.rmtree(self.packages, ignore_errors=True)
        code, printed = self.job("build", "--out", str(self.packages))
        assert code == 0, printed
        return printed

    def release(self, *arguments: str) -> tuple[int, str]:
        """Run the second job on what the first handed over."""
        digest = self.written["digest"]
        return self.job("release", "--packages", str(self.packages), "--digest", digest, *arguments)

    def publish(self) -> tuple[int, str]:
        """Pack and release, as the workflow does."""
        self.build()
        return self.release("--apply")

    def index(self, *arguments: str) -> tuple[int, str]:
        """Run the third job, and have what is on the branch then in `data/index`, as Pages would."""
        code, printed = self.job("index", "--out", str(self.data / "new"), "--apply", *arguments)
        self.fetch_index()
        return code, printed

    def fetch_index(self) -> None:
        """Put what is on the branch `index` into `data/index`."""
        out, server = self.data / "index", self.github.url
        shutil.rmtree(out, ignore_errors=True)
        with Objects(self.checkout, server, origin=REGISTRY, token=self.operator.token) as objects:
            IndexBranch(objects).restore(out)

    @property
    def tip(self) -> str | None:
        """The commit at the end of the branch `index`."""
        said = self.git(self.checkout, "ls-remote", "origin", "refs/heads/index")
        return said.split("\t")[0] or None

    def client(self, home: str = "client") -> Index:
        """A client of what the job wrote last, with the first root."""
        root = self.checkout / "registry/trust/metadata/1.root.json"
        where = str(self.data / "index")
        return open_index(where, home=self.data / home, root=root)

    def site(self) -> Path:
        """Run the third and fourth job; return where the site lies."""
        code, printed = self.index()
        assert code == 0, printed
        out = self.data / "site"
        code, printed = self.job("site", "--out", str(out))
        assert code == 0, printed
        return out

    def note(self, id: str, version: str) -> ReleaseNote | None:
        """What is noted of a release."""
        self.state.fetch()
        path = f"releases/{ExtensionId.parse(id).path}/{Version.parse(version)}.json"
        found = self.state.read(path)
        return ReleaseNote.model_validate_json(found) if found else None

    def forget_last_note(self) -> None:
        """Take the last commit of the `state` branch back, as if the run had been killed before it."""
        self.git(self.checkout, "fetch", "-q", "origin", "state")
        self.git(self.checkout, "push", "-q", "-f", "origin", "FETCH_HEAD~1:refs/heads/state")

    def releases(self) -> list[tuple[str, bool, list[str]]]:
        """Every release there is, the oldest first: tag, whether it is a draft, and its files."""
        client = Releases(REGISTRY, self.operator.token, api_url=self.github.api_url)
        found = client.newest()
        client.close()
        return [
            (release.tag_name, release.draft, [asset.name for asset in release.assets])
            for release in reversed(found)
        ]

    def _clone(self, full_name: str, work: Path) -> None:
        work.mkdir(parents=True)
        self.git(work, "init", "-q", "--template=", "-b", "main")
        token = self.accounts[full_name.split("/", maxsplit=1)[0]].token
        server = self.github.url.replace("://", f"://x-access-token:{token}@")
        self.git(work, "remote", "add", "origin", f"{server}/{full_name}.git")


@pytest.fixture
def market(github, tmp_path, capsys, monkeypatch) -> Marketplace:
    """An open registry without an extension."""
    return Marketplace(github, tmp_path / "market", capsys, monkeypatch)
