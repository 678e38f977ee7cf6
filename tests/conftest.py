"""What every test shares: a sealed network and golden files."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from devforge.local import LocalGitHub

pytest_plugins = ["node_tools", "conformance.plugin", "channels.servers"]

# How long an example takes is a matter of the machine, which others may be using.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the golden files anew instead of comparing",
    )
    parser.addoption(
        "--fuzz",
        type=int,
        default=1,
        metavar="TIMES",
        help="try so many times as many examples in every property test, each time other ones",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --fuzz, let each property test look further than there is time for on every push."""
    times = config.getoption("--fuzz")
    found = {
        getattr(getattr(item, "obj", None), "__func__", getattr(item, "obj", None))
        for item in items
    }
    for test in found if times > 1 else ():  # one, however many parameters it has
        # Nothing public changes the settings that a test was decorated with.
        held = getattr(test, "_hypothesis_internal_use_settings", None)
        if held is not None:
            test._hypothesis_internal_use_settings = settings(
                held, max_examples=held.max_examples * times
            )


class NetworkIsSealed(OSError):
    """A test tried to leave this machine. Serve what it needs on loopback instead."""


@pytest.fixture(autouse=True, scope="session")
def _sealed_network():
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]  # type: ignore[index]
            loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
            if not loopback:
                raise NetworkIsSealed(f"no test may connect to {host}")
        real(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]
    yield
    socket.socket.connect = real  # type: ignore[method-assign]


@pytest.fixture
def github(tmp_path: Path) -> Iterator[LocalGitHub]:
    """Return a GitHub of this test's own, empty, on a free loopback port."""
    from devforge.local import LocalGitHub  # noqa: PLC0415 - most tests need no server

    with LocalGitHub(data=tmp_path / "github") as running:
        yield running


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return `compare(name, text)`: the text must equal tests/golden/<name>."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), (
            f"{path} is missing: run pytest --update-golden and read what it wrote"
        )
        assert text == path.read_text(encoding="utf-8")

    return compare
