"""The desk sends webhooks to public addresses only, whatever an address or a name is dressed up as."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.config import config
from chalicelib.gateways.webhooks import NoAnswer, Refused, check, is_public, post, public_address

INSIDE = [
    "127.0.0.1", "127.255.255.254", "::1",  # this machine
    "0.0.0.0", "0.1.2.3", "::",
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd00:ec2::254",  # private
    "169.254.169.254", "169.254.170.2", "fe80::1", "fe80::1%eth0",  # link-local: the cloud's own metadata
    "fec0::1",  # site-local, of old
    "100.64.0.1",  # carrier's NAT
    "192.0.0.1", "192.0.0.8", "192.0.0.170", "192.0.0.192", "192.88.99.1",
    "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "2001:db8::1", "3fff::1",  # documentation, benchmarks
    "224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1",  # multicast
    "240.0.0.1", "255.255.255.255",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8",  # IPv4 mapped
    "::127.0.0.1", "::ffff:0:7f00:1",  # IPv4 compatible, translated
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1",  # NAT64
    "2002:7f00:1::", "2002:a9fe:a9fe::1",  # 6to4
    "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:20::1",  # Teredo, ORCHID
    "100::1", "5f00::1", "4000::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "1.1.1.1", "223.5.5.5", "114.114.114.114", "2400:3200::1", "2606:4700:4700::1111"]
DRESSED_UP = [
    "http://127.1/", "https://127.0.0.1/", "https://2130706433/", "https://0x7f000001/", "https://017700000001/",
    "https://0/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://localhost/",
    "https://169.254.169.254/latest/meta-data/", "https://[fe80::1%25lo]/", "https://[64:ff9b::7f00:1]:8443/",
    "https://[2002:7f00:1::]/", "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "https://100.64.0.1/",
    "https://0177.0.0.1/", "https://0x7f.1/", "https://１２７.０.０.１/", "https://①②⑦。⓪。⓪。①/", "https://ｌｏｃａｌｈｏｓｔ/",
]  # fmt: skip
NOT_SENT_TO = [
    "", "/", "agency.example", "ftp://agency.example/", "file:///etc/passwd", "gopher://127.0.0.1/", "https://",
    "https:///path", "https://user:word@agency.example/", "https://user@127.0.0.1/", "javascript:alert(1)",
    "https://[::1/", "https://agency.example:99999/", "https://agency.example:port/",
    "https://agency.example./", "https://localhost./", "https://127.0.0.1./", "https://./",  # a dot at the end
    "https://agency.example\\@127.0.0.1/", "https://agency.example\t/", "https:// agency.example/",  # read differently
    "https://%31%32%37.0.0.1/", "https://agency.example%00.evil.example/", "https://user@例子.中国/",
    "https://agency.example:22/", "https://agency.example:25/", "https://agency.example:80/",  # other services' ports
]  # fmt: skip


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on AWS: nothing of this machine is reached."""
    monkeypatch.setenv("SUNLIGHT_STAGE", "production")
    config.cache_clear()
    yield
    monkeypatch.undo()
    config.cache_clear()


def names(*addresses: str) -> Callable[..., list[Any]]:
    """A name service that knows one name for all these addresses."""

    def getaddrinfo(host: str, port: int, **_: object) -> list[Any]:
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, 1, 6, "", (a, port)) for a in addresses]

    return getaddrinfo


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_is_not_public_is_refused(deployed: None, address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_public_address_is_taken(deployed: None, address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=6))
def test_no_ipv6_address_that_carries_an_ipv4_one_is_taken(address: ipaddress.IPv6Address) -> None:
    carried = address.ipv4_mapped or address.sixtofour or address.teredo
    assert not (carried and is_public(str(address)))


@given(st.ip_addresses())
def test_what_is_taken_is_global_and_of_no_special_purpose(address: ipaddress.IPv4Address) -> None:
    if is_public(str(address)) and not address.is_loopback:  # loopback is open to tests and to local runs
        assert address.is_global
        assert not any((address.is_multicast, address.is_reserved, address.is_link_local, address.is_unspecified))


@pytest.mark.parametrize("url", DRESSED_UP)
def test_this_machine_is_not_reached_however_its_address_is_written(deployed: None, url: str) -> None:
    with pytest.raises((Refused, NoAnswer)):
        post(url, {}, b"{}")


@pytest.mark.parametrize("url", NOT_SENT_TO)
def test_what_is_no_address_of_a_web_server_is_refused(deployed: None, url: str) -> None:
    with pytest.raises(Refused):
        post(url, {}, b"{}")


def test_nothing_is_sent_in_clear_once_deployed(deployed: None) -> None:
    with pytest.raises(Refused, match="https"):
        post("http://agency.example/", {}, b"{}")


def test_this_machine_is_never_open_to_webhooks_once_deployed(deployed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNLIGHT_LOOPBACK_WEBHOOKS", "yes")
    config.cache_clear()
    assert not is_public("127.0.0.1")


def test_a_name_with_one_inner_address_among_public_ones_is_refused(
    deployed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", names("8.8.8.8", "10.0.0.7"))
    with pytest.raises(Refused):
        public_address("agency.example", 443)


def test_a_name_is_looked_up_once_and_that_very_address_is_connected_to(
    deployed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name means a public address when it is looked at, and this machine a moment later (DNS rebinding)."""
    asked: list[str] = []
    connected: list[object] = []

    def rebinding(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        return names("8.8.8.8" if len(asked) == 1 else "127.0.0.1")(host, port)

    class Line(socket.socket):
        def connect(self, address: Any) -> None:
            connected.append(address)
            raise OSError("no way out of this test")

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket, "socket", Line)
    with pytest.raises(NoAnswer):
        post("https://agency.example/hooks", {}, b"{}")
    assert asked == ["agency.example"]
    assert connected == [("8.8.8.8", 443)]


def test_a_name_that_was_public_when_it_was_entered_and_is_inside_when_it_is_sent_to_is_refused(
    deployed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", names("8.8.8.8"))
    check("https://agency.example/hooks")
    for inside in ("169.254.169.254", "10.0.0.7", "::1", "::ffff:10.0.0.7", "64:ff9b::a00:7"):
        monkeypatch.setattr(socket, "getaddrinfo", names(inside))
        with pytest.raises(Refused, match="not a public address"):
            post("https://agency.example/hooks", {}, b"{}")


def test_a_chinese_name_is_looked_up_in_punycode(deployed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def lookup(host: str, port: int, **_: object) -> list[Any]:
        asked.append(f"{host}:{port}")
        return names("8.8.8.8")(host, port)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    check("https://信访.中国:8443/接收?from=阳光")
    assert asked == ["xn--vuq827l.xn--fiqs8s:8443"]


@pytest.mark.parametrize("port", ["", ":443", ":1024", ":8443", ":65535"])
def test_a_web_server_may_listen_at_443_and_from_1024_upwards(
    deployed: None, monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", names("8.8.8.8"))
    check(f"https://agency.example{port}/")


def test_on_a_developer_s_machine_too_only_that_machine_is_spoken_to_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    check("http://127.0.0.1:9/")
    monkeypatch.setattr(socket, "getaddrinfo", names("8.8.8.8"))
    with pytest.raises(Refused, match="https"):
        check("http://agency.example/")


def test_ipv4_goes_before_ipv6(deployed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", names("2400:3200::1", "223.5.5.5"))
    assert public_address("agency.example", 443) == "223.5.5.5"


def test_a_name_that_nobody_knows_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NoAnswer, match="no such host"):
        public_address("agency.example", 443)
