"""How the desk itself stands: the health page for anybody, the room for its administrator, the figures for alarms."""

import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import boto3
import pytest
from chalice.app import CloudWatchEvent

from chalicelib.config import config
from chalicelib.desk import closing_days, counting, standing, supervising
from chalicelib.desk.assessing import month_before
from chalicelib.desk.standing import Sign, State, days_unclosed, month_scored, signs
from chalicelib.domain.messages import Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.runs import Signature
from chalicelib.domain.words import Role
from chalicelib.entrypoints import schedules
from chalicelib.entrypoints.console.visits import ROOMS
from chalicelib.gateways import aws, queues
from chalicelib.seen.going import Call, begin
from chalicelib.storage import pulse, table
from chalicelib.storage.pulse import Pulse
from infra.table import create_table
from tests.integration.desk import Desk
from tests.integration.visitor import Visitor
from tests.integration.watching import lost
from tests.integration.wire import Page

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 300_000)
EVENT = cast(CloudWatchEvent, SimpleNamespace(context=CONTEXT))
NOON = datetime(2026, 3, 3, 4, tzinfo=UTC)  # in Shanghai


def administrator(desk: Desk) -> Visitor:
    """Who looks after the desk, signed in."""
    return Visitor(Staff("admin", "周全", Role.ADMINISTRATOR, desk.city.desk_unit)).sign_in()


def sign(name: str, found: tuple[Sign, ...], topic: str = "") -> Sign:
    """One sign."""
    return next(one for one in found if one.name == name and one.topic == topic)


def figures(work: object) -> dict[str, float]:
    """What ``work`` hands to the alarms."""
    call = Call("sweep", str(uuid.uuid4()))
    begin(call)
    try:
        assert callable(work)
        work()
    finally:
        begin(None)
    return call.figures


def test_anybody_learns_whether_the_desk_is_up_and_nothing_else(page: Page) -> None:
    answer = page.ask("GET", "/api/health")
    assert (answer.status, set(answer.body), answer.body["up"]) == (200, {"up", "version"}, True)
    assert answer.headers["cache-control"] == "no-store"


def test_the_health_page_costs_one_read(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    client = table.raw_client()
    client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: calls.append(model.name), unique_id="counted"
    )
    try:
        page.ask("GET", "/api/health")
    finally:
        client.meta.events.unregister("before-call.dynamodb", unique_id="counted")
    assert calls == ["GetItem"]


def test_without_its_table_the_desk_says_that_it_is_down_and_in_no_more_words(page: Page) -> None:
    boto3.client("dynamodb").delete_table(TableName=config().table)
    try:
        answer = page.ask("GET", "/api/health")
    finally:
        create_table(aws.client("dynamodb"), config().table)
    assert (answer.status, set(answer.body), answer.body["up"]) == (503, {"up", "version"}, False)


def test_on_a_desk_in_order_every_sign_is_green(now: Desk) -> None:
    pulse.beat(Pulse(now.now, now.now))
    found = signs(now.now)
    assert {one.state for one in found} == {State.GREEN}
    assert {one.topic for one in found if one.name == "dead"} == set(Topic)


def test_a_new_desk_is_told_to_wait_for_its_first_sweep(now: Desk) -> None:
    shown = administrator(now).get("/console/standing")
    assert shown.status == 200
    assert "15分钟" in shown.page
    assert sign("sweep_never", signs(now.now)).state is State.YELLOW


@pytest.mark.parametrize(("minutes", "state"), [(5, State.GREEN), (31, State.YELLOW), (61, State.RED)])
def test_a_sweep_that_stays_away_turns_yellow_and_red(now: Desk, minutes: int, state: State) -> None:
    pulse.beat(Pulse(now.now - timedelta(minutes=minutes), now.now))
    assert sign("sweep", signs(now.now)).state is state


def test_what_is_worst_comes_first_with_what_to_do(now: Desk) -> None:
    pulse.beat(Pulse(now.now - timedelta(hours=3), now.now))
    boto3.client("sqs").send_message(QueueUrl=config().notices_dead_letters, MessageBody="x")
    try:
        found = signs(now.now)
        assert [one.state for one in found] == sorted(
            (one.state for one in found), key=["red", "yellow", "green"].index
        )
        assert sign("dead", found, "notices").figures == {"number": "1"}
        page = administrator(now).get("/console/standing").page
        assert page.index("下一步") < page.index("短信通知")
        assert "SweepMissing" in page
        assert 'href="/console/admin"' in page
    finally:
        boto3.client("sqs").purge_queue(QueueUrl=config().notices_dead_letters)


def test_a_queue_that_may_not_be_looked_into_does_not_hide_the_others(now: Desk) -> None:
    gone = f"{config().mail_queue}-gone"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queues, "queue_of", lambda topic: gone if topic is Topic.MAIL else config().routing_queue)
        found = signs(now.now)
    assert sign("queue_unseen", found, "mail").state is State.YELLOW
    assert sign("queue", found, "routing").state is State.GREEN


def test_nobody_but_the_administrator_looks_in(now: Desk) -> None:
    assert Visitor(now.clerk).sign_in().get("/console/standing").status == 403
    assert dict(ROOMS)["standing"] == {Role.ADMINISTRATOR}


def test_the_room_speaks_english_too(now: Desk) -> None:
    pulse.beat(Pulse(now.now, now.now, failed=2))
    assert "could not be moved on" in administrator(now).get("/console/standing?lang=en").page


def test_a_sweep_leaves_its_pulse_and_its_figures(desk: Desk) -> None:
    case = desk.dispatched()
    desk.later(days=9)
    told = figures(lambda: standing.note_sweep(desk.now, supervising.sweep(desk.now)))
    assert told["LateCases"] == 1
    assert told["CasesTurnedRed"] >= 1
    assert (told["Sweeps"], told["CasesNotMoved"]) == (1, 0)
    kept = pulse.last()
    assert kept is not None
    assert (kept.at, kept.late) == (desk.now, 1)
    assert case.unit is not None


def test_messages_left_lying_are_told_with_the_age_of_the_oldest(desk: Desk) -> None:
    desk.filed()
    desk.later(minutes=40)
    told = figures(lambda: standing.note_sweep(desk.now, supervising.sweep(desk.now)))
    assert told["MessagesSentAgain"] == 1
    assert told["OldestMessageSeconds"] == pytest.approx(2400)
    assert sign("outbox", signs(desk.now)).state is State.RED


def test_a_day_that_is_not_closed_by_the_morning_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing_days, "BEGINS_WITHIN", 3)
    desk.filed()
    began = desk.now
    night = datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert days_unclosed(night, began) == 0, "the night is not over"
    assert days_unclosed(NOON, began) == 1
    assert days_unclosed(NOON + timedelta(days=2), began) == 3
    closing_days.close_days(NOON)
    assert days_unclosed(NOON, began) == 0


def test_a_month_that_is_not_scored_is_told_and_one_before_the_desk_began_is_not(desk: Desk) -> None:
    first = datetime(2026, 3, 31, 23, tzinfo=UTC)  # seven in the morning of 1 April
    assert not month_scored(first, desk.now)
    assert month_scored(first, first - timedelta(days=1)) is False
    assert month_scored(first, first), "it began after March was over"
    counting.count(month_before(first), Signature(first), lambda: True)
    assert month_scored(first, desk.now)


def test_the_schedule_s_own_sweep_leaves_the_pulse(now: Desk) -> None:
    told = figures(lambda: schedules.sweep(EVENT))
    assert told["Sweeps"] == 1
    assert sign("sweep", signs(datetime.now(UTC))).state is State.GREEN


def test_queues_that_do_not_answer_are_told_to_be_unseen(now: Desk) -> None:
    with lost("GetQueueAttributes"):
        found = signs(now.now)
    unseen = [one for one in found if one.name == "queue_unseen"]
    assert {one.topic for one in unseen} == {topic.value for topic in Topic}
    assert len(unseen) == 2 * len(Topic), "the queue, and that of what was given up"
    assert {one.state for one in unseen} == {State.YELLOW}
