"""Receivers that dawdle, break off, redirect, ask for a pause or are not who they say."""

import socket
import ssl
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from standardwebhooks import WebhookVerificationError

from chalicelib.desk.delivering import deliver
from chalicelib.gateways import webhooks
from chalicelib.storage import deliveries
from tests.integration.delivered import AGENCY, attempts, failed, step, steps, tell, tried_again
from tests.integration.desk import Desk
from tests.integration.receiver import FOR_EVER, breaks_off, drips, hangs, receiving, says
from tests.integration.watching import outbox
from tests.patience import never_stuck


def test_a_redirect_is_not_followed(now: Desk) -> None:
    with receiving() as elsewhere, receiving(says(307, location=elsewhere.url)) as agency:
        tell(agency.url)
        message = step(now)
        failed(message, now)
        assert elsewhere.bodies == []
    assert attempts() == [(1, 307)]


def test_a_long_answer_is_read_in_part_and_its_beginning_recorded(now: Desk) -> None:
    with receiving(says(200, "好".encode() * 1_700_000)) as agency:
        tell(agency.url)
        message = step(now)
        deliver(message, now.now)
    assert message.id not in outbox()
    assert deliveries.latest(AGENCY)[0].answer == "好" * 1024


def test_who_takes_too_long_has_not_answered(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "ANSWERS_WITHIN", 0.3)
    with receiving(hangs(1.5), says(200)) as agency:
        tell(agency.url)
        message = step(now)
        failed(message, now)
        [kept] = deliveries.latest(AGENCY)
        assert kept.status is None
        assert 300 <= kept.milliseconds < 1_200
        tried_again(message, now)
    assert attempts() == [(2, 200), (1, None)]


def test_who_thinks_for_longer_than_it_takes_to_connect_is_waited_for(
    now: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "CONNECTS_WITHIN", 0.1)

    def thinks(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.4)
        says(200)(handler)

    with receiving(thinks) as agency:
        tell(agency.url)
        deliver(step(now), now.now)
    assert attempts() == [(1, 200)]


def test_who_never_ends_the_handshake_does_not_hold_the_desk_up(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "ANSWERS_WITHIN", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            line, _ = listening.accept()
            with line, suppress(OSError):
                line.sendall(b"\x16\x03\x03\x40\x00")  # a handshake message of 16 KiB begins
                for _ in range(40):
                    line.sendall(b"\x02")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        tell(f"https://localhost:{listening.getsockname()[1]}/")
        failed(step(now), now)
    [kept] = deliveries.latest(AGENCY)
    assert kept.status is None
    assert kept.milliseconds >= 300


def test_who_never_ends_the_answer_does_not_hold_the_desk_up(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte is in time; the whole is not."""
    monkeypatch.setattr(webhooks, "ANSWERS_WITHIN", 0.4)
    status = b"HTTP/1.1 200 OK\r\n"
    in_status, in_headers, in_body = (b"HTTP/1.1 ", b"2"), (status, b"X-More: y\r\n"), (status + b"\r\n", b"more")
    with receiving(*(drips(*where, FOR_EVER) for where in (in_status, in_headers, in_body))) as agency:
        tell(agency.url)
        told = steps(now)
        with never_stuck():
            failed(told["Registered"], now)
            now.later(seconds=1)
            deliver(told["Accepted"], now.now)  # it had said by then that it took the step
            deliver(told["Dispatched"], now.now)
    assert sorted(str(one.status) for one in deliveries.latest(AGENCY)) == ["200", "200", "None"]


@pytest.mark.parametrize("cut", [b"", b"HTTP/1.1 2", b"SSH-2.0-OpenSSH_9.6\r\n", b"\x00" * 100, b"2" * 100_000])
def test_an_answer_that_breaks_off_before_its_status_is_clear_is_none(now: Desk, cut: bytes) -> None:
    with receiving(breaks_off(cut)) as agency:
        tell(agency.url)
        failed(step(now), now)
    assert attempts() == [(1, None)]


def test_an_answer_that_breaks_off_in_its_body_has_said_what_matters(now: Desk) -> None:
    with receiving(breaks_off(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nwe have")) as agency:
        tell(agency.url)
        message = step(now)
        deliver(message, now.now)
    assert message.id not in outbox()
    assert deliveries.latest(AGENCY)[0].answer == "we have"


def test_nobody_there_is_recorded_and_tried_again(now: Desk) -> None:
    with receiving() as agency:
        tell(agency.url)
    message = step(now)
    failed(message, now)
    assert deliveries.latest(AGENCY)[0].answer.startswith("NoAnswer")


def test_another_hand_on_the_way_is_noticed(now: Desk) -> None:
    with receiving() as agency:
        tell(agency.url)
        deliver(step(now), now.now)
    agency.bodies[0] = agency.bodies[0].replace(b"dispatched", b"concluded")
    with pytest.raises(WebhookVerificationError):
        agency.verified()


def test_the_certificate_must_be_of_the_name_and_of_somebody_known(
    now: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, other = certificate(tmp_path, "localhost"), certificate(tmp_path, "elsewhere.example")
    with receiving(tls=serving(good)) as known, receiving(tls=serving(other)) as wrong:
        tell(known.url.replace("http://127.0.0.1", "https://localhost"))
        told = steps(now)
        failed(told["Registered"], now)
        assert deliveries.latest(AGENCY)[0].answer == "NoAnswer: SSLCertVerificationError"
        monkeypatch.setenv("SSL_CERT_FILE", str(good))
        tried_again(told["Registered"], now)
        assert known.verified()["type"] == "case.registered"

        monkeypatch.setenv("SSL_CERT_FILE", str(other))
        tell(wrong.url.replace("http://127.0.0.1", "https://localhost"))
        failed(told["Dispatched"], now)
        assert deliveries.latest(AGENCY)[0].answer == "NoAnswer: SSLCertVerificationError"
        assert wrong.bodies == []


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [("120", 120, 120), ("1", 4.5, 60), ("50000", 50_000, 50_000), ("9" * 30, 172_800, 172_800)],
)
def test_a_pause_that_the_agency_asks_for_is_kept_for_two_days_at_most(
    now: Desk, asked: str, least: float, most: float
) -> None:
    with receiving(says(429, retry_after=asked)) as agency:
        tell(agency.url)
        assert least <= failed(step(now), now) <= most


def test_a_pause_may_be_asked_for_by_date(now: Desk) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    with receiving(says(503, retry_after=until)) as agency:
        tell(agency.url)
        assert 590 <= failed(step(now), now) <= 601


@pytest.mark.parametrize("nonsense", ["soon", "-5", "1.5", "", "٣"])
def test_a_pause_that_cannot_be_read_leaves_the_schedule(nonsense: str) -> None:
    assert webhooks._pause(nonsense) is None


def certificate(folder: Path, name: str) -> Path:
    """A key and a certificate for ``name`` that vouches for itself, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def serving(file: Path) -> ssl.SSLContext:
    """What a server with this certificate speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
