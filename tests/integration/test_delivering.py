"""Other agencies are told of public steps over real HTTP: signed, retried, recorded, and told of no person."""

import json
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
from msgspec.structs import replace
from standardwebhooks import WebhookVerificationError

from chalicelib.desk import cities
from chalicelib.desk.delivering import deliver
from chalicelib.domain.city import Endpoint, Name
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.words import Kind
from chalicelib.gateways import webhooks
from chalicelib.storage import cases, deliveries, settings, waiting
from tests.integration.desk import Desk
from tests.integration.receiver import SECRET, breaks_off, drips, hangs, receiving, says
from tests.integration.watching import everything, outbox, sent

AGENCY = "province"


def tell(url: str, enabled: bool = True, thin: bool = False) -> None:
    """From now on the province is told at ``url``."""
    endpoint = Endpoint(AGENCY, Name("省信访局", "Province"), url, SECRET, enabled, thin=thin)
    known = cities.known()
    settings.save_city(cities.use(replace(known, version=known.version + 1, endpoints=(endpoint,))))


def step(desk: Desk) -> Message:
    """The message of a case's dispatch, just now."""
    return steps(desk)["Dispatched"]


def steps(desk: Desk) -> dict[str, Message]:
    """The messages of a case that has just been dispatched, by the kind of step."""
    case = desk.dispatched()
    messages = [message for message in sent(Topic.WEBHOOKS) if message.case_id == case.case_id]
    return {cases.event(one.case_id, one.event).kind: one for one in messages}


def failed(message: Message, desk: Desk) -> float:
    """A delivery that is to be tried again; gives in how many seconds."""
    deliver(message, desk.now)
    assert message.id in outbox()
    stands = waiting.standing(message)
    assert stands is not None
    assert stands.not_before is not None
    return (stands.not_before - desk.now).total_seconds()


def tried_again(message: Message, desk: Desk) -> None:
    """It is tried when its time has come."""
    stands = waiting.standing(message)
    assert stands is not None
    assert stands.not_before is not None
    desk.now = stands.not_before
    deliver(message, desk.now)


def attempts() -> list[tuple[int, int | None]]:
    """Number and status of each recorded attempt, latest first."""
    return [(one.attempt, one.status) for one in deliveries.latest(AGENCY)]


def test_a_step_is_delivered_signed_and_the_message_is_done(now: Desk) -> None:
    with receiving(says(200, b"thank you")) as agency:
        tell(agency.url)
        message = step(now)
        deliver(message, now.now)
        body = agency.verified()
    assert agency.headers[0]["webhook-id"] == message.id
    assert agency.headers[0]["host"] == f"127.0.0.1:{agency.port}"
    assert body["type"] == "case.dispatched"
    assert body["data"]["case"] == message.case_id
    assert message.id not in outbox()
    [kept] = deliveries.latest(AGENCY)
    assert (kept.status, kept.attempt, kept.answer) == (200, 1, "thank you")


def test_a_message_that_comes_twice_is_delivered_once(now: Desk) -> None:
    with receiving() as agency:
        tell(agency.url)
        message = step(now)
        for _ in range(3):
            deliver(message, now.now)
    assert len(agency.bodies) == 1
    assert attempts() == [(1, 204)]


def test_a_step_refused_at_first_is_delivered_at_the_second_try_the_same_to_the_byte(now: Desk) -> None:
    with receiving(says(500, b"later"), says(200)) as agency:
        tell(agency.url)
        message = step(now)
        assert 4.5 <= failed(message, now) <= 5.5
        case = cases.load(message.case_id)
        now.later(minutes=1).answered(case)  # the matter goes on meanwhile
        tell(agency.url, thin=True)  # and the endpoint is set otherwise
        deliver(message, now.now)
        agency.verified(0), agency.verified(1)
    assert agency.bodies[0] == agency.bodies[1]
    assert agency.headers[0]["webhook-id"] == agency.headers[1]["webhook-id"]
    assert attempts() == [(2, 200), (1, 500)]
    assert message.id not in outbox()


def test_an_agency_that_is_gone_is_told_no_more_by_any_function(now: Desk) -> None:
    with receiving(says(410)) as agency:
        tell(agency.url)
        told = steps(now)
        deliver(told["Registered"], now.now)
        assert attempts() == [(1, 410)]
        [endpoint] = cities.refreshed().endpoints
        assert (endpoint.enabled, endpoint.closed_why, endpoint.closed_at) == (False, "gone", now.now)
        deliver(told["Dispatched"], now.now)
    assert len(agency.bodies) == 1
    given_up = {one.message.id for one in waiting.given_up(AGENCY, 10)}
    assert given_up == {told["Registered"].id, told["Dispatched"].id}, "an administrator sees what it was not told"


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
        began = time.monotonic()
        deliver(message, now.now)
        assert time.monotonic() - began < 2
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
    assert 300 <= kept.milliseconds < 1_500


def test_who_never_ends_the_answer_does_not_hold_the_desk_up(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte is in time; the whole is not."""
    monkeypatch.setattr(webhooks, "ANSWERS_WITHIN", 0.4)
    status = b"HTTP/1.1 200 OK\r\n"
    in_status, in_headers, in_body = (b"HTTP/1.1 ", b"2"), (status, b"X-More: y\r\n"), (status + b"\r\n", b"more")
    with receiving(*(drips(*where, 1.5) for where in (in_status, in_headers, in_body))) as agency:
        tell(agency.url)
        told = steps(now)
        began = time.monotonic()
        failed(told["Registered"], now)
        now.later(seconds=1)
        deliver(told["Accepted"], now.now)  # it had said by then that it took the step
        deliver(told["Dispatched"], now.now)
        assert time.monotonic() - began < 3
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


def test_what_was_sent_and_not_recorded_is_sent_again_rather_than_never(
    now: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The function is cut off between the other side's answer and our record of it."""
    with receiving() as agency:
        tell(agency.url)
        message = step(now)
        with monkeypatch.context() as cut:
            cut.setattr(deliveries, "keep", lambda delivery: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                deliver(message, now.now)
        assert message.id in outbox()
        deliver(message, now.now)
    assert len({headers["webhook-id"] for headers in agency.headers}) == 1, "by its id the receiver knows it"
    assert len(agency.bodies) == 2


def test_another_hand_on_the_way_is_noticed(now: Desk) -> None:
    with receiving() as agency:
        tell(agency.url)
        deliver(step(now), now.now)
    agency.bodies[0] = agency.bodies[0].replace(b"dispatched", b"concluded")
    with pytest.raises(WebhookVerificationError):
        agency.verified()


def test_the_signature_is_of_the_same_moment_in_whatever_zone_the_clock_is(now: Desk) -> None:
    from chalicelib.domain.calendar import SHANGHAI

    with receiving() as agency:
        tell(agency.url)
        deliver(step(now), now.now.astimezone(SHANGHAI))
        agency.verified()


def test_an_agency_is_told_of_no_person(now: Desk) -> None:
    with receiving() as agency:
        tell(agency.url)
        now.replied(name="欧阳若兰", phone="19977776666", email="ruolan@example.cn", may_publish=True)
        for message in sent(Topic.WEBHOOKS):
            deliver(message, now.now)
        told = b"".join(agency.bodies).decode()
        assert [agency.verified(number)["type"] for number in range(len(agency.bodies))].count("case.replied") == 1
    for secret in ("欧阳", "若兰", "19977776666", "ruolan", now.receipts[0].number, now.receipts[0].code):
        assert secret not in told
    assert "路口占道经营严重" in told, "the title, which its writer lets be published"


def test_a_title_goes_out_only_when_its_writer_lets_it_be_published(now: Desk) -> None:
    with receiving() as agency:
        tell(agency.url)
        now.dispatched(may_publish=False)
        for message in sent(Topic.WEBHOOKS):
            deliver(message, now.now)
    assert agency.bodies
    assert all(json.loads(body)["data"]["title"] is None for body in agency.bodies)


def test_no_agency_is_told_of_an_accusation(now: Desk) -> None:
    with receiving() as agency:
        tell(agency.url)
        now.routed(kind="accusation", mailbox=now.mailbox_for(Kind.ACCUSATION))
        assert sent(Topic.WEBHOOKS) == []


def test_a_function_that_does_not_know_a_new_agency_asks_before_it_gives_up(now: Desk) -> None:
    before = cities.known()
    with receiving() as agency:
        tell(agency.url)
        message = step(now)
        cities.use(before)  # another function's process, which read the city some minutes ago
        deliver(message, now.now)
    assert len(agency.bodies) == 1


def test_an_agency_that_was_taken_off_is_told_nothing_and_the_message_is_done(now: Desk) -> None:
    with receiving() as agency:
        tell(agency.url)
        message = step(now)
        settings.save_city(cities.use(replace(cities.known(), version=cities.known().version + 1, endpoints=())))
        deliver(message, now.now)
    assert agency.bodies == []
    assert message.id not in outbox()


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


def test_what_the_agency_answers_is_kept_for_a_month(now: Desk) -> None:
    with receiving() as agency:
        tell(agency.url)
        deliver(step(now), now.now)
    [item] = [item for key, item in everything().items() if key.startswith("delivery#")]
    assert int(item["expires"]["N"]) == int((now.now + timedelta(days=30)).timestamp())


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
