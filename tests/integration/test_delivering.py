"""Other agencies are told of public steps over real HTTP: signed, retried, recorded, and told of no person."""

import json
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.desk.delivering import deliver
from chalicelib.domain.messages import Topic
from chalicelib.domain.words import Kind
from chalicelib.storage import cases, deliveries, settings, waiting
from tests.integration.delivered import AGENCY, attempts, failed, step, steps, tell
from tests.integration.desk import Desk
from tests.integration.receiver import receiving, says
from tests.integration.watching import everything, outbox, sent


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


def test_what_the_agency_answers_is_kept_for_a_month(now: Desk) -> None:
    with receiving() as agency:
        tell(agency.url)
        deliver(step(now), now.now)
    [item] = [item for key, item in everything().items() if key.startswith("delivery#")]
    assert int(item["expires"]["N"]) == int((now.now + timedelta(days=30)).timestamp())
