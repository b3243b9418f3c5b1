"""The conditions every test runs under: no network, warnings are errors, enough examples."""

import socket
import urllib.request
import warnings

import pytest
from hypothesis import settings

# 192.0.2.1 and 2001:db8::1 are kept for documentation and lead nowhere (RFC 5737, RFC 3849).
OUTSIDE = [(socket.AF_INET, ("192.0.2.1", 80)), (socket.AF_INET6, ("2001:db8::1", 80, 0, 0))]


@pytest.mark.parametrize(("family", "address"), OUTSIDE)
@pytest.mark.parametrize("way", ["connect", "connect_ex"])
def test_a_test_may_not_connect_to_another_machine(family, address, way):
    with socket.socket(family) as ours, pytest.raises(RuntimeError, match="not use the network"):
        getattr(ours, way)(address)


def test_a_test_may_not_send_a_datagram_to_another_machine():
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours,
        pytest.raises(RuntimeError, match="not use the network"),
    ):
        ours.sendto(b"x", ("192.0.2.1", 53))


@pytest.mark.parametrize("name", ["example.invalid", b"example.invalid"])
def test_a_test_may_not_look_up_a_name(name):
    with pytest.raises(RuntimeError, match="not use the network"):
        socket.getaddrinfo(name, 80)


def test_a_library_that_swallows_network_errors_does_not_swallow_this_one():
    with pytest.raises(RuntimeError, match="not use the network"):
        urllib.request.urlopen("http://example.invalid/", timeout=1)


def test_a_test_may_talk_to_itself():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            client.sendall(b"hello")
            peer, _ = server.accept()
            with peer:
                assert peer.recv(5) == b"hello"


def test_a_warning_is_an_error():
    with pytest.raises(UserWarning):
        warnings.warn("anything", stacklevel=1)


def test_the_nightly_profile_tries_at_least_two_thousand_examples():
    assert settings.get_profile("nightly").max_examples >= 2000
    assert settings.default.max_examples >= 100
