"""The marketplace actions this runner has built in, matched by name whatever the pinned ref."""

from __future__ import annotations

from typing import Final

INPUTS: Final = {
    "actions/checkout": {
        "repository", "ref", "token", "persist-credentials", "path", "clean", "filter",
        "sparse-checkout", "sparse-checkout-cone-mode", "fetch-depth", "fetch-tags", "show-progress",
        "lfs", "submodules", "set-safe-directory",
    },
    "actions/setup-python": {
        "python-version", "python-version-file", "cache", "cache-dependency-path", "architecture",
        "check-latest", "token", "update-environment", "allow-prereleases",
    },
    "actions/setup-node": {
        "node-version", "node-version-file", "cache", "cache-dependency-path", "architecture",
        "check-latest", "registry-url", "scope", "token", "package-manager-cache",
    },
    "actions/upload-artifact": {
        "name", "path", "if-no-files-found", "retention-days", "compression-level", "overwrite",
        "include-hidden-files",
    },
    "actions/download-artifact": {
        "name", "artifact-ids", "path", "pattern", "merge-multiple", "github-token", "repository",
        "run-id",
    },
    "actions/configure-pages": {"static_site_generator", "generator_config_file", "token", "enablement"},
    "actions/upload-pages-artifact": {"name", "path", "retention-days", "include-hidden-files"},
    "actions/deploy-pages": {"token", "timeout", "error_count", "reporting_interval", "artifact_name", "preview"},
    "actions/attest": {
        "subject-path", "subject-digest", "subject-name", "subject-checksums", "predicate-type",
        "predicate", "predicate-path", "sbom-path", "push-to-registry", "show-summary",
        "github-token", "create-storage-record",
    },
    "actions/attest-build-provenance": {
        "subject-path", "subject-digest", "subject-name", "subject-checksums", "push-to-registry",
        "show-summary", "github-token", "create-storage-record",
    },
}  # fmt: skip
"""The inputs each of them knows; any other is refused."""


def action_name(uses: str) -> str:
    """Return `owner/name` of a `uses: owner/name@ref`, in lower case."""
    return uses.partition("@")[0].lower()
