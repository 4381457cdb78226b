"""SMS by the generic HTTP gateway, over real HTTP: signed, known again by its id, bounded, and retried."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from chalicelib.config import config
from chalicelib.desk import queued, telling_again
from chalicelib.desk.notifying import notify
from chalicelib.desk.sending import NotAllTold
from chalicelib.domain.messages import Topic
from chalicelib.entrypoints import queues
from chalicelib.gateways import webhooks
from chalicelib.gateways.sms import send_sms
from chalicelib.gateways.unreachable import NotTaken, Unreachable
from chalicelib.storage import notices
from chalicelib.storage.notices import Sending
from tests.integration.desk import Desk
from tests.integration.receiver import FOR_EVER, SECRET, Answer, Receiver, breaks_off, drips, hangs, receiving, says
from tests.integration.telling import tell
from tests.integration.watching import sent_at_all
from tests.patience import never_stuck

PHONE = "13800138000"


@contextmanager
def gateway(*answers: Answer, url: str = "") -> Iterator[Receiver]:
    """The desk sends its SMS by a provider that answers so."""
    with receiving(*answers) as receiver, pytest.MonkeyPatch.context() as settings:
        settings.setenv("SUNLIGHT_SMS", "http")
        settings.setenv("SUNLIGHT_SMS_URL", url or receiver.url)
        settings.setenv("SUNLIGHT_SECRETS", json.dumps({"sms": {"current": SECRET}}))
        settings.setenv("SUNLIGHT_SMS_FROM", "10690001")
        config.cache_clear()
        yield receiver
    config.cache_clear()


def not_taken(**_: object) -> NotTaken:
    """One SMS that the provider does not take."""
    with pytest.raises(NotTaken) as error:
        send_sms(PHONE, "您好", "notice.1")
    return error.value


def test_an_sms_is_handed_over_signed_with_its_number_its_text_and_its_sender(cloud: None) -> None:
    with gateway(says(200, b'{"id": "p-1", "more": [1]}')) as provider:
        assert send_sms(PHONE, "【云汀市阳光信访】您好", "notice.1") == "p-1"
        assert provider.verified() == {
            "id": "notice.1",
            "to": "+8613800138000",
            "text": "【云汀市阳光信访】您好",
            "from": "10690001",
        }
        assert provider.headers[0]["webhook-id"] == "notice.1"


@pytest.mark.parametrize("body", [b"", b"ok", b"[]", b'{"id": 5}', b"\xff\xfe", b'{"id": "' + b"x" * 5000 + b'"}'])
def test_a_yes_is_a_yes_whatever_stands_beside_it(cloud: None, body: bytes) -> None:
    with gateway(says(202, body)):
        assert send_sms(PHONE, "您好", "notice.1") == ""


def test_a_number_that_takes_none_is_told_apart_from_a_provider_that_does_not(cloud: None) -> None:
    with gateway(says(400, b'{"code": "unreachable"}')), pytest.raises(Unreachable):
        send_sms(PHONE, "您好", "notice.1")
    with gateway() as provider, pytest.raises(Unreachable):
        send_sms("02012345678", "您好", "notice.1")
    assert provider.bodies == [], "a landline is not even asked about"


@pytest.mark.parametrize("status", [301, 400, 401, 404, 410, 429, 500, 503])
def test_any_other_answer_is_none(cloud: None, status: int) -> None:
    with gateway(says(status, b'{"code": "busy"}', retry_after="77", location="http://127.0.0.1:1/")):
        error = not_taken()
    assert (str(error), error.retry_after, error.silent) == (f"HTTP {status}", 77, False)


@pytest.mark.parametrize("answer", [hangs(FOR_EVER), breaks_off(b"HTTP/1.1 2"), drips(b"HTTP/1.", b"1", FOR_EVER)])
def test_a_provider_that_gives_no_answer_is_waited_for_no_longer_than_its_time(
    cloud: None, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    monkeypatch.setattr(webhooks, "ANSWERS_WITHIN", 0.2)
    with gateway(answer), never_stuck():
        assert not_taken().silent


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.8/sms", "https://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/", "ftp://x", "nonsense"],
)
def test_no_sms_goes_to_an_address_that_is_not_public(cloud: None, url: str) -> None:
    with gateway(url=url):
        assert "address" in str(not_taken())


# Through the desk.


def test_each_notice_has_an_id_of_its_own_that_stays_when_it_is_tried_again(desk: Desk) -> None:
    case = desk.routed(phone=PHONE)
    with gateway(says(503), says(503), says(503), says(200, b'{"id": "p"}')) as provider:
        assert len(tell(desk)) == 3
        assert tell(desk.later(minutes=6)) == []
    ids = [json.loads(body)["id"] for body in provider.bodies]
    assert len(ids) == 6
    assert ids[:3] == ids[3:]
    assert len(set(ids)) == 3
    assert ids == [header["webhook-id"] for header in provider.headers]
    assert {(one.state, one.provider_id) for one in notices.of_case(case.case_id)} == {(Sending.SENT, "p")}


def test_a_number_that_takes_none_is_not_tried_again_and_is_shown(desk: Desk) -> None:
    desk.routed(phone=PHONE)
    with gateway(says(400, b'{"code": "unreachable"}')) as provider:
        assert tell(desk) == []
        assert tell(desk.later(minutes=6)) == []
        assert len(provider.bodies) == 3
    assert len(telling_again.untold().unreachable) == 3


def test_of_a_provider_that_does_not_answer_only_the_first_recipient_waits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "ANSWERS_WITHIN", 0.1)
    case = desk.routed(phone=PHONE)
    for number in range(3):
        desk.later(minutes=5).routed(phone=f"1390013900{number}")
    assert tell(desk) == []
    desk.answered(desk.case_of(desk.receipts[0]))
    message = sent_at_all(Topic.NOTICES)[-1]
    with gateway(hangs(0.3)) as provider, pytest.raises(NotAllTold):
        notify(message, desk.now)
    assert len(provider.bodies) == 1
    untold = telling_again.untold().failed
    assert len(untold) == len(desk.case_of(desk.receipts[0]).receipts)
    assert {one.error for one in untold} == {"NotTaken: no answer"}
    assert case.case_id == untold[0].case_id


def test_a_provider_that_asks_for_a_pause_is_given_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[int] = []
    monkeypatch.setattr(queued, "put_off", lambda topic, handle, seconds: paused.append(seconds))
    desk.routed(phone=PHONE)
    message = sent_at_all(Topic.NOTICES)[0]
    for asked in ("3600", "999999", "5"):
        with gateway(says(429, retry_after=asked)), pytest.raises(NotAllTold):
            queues._tell(message, {"receiptHandle": "x"})
    assert paused == [3600, 42_000]
