"""What every test has: a number of examples for the property tests, and no network."""

from __future__ import annotations

import gc
import ipaddress
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# For `loading`, by which tests use modules of one another, `laying` and `conformance.vectors`.
sys.path.insert(0, str(Path(__file__).parent))

settings.register_profile("default", max_examples=100, deadline=None)
settings.register_profile(
    "nightly",
    max_examples=2000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],  # long runs are the point
)
# Said aloud, because Hypothesis would choose a profile of its own where CI is set.
settings.load_profile("default")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests of one file stay together, and all that start Spark do: it takes a minute to warm up,
    and two of it would each have half of the machine."""
    from xdist.scheduler import LoadFileScheduling

    class WithOneSpark(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file: str = super()._split_scope(nodeid)
            return "spark" if "spark" in file else file

    return WithOneSpark(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look through it after every few tests."""
    gc.collect()
    gc.freeze()


class NetworkRefused(RuntimeError):
    """A test tried to leave this machine. Not an OSError, which a library might swallow."""


def _stays_here(host: str | None) -> bool:
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_unless_here(family: int, address: Any) -> None:
    inside = family not in (socket.AF_INET, socket.AF_INET6) or _stays_here(address[0])
    if not inside:
        raise NetworkRefused("tests may not use the network: give the test its data in a file")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Any:
    """Refuses connections, datagrams and look-ups of names beyond the loopback."""
    real = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
    look_up = socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> Any:
        _refuse_unless_here(self.family, address)
        return real["connect"](self, address)

    def connect_ex(self: socket.socket, address: Any) -> Any:
        _refuse_unless_here(self.family, address)
        return real["connect_ex"](self, address)

    def sendto(self: socket.socket, data: Any, *rest: Any) -> Any:
        _refuse_unless_here(self.family, rest[-1])
        return real["sendto"](self, data, *rest)

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        _refuse_unless_here(socket.AF_INET, (name,))
        return look_up(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket.socket, "connect_ex", connect_ex)
        patch.setattr(socket.socket, "sendto", sendto)
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield
