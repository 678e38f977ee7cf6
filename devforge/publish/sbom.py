"""Writes a version's bill of materials as CycloneDX 1.6 JSON: same package, same bytes. Pure.

Source: CycloneDX 1.6 (ECMA-424, first edition); package URLs after the purl specification.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
import warnings
from functools import cache

from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    Property,
    XsUri,
)
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from license_expression import ExpressionError, Licensing, get_spdx_licensing
from packageurl import PackageURL

from devforge.model.index import Pointer
from devforge.model.names import RepositoryUrl
from devforge.model.observed import DependencyFact, SourceTree
from devforge.model.release import Source
from devforge.publish.package import packed_files

# Names our serial numbers, so that they are the same for the same package and collide with no other.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:devforge:sbom")
_SPDX = re.compile(r"[A-Za-z0-9 .()+:-]+", re.ASCII)
_PURL_TYPES = {"PyPI": "pypi", "npm": "npm"}


def render_sbom(
    source: Source, tree: SourceTree, package: Pointer, repository: RepositoryUrl | None = None
) -> bytes:
    """Return the bill of materials of one package: the extension, its files, what it depends on."""
    root = _extension(source, package, repository)
    files = [_file(file.path, file.content) for file in packed_files(tree)]
    facts = [fact for fact in source.dependencies if not fact.for_tests]
    packages = {str(part.bom_ref): part for part in map(_dependency, facts)}
    direct = [Dependency(_dependency(fact).bom_ref) for fact in facts if fact.direct]
    bom = Bom(
        serial_number=uuid.uuid5(_NAMESPACE, package.sha256),
        components=[*files, *packages.values()],
        metadata=BomMetaData(component=root),
        dependencies=[Dependency(root.bom_ref, direct)],
    )
    with warnings.catch_warnings():
        # An extension that depends on nothing is complete as it is.
        warnings.filterwarnings(
            "ignore", message=".*has no defined dependencies", module="cyclonedx"
        )
        return _stable(JsonV1Dot6(bom).output_as_string())


def _extension(source: Source, package: Pointer, repository: RepositoryUrl | None) -> Component:
    manifest = source.manifest
    purl = PackageURL("generic", manifest.id.developer, manifest.id.name, str(manifest.version))
    references = [ExternalReference(type=ExternalReferenceType.VCS, url=XsUri(str(repository)))]
    return Component(
        type=ComponentType.APPLICATION,
        bom_ref=str(purl),
        group=manifest.id.developer,
        name=manifest.id.name,
        version=str(manifest.version),
        description=manifest.description,
        licenses=[_licence(manifest.license)],
        purl=purl,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=package.sha256)],
        external_references=references if repository else [],
        properties=[
            Property(name="devforge:commit", value=source.commit),
            Property(name="devforge:tree_sha256", value=source.tree_sha256),
            *(Property(name="devforge:permission", value=str(p)) for p in manifest.permissions),
            *(
                Property(name="devforge:extension_dependency", value=f"{id} {wanted}")
                for id, wanted in manifest.extension_dependencies.items()
            ),
        ],
    )


def _licence(expression: str) -> LicenseExpression | DisjunctiveLicense:
    """An SPDX expression as such, anything else as the plain name it is."""
    if _is_spdx(expression):
        return LicenseExpression(expression)
    return DisjunctiveLicense(name=expression)


@cache
def _is_spdx(expression: str) -> bool:
    if not _SPDX.fullmatch(expression):  # the parser breaks on other characters
        return False
    try:
        return not _licensing().validate(expression).errors
    except ExpressionError:
        return False


@cache
def _licensing() -> Licensing:
    return get_spdx_licensing()  # a third of a second


def _file(path: str, content: bytes) -> Component:
    digest = hashlib.sha256(content).hexdigest()
    return Component(
        type=ComponentType.FILE,
        bom_ref=f"file:{path}",
        name=path,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
    )


def _dependency(fact: DependencyFact) -> Component:
    namespace, _, name = fact.name.rpartition("/")
    purl = PackageURL(_PURL_TYPES[fact.ecosystem], namespace or None, name, fact.locked)
    return Component(
        type=ComponentType.LIBRARY,
        bom_ref=str(purl),
        name=fact.name,
        version=fact.locked,
        purl=purl,
        properties=[
            Property(name="devforge:requirement", value=fact.requirement),
            Property(name="devforge:declared_in", value=fact.source),
        ],
    )


def _stable(text: str) -> bytes:
    """The same JSON without the moment it was written, its keys in one order."""
    bom = json.loads(text)
    bom["metadata"].pop("timestamp", None)
    return json.dumps(bom, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
