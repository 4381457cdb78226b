"""The sweep: what is due and nothing else, whenever and however often it comes."""

import pytest

from chalicelib.desk import committing, handling, supervising
from chalicelib.domain.chain import first_break
from chalicelib.domain.errors import NotFound
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Topic
from chalicelib.domain.words import Light, State
from chalicelib.storage import cases
from chalicelib.storage.keys import shards
from chalicelib.storage.table import DeskItem
from tests.integration.desk import UNCLEAR, Desk
from tests.integration.watching import everything, outbox, sent, watched


def settled(desk: Desk) -> None:
    """Everything that waits to be sent or told was acted upon."""
    from chalicelib.domain.messages import Message
    from chalicelib.storage import outbox as kept

    for identity in outbox():
        topic, case_id, event, *endpoint = identity.split(".")
        kept.done(Message(Topic(topic), case_id, int(event), *endpoint))


def test_with_nothing_due_the_sweep_looks_at_nothing_and_writes_nothing(desk: Desk) -> None:
    for _ in range(10):
        desk.routed(**UNCLEAR)
    settled(desk)
    before = everything()
    with watched() as calls:
        swept = desk.swept()
    assert (swept.moved, swept.resent, calls.looked_at) == (0, 0, 0)
    assert set(calls) == {"Query"}
    assert everything() == before


def test_the_sweep_reads_what_is_due_and_not_what_is_stored(desk: Desk) -> None:
    due = [desk.registered(text=f"{UNCLEAR['text']}{number}") for number in range(3)]
    settled(desk)
    moment = due[0].next_due_at(desk.now)
    assert moment is not None
    desk.now = moment
    for number in range(12):
        desk.registered(text=f"另外一件，说不清楚的，第{number}号。", title=f"第{number}件")
    settled(desk)
    with watched() as calls:
        swept = desk.swept()
    assert swept.moved == 3
    assert calls.looked_at == 3


def test_yellow_brings_a_reminder_and_red_the_first_level(desk: Desk) -> None:
    case = desk.signed()
    clock = case.deadline
    assert clock is not None
    settled(desk)
    desk.now = clock.yellow_at
    assert desk.swept().happened == {"LightChanged": 1, "Reminded": 1}
    assert cases.load(case.case_id).light is Light.YELLOW
    assert [message.event for message in sent(Topic.NOTICES)][-1] == case.version + 2
    desk.now = clock.red_at
    assert desk.swept().happened == {"LightChanged": 1, "Supervised": 1}
    order = cases.load(case.case_id).order
    assert order is not None
    assert order.level == 1


@pytest.mark.parametrize("days", [1, 3, 8, 12, 50, 100])
def test_a_second_sweep_does_nothing(desk: Desk, days: int) -> None:
    desk.signed()
    desk.registered()
    desk.replied(text="人行道的地砖翘起来了，雨天踩上去溅一身水，请城管修一修。", title="地砖")
    desk.later(days=days)
    desk.swept()
    settled(desk)
    before = everything()
    swept = desk.swept()
    assert (swept.moved, swept.resent, swept.moved_meanwhile, swept.failed) == (0, 0, 0, 0)
    assert everything() == before


def test_a_sweep_that_is_days_late_ends_where_the_punctual_one_does(desk: Desk) -> None:
    punctual, start = desk.signed(), desk.now
    while (moment := cases.load(punctual.case_id).next_due_at(desk.now)) is not None:
        desk.now = moment
        desk.swept()
    end = desk.now
    desk.now = start
    late = desk.signed(text="店外经营占了整条人行道，推婴儿车都过不去，请城管管一管。", title="店外经营")
    for _ in range(6):
        desk.later(days=37)
        if desk.now < end:
            desk.swept()
    desk.now = end
    desk.swept()
    one, other = cases.load(punctual.case_id), cases.load(late.case_id)
    assert one.order == other.order
    assert one.light == other.light
    assert one.highest_level == other.highest_level == 3
    assert fold(cases.record_of(late.case_id)) == other
    assert first_break(cases.record_of(late.case_id)) is None


def test_a_climbed_ladder_leaves_the_due_index(desk: Desk) -> None:
    case = desk.signed()
    desk.later(days=200).swept()
    desk.later(days=10).swept()  # by now it is backlog, and people were reminded that nobody owns it
    settled(desk)
    assert "due_at" not in everything()[f"case#{case.case_id} case"]
    with watched() as calls:
        desk.later(days=30).swept()
    assert calls.looked_at == 0


def test_an_answered_case_asks_once_for_a_rating_and_ends_with_the_window(desk: Desk) -> None:
    case = desk.replied()
    assert case.ask_rating_at is not None
    assert case.window_ends_at is not None
    desk.now = case.ask_rating_at
    assert desk.swept().happened == {"RatingAsked": 1}
    assert desk.swept().moved == 0
    desk.now = case.window_ends_at
    assert desk.swept().happened["Concluded"] == 1
    ended = cases.load(case.case_id)
    assert ended.state is State.CONCLUDED
    assert ended.next_due_at(desk.now) == ended.stands_until
    assert ended.stands_until is not None
    desk.now = ended.stands_until
    assert desk.swept().happened == {"StoodSettled": 1}
    assert cases.load(case.case_id).next_due_at(desk.now) is None


def test_the_sweep_stops_when_its_time_is_up_and_the_next_one_goes_on(desk: Desk) -> None:
    for number in range(6):
        desk.registered(text=f"{UNCLEAR['text']}{number}", title=f"{number}号")
    settled(desk)
    desk.later(days=3)
    left = iter([True, True, False])
    first = supervising.sweep(desk.now, lambda: next(left))
    assert first.left
    assert first.moved == 2
    second = desk.swept()
    assert not second.left
    assert second.moved == 4


def test_one_case_that_cannot_be_moved_does_not_stop_the_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned = desk.registered()
    others = [desk.registered(text=f"{UNCLEAR['text']}{number}", title=f"{number}号") for number in range(5)]
    settled(desk)
    honest = committing.caught_up

    def failing(case: object, at: object) -> object:
        if case.case_id == poisoned.case_id:  # type: ignore[attr-defined]
            raise NotFound()
        return honest(case, at)  # type: ignore[arg-type]

    monkeypatch.setattr(supervising, "caught_up", failing)
    swept = desk.later(days=3).swept()
    assert (swept.moved, swept.failed) == (5, 1)
    monkeypatch.undo()
    assert desk.swept().moved == 1
    assert all(cases.load(case.case_id).order for case in (poisoned, *others))


def test_what_no_version_of_the_desk_can_read_does_not_stop_the_others(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    case = desk.dispatched()
    due_at = "2000-01-01T00:00:00.000000Z"
    for shard in shards():
        DeskItem("outbox#strange", shard, body="{}", due_shard=shard, due_at=due_at).save()
    swept = desk.later(days=9).swept()
    assert (swept.failed, swept.moved) == (len(shards()), 1)
    assert cases.load(case.case_id).light is Light.RED
    assert caplog.text.count("cannot be read by this version") == len(shards())


def test_a_returned_and_dispatched_case_is_swept_on_its_new_clock(desk: Desk) -> None:
    case = desk.dispatched()
    case = handling.return_to_desk(case.case_id, case.version, desk.head(case), desk.now, "不是我局职责。")
    settled(desk)
    clock = case.deadline
    assert clock is not None
    assert clock.name == "dispatch"
    desk.now = clock.red_at
    desk.swept()
    assert cases.load(case.case_id).order is not None
