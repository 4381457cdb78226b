"""Outgoing HTTP to others: to public addresses only, at the address that was looked at, without redirects."""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import urllib3
from msgspec import Struct
from urllib3.connection import HTTPConnection
from urllib3.util import Url, parse_url

from chalicelib.config import config

CONNECTS_WITHIN = 3.0  # seconds
ANSWERS_WITHIN = 10.0  # seconds, the whole exchange
MOST_READ = 64 * 1024  # bytes of an answer
MOST_KEPT = 1024  # characters of it that are recorded
PORTS = {"https": 443, "http": 80}
LOWEST_PORT = 1024  # beside 443: below, other services listen

_AUTHORITY = re.compile(r"(https?://)([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(r"[0-9A-Za-z_-]+(\.[0-9A-Za-z_-]+)*")  # with no dot at its end: another spelling of the same
_STRANGE = re.compile(r"[\s\\\x00-\x1f\x7f]")  # which readers of addresses take for different things

# Of IPv6, only what is handed out for use on the net; of both, what ``is_global`` lets pass though it is set apart, or
# stands for an IPv4 address that would have to be looked at in turn (IANA special-purpose registries)
_IN_USE = ipaddress.ip_network("2000::/3")
_SET_APART = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
)
_BROKEN = (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)


class Refused(Exception):
    """The desk does not send there: not https, or not a public address."""


class NoAnswer(Exception):
    """Nobody answered, or not in time, or not in HTTP."""


class Answered(Struct, frozen=True):
    """What came back. ``body`` is its beginning; ``retry_after`` seconds, when the other side asked for a pause."""

    status: int
    body: str
    retry_after: int | None


def post(url: str, headers: Mapping[str, str], body: bytes) -> Answered:
    """POST ``body``; as ``exchange`` does."""
    return exchange("POST", url, headers, body)


def exchange(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, kept: int = MOST_KEPT
) -> Answered:
    """Send one request; a redirect is an answer like any other. ``kept``: characters of the answer that are wanted.

    Raises Refused for an address that is not public, NoAnswer when there was no status in time.
    """
    place = _place(url)
    host, port = _host_and_port(place)
    address = _address_of(place)
    connection = HTTPConnection(host, port, timeout=ANSWERS_WITHIN)
    lines: list[socket.socket] = []
    try:
        with _cut_off(lines, ANSWERS_WITHIN):
            connection.sock = _line(address, port, host if place.scheme == "https" else None, lines)
            connection.request(
                method,
                place.request_uri,
                body=body,
                headers={**headers, "Host": place.netloc or host},
                preload_content=False,
                decode_content=False,
            )
            answer = connection.getresponse()
            return Answered(answer.status, _beginning(answer)[:kept], _pause(answer.headers.get("Retry-After")))
    except _BROKEN as error:
        raise NoAnswer(type(error).__name__) from error
    finally:
        connection.close()
        for line in lines:
            line.close()


def check(url: str) -> None:
    """Look at ``url`` before anything is sent there. Raises Refused, NoAnswer for a name that nobody knows."""
    _address_of(_place(url))


def _place(url: str) -> Url:
    """``url`` in its parts, each in the form in which it is sent. A name beyond ASCII is written in Punycode."""
    try:
        place = parse_url(_in_ascii(url))
    except (urllib3.exceptions.LocationParseError, UnicodeError) as error:
        raise Refused("not an address") from error
    if _STRANGE.search(url) or not place.host or place.auth or place.scheme not in PORTS:
        raise Refused("not an address")
    if not place.host.startswith("[") and not _NAME.fullmatch(place.host):
        raise Refused("not an address")
    if place.scheme == "http" and not config().loopback_webhooks:
        raise Refused("only https is sent to")
    if place.scheme == "https" and place.port is not None and place.port != 443 and place.port < LOWEST_PORT:
        raise Refused("a port of other services")
    return place


def _in_ascii(url: str) -> str:
    """The name in Punycode (RFC 3490). Raises UnicodeError for what is no name."""
    found = _AUTHORITY.fullmatch(url)
    if found is None or found[2].isascii():
        return url
    name, colon, port = found[2].partition(":")
    return f"{found[1]}{name.encode('idna').decode()}{colon}{port}{found[3]}"


def _host_and_port(place: Url) -> tuple[str, int]:
    return str(place.host).strip("[]"), place.port or PORTS[str(place.scheme)]


def _address_of(place: Url) -> str:
    """Where to connect to. In clear, only to this machine."""
    address = public_address(*_host_and_port(place))
    if place.scheme == "http" and not ipaddress.ip_address(address.partition("%")[0]).is_loopback:
        raise Refused("only https is sent to")
    return address


def public_address(host: str, port: int) -> str:
    """The address to connect to: looked up once, so that a name cannot mean another one a moment later.

    Raises Refused when any of the name's addresses is not public, NoAnswer when it has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise NoAnswer("no such host") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not all(is_public(address) for address in addresses):
        raise Refused("not a public address")
    return min(addresses, key=lambda address: ":" in address)  # functions reach IPv4 everywhere, IPv6 seldom


def is_public(text: str) -> bool:
    """Whether the IP address ``text`` is one that anybody on the net may be reached at."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if address.is_loopback:
        return config().loopback_webhooks
    if address.version == 6 and address not in _IN_USE:
        return False
    set_apart = any(address.version == network.version and address in network for network in _SET_APART)
    return address.is_global and not address.is_multicast and not set_apart


def _line(address: str, port: int, name: str | None, lines: list[socket.socket]) -> socket.socket:
    """Connected to ``address``, which is not looked up again; with a certificate for ``name`` where there is one.

    ``lines``: every socket on the way is added, so that it can be cut off in the middle of a handshake too.
    """
    plain = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    lines.append(plain)
    plain.settimeout(CONNECTS_WITHIN)
    plain.connect((address, port))
    plain.settimeout(ANSWERS_WITHIN)
    if name is None:
        return plain
    context = ssl.create_default_context()
    secure = context.wrap_socket(plain, server_hostname=name, do_handshake_on_connect=False)
    lines.append(secure)
    secure.do_handshake()
    return secure


@contextmanager
def _cut_off(lines: list[socket.socket], after: float) -> Iterator[None]:
    """A timeout on the socket begins anew with every byte; this one does not."""

    def cut() -> None:
        for line in list(lines):
            with suppress(OSError):  # the other side was faster
                # the plain socket's own: TLS would wait to take its leave
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = threading.Timer(after, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _beginning(answer: urllib3.BaseHTTPResponse) -> str:
    """The answer's first part. The status has been told: what breaks off, or is longer or slower, is left unread."""
    read = b""
    with suppress(*_BROKEN):
        while len(read) < MOST_READ and (part := answer.read(8192)):
            read += part
    return read.decode("utf-8", "replace")


def _pause(header: str | None) -> int | None:
    """Seconds of a Retry-After header, which gives them or a date (RFC 9110, 10.2.3); None for anything else."""
    if header is None:
        return None
    if header.isascii() and header.isdigit():
        return int(header[:9])
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0, round((until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()))
