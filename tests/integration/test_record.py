"""The record: days are closed once and for all, roots are published, and a citizen can check her own matter."""

from datetime import UTC, datetime, timedelta

import pytest
from chalice.local import LambdaContext

from chalicelib.config import config
from chalicelib.desk import verifying
from chalicelib.desk.closing_days import close_days
from chalicelib.domain import roots as rules
from chalicelib.domain.chain import GENESIS
from chalicelib.domain.roots import DayRoot, first_broken, proves
from chalicelib.storage import cases, roots
from tests.integration.closing import MONDAY, ONE_DAY, midnight, stored_roots
from tests.integration.desk import CLEAR, Desk
from tests.integration.watching import own, watched

pytestmark = pytest.mark.usefixtures("not_far_back")


def test_the_root_of_a_day_covers_every_event_of_it(desk: Desk) -> None:
    one = desk.replied()
    two = desk.routed(text="楼道的灯坏了半年，老人夜里上楼看不见台阶，请物业和街道来修一修。", title="楼道灯")
    [closed] = close_days(midnight()).days
    events = [*cases.record_of(one.case_id), *cases.record_of(two.case_id)]
    assert (closed.day, closed.events, closed.previous) == (MONDAY, len(events), GENESIS)
    found = roots.proofs(closed, [event.hash for event in events])
    assert all(proves(found[event.hash], event.hash, closed.root) for event in events)


def test_a_day_closed_twice_is_closed_once(desk: Desk) -> None:
    desk.routed()
    first = close_days(midnight())
    before = stored_roots()
    assert close_days(midnight()).days == ()
    assert close_days(midnight() + timedelta(hours=23)).days == ()
    assert stored_roots() == before
    assert roots.root_of(MONDAY) == first.days[0]


def test_days_that_were_missed_are_closed_in_their_order_also_those_on_which_nothing_happened(desk: Desk) -> None:
    desk.routed()
    desk.later(days=3).routed(text="河边的垃圾没有人收，天一热味道很大，请环卫来清运一下。", title="垃圾")
    closed = close_days(midnight(nights=6))
    assert [day.day for day in closed.days] == [MONDAY + ONE_DAY * number for number in range(6)]
    assert [bool(day.events) for day in closed.days] == [True, False, False, True, False, False]
    assert first_broken(closed.days) is None


def test_closing_late_gives_the_roots_that_closing_each_night_gives(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.routed()
    desk.later(days=1).routed(text="河边的垃圾没有人收，天一热味道很大，请环卫来清运一下。", title="垃圾")
    late = close_days(midnight(nights=3)).days
    for key in stored_roots():
        pk, sk = key.split(" ")
        own("dynamodb").delete_item(TableName=config().table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    punctual = [day for night in (1, 2, 3) for day in close_days(midnight(night)).days]
    assert tuple(punctual) == late


def test_of_two_who_close_a_day_at_once_both_get_the_root_of_the_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.routed()
    honest = roots.keep
    competing: list[DayRoot] = []

    def keep(closed: DayRoot, pages: list[rules.Page]) -> DayRoot:
        monkeypatch.setattr(roots, "keep", honest)
        # between reading and writing: one more event, and another who closes the day
        desk.routed(text="河边的垃圾没有人收，天一热味道很大，请环卫来清运一下。", title="垃圾")
        competing.append(close_days(midnight()).days[0])
        return honest(closed, pages)

    monkeypatch.setattr(roots, "keep", keep)
    [slower] = close_days(midnight()).days
    assert slower == competing[0] == roots.root_of(MONDAY)
    assert set(roots.leaves_of(slower)) == set(roots.hashes_on(MONDAY))


def test_what_is_stored_after_its_day_was_closed_stands_in_the_next_day_s_root(desk: Desk) -> None:
    desk.routed()
    [monday] = close_days(midnight()).days
    late = desk.routed(text="河边的垃圾没有人收，天一热味道很大，请环卫来清运一下。", title="垃圾")
    assert verifying.verify(desk.receipts[-1].number)[0].links[0].waits
    [tuesday] = close_days(midnight(nights=2)).days
    hashes = [event.hash for event in cases.record_of(late.case_id)]
    assert set(roots.proofs(tuesday, hashes)) == set(hashes)
    assert roots.root_of(MONDAY) == monday
    [record] = verifying.verify(desk.receipts[-1].number)
    assert record.holds
    assert {link.standing.day for link in record.links if link.standing} == {MONDAY + ONE_DAY}
    assert close_days(midnight(nights=3)).days[0].events == 0


def test_on_a_desk_to_which_nobody_wrote_yet_the_record_begins_yesterday(desk: Desk) -> None:
    [closed] = close_days(midnight()).days
    assert (closed.day, closed.events) == (MONDAY, 0)
    with watched() as calls:
        close_days(midnight(nights=2))
    assert len(calls) < 10


def test_closing_reads_what_happened_on_the_day_and_not_what_is_stored(desk: Desk) -> None:
    for number in range(5):
        desk.routed(text=f"{CLEAR['text']}这是第{number}件。", title=f"第{number}件")
    close_days(midnight())
    desk.later(days=1).filed()
    close_days(midnight(nights=2))
    desk.later(days=1).filed()
    with watched() as calls:
        close_days(midnight(nights=3))
    assert calls.looked_at < 10
    assert not {"Scan", "TransactWriteItems", "DeleteItem", "UpdateItem"} & set(calls)


def test_the_closing_stops_when_its_time_is_up_and_the_next_one_goes_on(desk: Desk) -> None:
    desk.routed()
    left = iter([True, True, False])
    first = close_days(midnight(nights=5), lambda: next(left))
    assert (first.left, len(first.days)) == (True, 2)
    second = close_days(midnight(nights=5))
    assert (second.left, len(second.days)) == (False, 3)
    assert first_broken([*first.days, *second.days]) is None


def test_a_day_of_several_pages_is_proved_from_one_of_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PAGE", 4)
    for number in range(9):
        desk.routed(text=f"{CLEAR['text']}这是第{number}件。", title=f"第{number}件")
    [closed] = close_days(midnight()).days
    hashes = list(roots.hashes_on(MONDAY))
    assert closed.events == len(hashes) > 12
    assert list(roots.leaves_of(closed)) == hashes == sorted(hashes)
    for event_hash in hashes:
        with watched() as calls:
            found = roots.proofs(closed, [event_hash])
        assert proves(found[event_hash], event_hash, closed.root)
        assert calls.count("Query") == 1
    assert roots.proofs(closed, ["0" * 64, "f" * 64]) == {}


FIRED = {
    "version": "0",
    "id": "1",
    "source": "aws.events",
    "account": "123456789012",
    "time": "2026-03-02T16:10:00Z",
    "region": "cn-north-1",
    "resources": [],
    "detail-type": "Scheduled Event",
    "detail": {},
}


def test_the_schedule_s_function_closes_yesterday_and_the_second_time_nothing(desk: Desk) -> None:
    import app

    desk.now = datetime.now(UTC) - ONE_DAY
    desk.filed()
    yesterday = rules.day_of(datetime.now(UTC)) - ONE_DAY

    def fire() -> object:
        return app.close_day(FIRED, LambdaContext("close_day", 512, max_runtime_ms=300_000))

    assert fire() == {"closed": [yesterday.isoformat()], "left": False}
    assert fire() == {"closed": [], "left": False}
