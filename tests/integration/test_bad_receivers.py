"""Receivers that are down, slow or busy: every step arrives in the end or lies where a person sees it, and nobody else
waits for it.
"""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.desk import administering, cities, endpoints, hook_log
from chalicelib.desk.delivering import deliver
from chalicelib.domain.errors import RuleBroken
from chalicelib.domain.hooks import PAUSES
from chalicelib.domain.messages import Message, Topic
from chalicelib.gateways import aws, queues, webhooks
from chalicelib.storage import deliveries, hooks, waiting
from tests.integration.desk import Desk
from tests.integration.hooking import go_on, hook, next_try, tell, work_off
from tests.integration.receiver import breaks_off, hangs, receiving, says
from tests.integration.watching import outbox, sent


def steps(desk: Desk, cases: int = 1) -> list[Message]:
    """The messages of cases that have just been dispatched: registered, accepted, dispatched."""
    for number in range(cases):
        desk.dispatched(title=f"第{number}件", text=f"{number}号楼前店外经营，占了盲道。")
    return sorted(sent(Topic.WEBHOOKS), key=lambda message: message.id)


def dead_letters() -> int:
    """How many webhooks lie among the dead letters; they are taken out."""
    queue, found = queues.dead_letters_of(Topic.WEBHOOKS), 0
    while taken := queues.take(queue):
        for one in taken:
            queues.forget(queue, one.handle)
            found += 1
    return found


def test_a_receiver_that_is_down_a_day_gets_everything_once_in_order_and_the_other_did_not_wait(now: Desk) -> None:
    with receiving() as gone:
        pass
    with receiving() as healthy:
        tell(hook("down", gone.url), hook("well", healthy.url))
        mine = [one for one in steps(now, cases=2) if one.endpoint == "down"]
        work_off(now)
        assert len(healthy.bodies) == len(mine) == 6, "at once, whatever the other does"
        go_on(now, "down", hours=24)
        tried = deliveries.latest("down", 200)
        assert len(tried) < 30, "six messages of their own schedule would have been tried 48 times"
        assert {one.message for one in tried} <= {one.id for one in mine}
        assert hook_log.standing_of(endpoints.find("down")).state == "failing"
        with receiving(port=gone.port) as back:
            go_on(now, "down", hours=30)
            got = [back.verified_then(number)["data"] for number in range(len(back.bodies))]
    assert sorted(header["webhook-id"] for header in back.headers) == [one.id for one in mine]
    after_the_probe = [(one["case"], one["number"]) for one in got[1:]]
    assert after_the_probe == sorted(after_the_probe)
    assert not [one for one in outbox() if one.startswith("webhooks")]
    assert hook_log.standing_of(endpoints.find("down")).state == "well"


def test_one_that_is_never_taken_is_tried_ten_times_by_the_specification_s_schedule_then_lies_dead_and_is_shown(
    now: Desk,
) -> None:
    with receiving(says(500)) as agency:
        tell(hook("broken", agency.url, types=("case.dispatched",)))
        [message] = steps(now)
        work_off(now)
        go_on(now, "broken", days=5)
        tried = list(reversed(deliveries.latest("broken")))
        assert [one.attempt for one in tried] == list(range(1, 11))
        gaps = [later.at - before.at for before, later in pairwise(tried)]
        for gap, pause in zip(gaps, PAUSES, strict=True):
            assert pause * 0.9 <= gap <= pause * 1.1
        assert len({header["webhook-timestamp"] for header in agency.headers}) == 10, "each try is signed anew"
        [given_up] = hook_log.given_up("broken")
        assert (given_up.message, given_up.tries) == (message, 10)
        assert hook_log.standing_of(endpoints.find("broken")).given_up == 1
        assert dead_letters() == 1
        assert message.id in outbox()
        agency.answers[:] = [says(200)]
        assert hook_log.send_given_up("broken", now.now) == 1
        work_off(now)
        assert agency.headers[-1]["webhook-id"] == message.id
        assert agency.bodies[-1] == agency.bodies[0]
    assert message.id not in outbox()
    assert waiting.counts("broken") == (0, 0)


def test_dead_letters_moved_back_begin_anew(now: Desk) -> None:
    with receiving(says(500)) as agency:
        tell(hook("broken", agency.url, types=("case.dispatched",)))
        [message] = steps(now)
        waiting.until(message, len(PAUSES), now.now, now.now)
        work_off(now)
        assert [one.message for one in waiting.given_up("broken", 10)] == [message], "that was its tenth try"
        agency.answers[:] = [says(204)]
        assert administering.redrive(Topic.WEBHOOKS) == 1
        now.later(hours=2)
        work_off(now)
    assert message.id not in outbox()


def test_after_five_failures_a_receiver_is_not_connected_to_but_by_one_probe_at_a_time(
    now: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "ANSWERS_WITHIN", 0.1)
    with receiving(hangs(0.3)) as slow:
        tell(hook("slow", slow.url))
        messages = steps(now, cases=3)
        work_off(now)
        assert len(slow.bodies) == 5, "four others cost no connection"
        health = hooks.health("slow")
        assert health.not_before == now.now + timedelta(minutes=5)
        tried = {one.message for one in deliveries.latest("slow")}
        first, second, *_ = put_off = [one for one in messages if one.id not in tried]
        assert len(put_off) == 4
        assert all(next_try(one) >= health.not_before for one in put_off)
        now.later(minutes=6)
        honest = webhooks.post

        def another_comes_meanwhile(*args: Any) -> webhooks.Answered:
            monkeypatch.setattr(webhooks, "post", honest)
            deliver(second, now.now)
            return honest(*args)

        monkeypatch.setattr(webhooks, "post", another_comes_meanwhile)
        deliver(first, now.now)
        assert len(slow.bodies) == 6
        assert hooks.health("slow").not_before == now.now + timedelta(minutes=30)


def test_a_receiver_that_closes_in_the_middle_then_answers_500_then_200_gets_it(now: Desk) -> None:
    with receiving(breaks_off(b"HTTP/1.1 2"), says(500), says(200)) as agency:
        tell(hook("shaky", agency.url, types=("case.dispatched",)))
        [message] = steps(now)
        work_off(now)
        go_on(now, "shaky", hours=1)
    assert [one.status for one in deliveries.latest("shaky")] == [200, 500, None]
    assert message.id not in outbox()


@pytest.mark.parametrize("status", [429, 503])
def test_what_a_busy_receiver_asks_for_holds_for_all_that_is_sent_to_it(now: Desk, status: int) -> None:
    with receiving(says(status, retry_after="50400"), says(200)) as busy:
        tell(hook("busy", busy.url))
        messages = steps(now)
        work_off(now)
        assert len(busy.bodies) == 1
        fourteen_hours = now.now + timedelta(hours=14)
        assert all(next_try(one) >= fourteen_hours for one in messages)
        go_on(now, "busy", hours=13)
        assert len(busy.bodies) == 1
        go_on(now, "busy", hours=2)
        assert len(busy.bodies) == 1 + len(messages)


def test_a_busy_receiver_that_asks_for_nothing_is_left_alone_for_a_minute(now: Desk) -> None:
    with receiving(says(503), says(200)) as busy:
        tell(hook("busy", busy.url))
        steps(now)
        work_off(now)
        assert len(busy.bodies) == 1
        assert hooks.health("busy").not_before == now.now + timedelta(minutes=1)


def test_what_is_tried_again_in_hours_is_sent_by_the_sweep_to_the_second(
    now: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving(says(500, retry_after="20000")) as agency:
        tell(hook("later", agency.url, types=("case.dispatched",)))
        [message] = steps(now)
        work_off(now)
        due, delays = next_try(message), []
        client = aws.client("sqs")

        def noted(params: dict[str, Any], **_: object) -> None:
            delays.append((params["MessageBody"], params["DelaySeconds"]))
            params["DelaySeconds"] = 0  # it would turn up in another test

        monkeypatch.setattr(queues, "LONGEST_DELAY", 900)
        client.meta.events.register("before-parameter-build.sqs.SendMessage", noted)
        try:
            now.now = due - timedelta(minutes=16)
            now.swept()
            assert delays == []
            now.now = due - timedelta(minutes=4)
            assert now.swept().resent >= 1
        finally:
            client.meta.events.unregister("before-parameter-build.sqs.SendMessage", noted)
        assert [seconds for body, seconds in delays if message.case_id in body] == [240]
        assert len(agency.bodies) == 1


def test_a_retry_that_the_queue_lost_is_sent_by_the_sweep(now: Desk) -> None:
    with receiving(says(500), says(200)) as agency:
        tell(hook("shaky", agency.url, types=("case.dispatched",)))
        [message] = steps(now)
        work_off(now)
        now.now = next_try(message) + timedelta(minutes=3)
        now.swept()
        deliver(message, now.now)
    assert message.id not in outbox()


def test_what_comes_before_its_time_is_left_to_its_time(now: Desk) -> None:
    with receiving(says(500)) as agency:
        tell(hook("broken", agency.url, types=("case.dispatched",)))
        [message] = steps(now)
        for _ in range(3):
            deliver(message, now.now)
    assert len(agency.bodies) == 1


def test_what_waits_for_a_paused_endpoint_is_kept_for_a_person_and_sent_when_it_is_resumed(now: Desk) -> None:
    with receiving(says(500), says(200)) as agency:
        tell(hook("paused", agency.url, types=("case.dispatched",)))
        [message] = steps(now)
        work_off(now)
        endpoints.close("paused", endpoints.PAUSED, now.now)
        go_on(now, "paused", hours=1)
        assert len(agency.bodies) == 1
        assert [one.message for one in hook_log.given_up("paused")] == [message]
        with pytest.raises(RuleBroken):
            hook_log.send_given_up("paused", now.now)
        steps(now)
        assert {one.event for one in sent(Topic.WEBHOOKS)} == set(), "nothing is queued for nobody"
        endpoints.reopen("paused")
        hook_log.send_given_up("paused", now.now)
        work_off(now)
    assert message.id not in outbox()
    assert not waiting.counts("paused")[1]


def test_what_waits_for_an_endpoint_that_was_removed_is_dropped(now: Desk) -> None:
    with receiving(says(500)) as agency:
        tell(hook("former", agency.url, types=("case.dispatched",)))
        [message] = steps(now)
        work_off(now)
        endpoints.remove("former")
        go_on(now, "former", hours=1)
        assert len(agency.bodies) == 1
    assert message.id not in outbox()
    assert cities.refreshed().endpoints == ()
