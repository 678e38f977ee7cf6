"""What `config.json` says, from the policy and what the operator asks for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from devforge.errors import BadInput
from devforge.model.index import Config, Mirror
from devforge.model.policy import Policy

_PLACES = ("{id}", "{version}", "{tag}", "{file}")
_RELEASES = "{server}/{repository}/releases/download/{{tag}}/{{file}}"
_REPOSITORY = re.compile(r"[A-Za-z0-9](-?[A-Za-z0-9])*/[A-Za-z0-9._-]+", re.ASCII)
# In the clear only on this machine, to try it out; clients refuse anything else.
_URL = re.compile(
    r"(https://[^\s/?#]+|http://(localhost|127\.0\.0\.1)(:\d{1,5})?)(/[^\s?#]*)?", re.ASCII
)


def first_config(
    policy: Policy,
    *,
    repository: str | None,
    packages: str | None,
    server_url: str = "https://github.com",
) -> Config:
    """Return the configuration a registry begins with.

    Raises:
        BadInput: it is not said, or not said rightly, where packages lie.
    """
    if packages is None:
        if repository is None or not _REPOSITORY.fullmatch(repository):
            raise BadInput(
                "where do packages lie? Name the registry's repository with --repository OWNER/NAME, "
                "or another place with --packages URL"
            )
        packages = _RELEASES.format(server=server_url.rstrip("/"), repository=repository)
    if not any(place in packages for place in _PLACES[2:]):
        raise BadInput(
            "--packages must hold {file} or {tag}, or every package would lie at one place"
        )
    unknown = set(re.findall(r"\{[^}]*\}?", packages)) - set(_PLACES)
    if unknown:
        raise BadInput(
            f"--packages holds {', '.join(sorted(unknown))}; known are {' '.join(_PLACES)}"
        )
    bits = extension_bits(policy)
    return Config(
        registry=policy.registry.name, packages=packages, beacon=policy.health.beacon,
        extension_bits=bits, package_bits=bits - 2,
    )  # fmt: skip


def changed_config(
    held: Config, policy: Policy, *, add: str | None, remove: str | None, region: str, weight: int
) -> Config:
    """Return `held` with a mirror more or less, the policy's name, beacon and number of bins."""
    bits = extension_bits(policy)
    mirrors = tuple(_mirrors(held, add=add, remove=remove, region=region, weight=weight))
    return replace(
        held, registry=policy.registry.name, mirrors=mirrors, beacon=policy.health.beacon,
        extension_bits=bits, package_bits=bits - 2,
    )  # fmt: skip


def extension_bits(policy: Policy) -> int:
    """Return into how many bins extensions are divided, as a power of two."""
    return policy.publishing.bins.bit_length() - 1


def _mirrors(
    held: Config, *, add: str | None, remove: str | None, region: str, weight: int
) -> Iterator[Mirror]:
    known = [mirror.url for mirror in held.mirrors]
    if remove is not None and remove not in known:
        raise BadInput(f"{remove} is no mirror; there are {', '.join(known) or 'none'}")
    yield from (mirror for mirror in held.mirrors if mirror.url not in (remove, add))
    if add is None:
        return
    if not _URL.fullmatch(add):
        raise BadInput(f"{add!r} is no address of a mirror: it begins with https://")
    if not 0 <= weight <= 1000:
        raise BadInput("--weight must be from 0 to 1000")
    yield Mirror(url=add, region=region, weight=weight)
