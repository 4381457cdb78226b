"""The record: days are closed once and for all, roots are published, and a citizen can check her own matter."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import boto3
import pytest
from chalice.local import LambdaContext
from chalice.test import Client

from chalicelib.config import config
from chalicelib.desk import closing_days, verifying
from chalicelib.desk.closing_days import close_days
from chalicelib.desk.submitting import Receipt
from chalicelib.domain import roots as rules
from chalicelib.domain.chain import GENESIS
from chalicelib.domain.roots import DayRoot, first_broken, proves
from chalicelib.domain.words import Kind
from chalicelib.storage import cases, roots
from chalicelib.storage.throttle import FREE_TRIES
from tests.integration.desk import CLEAR, Desk
from tests.integration.test_intake_api import Answer, Page, is_refusal
from tests.integration.watching import everything, watched

MONDAY = date(2026, 3, 2)
ONE_DAY = timedelta(days=1)
VERIFICATION, ROOTS = "/api/verification", "/api/roots"


@pytest.fixture(autouse=True)
def _not_far_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first closing looks back a year, which is slow on moto."""
    monkeypatch.setattr(closing_days, "BEGINS_WITHIN", 10)


@pytest.fixture
def reader(table: str) -> Iterator[Page]:
    """Somebody with a browser."""
    from app import app

    with Client(app) as client:
        yield Page(client)


def midnight(nights: int = 1) -> datetime:
    """Ten minutes past midnight in Shanghai, when days are closed."""
    return datetime(2026, 3, 2, 16, 10, tzinfo=UTC) + ONE_DAY * (nights - 1)


def stored_roots() -> dict[str, Any]:
    """All that closing days has written."""
    return {key: item for key, item in everything().items() if key.startswith(("roots", "leaves"))}


def altered(pk: str, sk: str, change: Callable[[str], str]) -> None:
    """Somebody with all rights alters an item's body where it lies."""
    client = boto3.client("dynamodb")
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    item = client.get_item(TableName=config().table, Key=key)["Item"]
    client.put_item(TableName=config().table, Item={**item, "body": {"S": change(item["body"]["S"])}})


# Closing a day ------------------------------------------------------------------------------------------------------


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
        boto3.client("dynamodb").delete_item(TableName=config().table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
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


# What is published --------------------------------------------------------------------------------------------------


def test_anyone_can_read_the_closed_days_and_keep_them(desk: Desk, reader: Page) -> None:
    desk.routed()
    closed = close_days(midnight(nights=3)).days
    told = reader.ask("GET", ROOTS)
    assert [one["hash"] for one in told.body["roots"]] == [day.hash for day in closed]
    assert told.headers["cache-control"] == "public, max-age=300"
    one = reader.ask("GET", f"{ROOTS}/2026-03-03")
    assert one.body == told.body["roots"][1]
    assert one.headers["cache-control"] == "public, max-age=86400"
    since = reader.ask("GET", f"{ROOTS}?from=2026-03-03")
    assert [one["day"] for one in since.body["roots"]] == ["2026-03-03", "2026-03-04"]


def test_a_day_that_is_not_closed_has_no_root_and_that_is_kept_by_nobody(desk: Desk, reader: Page) -> None:
    close_days(midnight())
    for day in ("2026-03-03", "2099-01-01", "1900-01-01", "0001-01-01", "9999-12-31"):
        answer = reader.ask("GET", f"{ROOTS}/{day}")
        assert (answer.status, answer.headers["cache-control"]) == (404, "no-store")
        assert is_refusal(answer)


@pytest.mark.parametrize(
    "day", ["today", "20260302", "2026-3-2", "2026-02-30", "2026-W10-1", "%F0%9F%98%80", "2026-03-02T00:00", "-", "%00"]
)
def test_a_day_that_is_none_is_refused_in_words(reader: Page, day: str) -> None:
    for path in (f"{ROOTS}/{day}", f"{ROOTS}?from={day}"):
        for language in ("zh", "en"):
            answer = reader.ask("GET", path, language=language)
            assert answer.status == 400, path
            assert is_refusal(answer)


# A citizen checks her own -------------------------------------------------------------------------------------------


def asked(reader: Page, receipt: Receipt, **changes: object) -> Answer:
    """What the page asks."""
    return reader.post(VERIFICATION, {"receipt": receipt.number, "code": receipt.code, **changes})


def test_a_citizen_is_given_all_that_it_takes_to_check_her_record_herself(desk: Desk, reader: Page) -> None:
    case = desk.replied()
    [receipt] = desk.receipts
    close_days(midnight())
    desk.later(days=1)
    desk.rated(receipt)
    told = asked(reader, receipt).body
    [record] = told["records"]
    events = cases.record_of(case.case_id)
    assert told["holds"]
    assert told["events"] == len(events) == len(record["events"])
    published = {one["day"]: one for one in reader.ask("GET", ROOTS).body["roots"]}
    previous = GENESIS
    for link, event in zip(record["events"], events, strict=True):
        assert (link["hash"], link["previous"], link["holds"]) == (event.hash, previous, True)
        previous = link["hash"]
        if link["proof"]:
            proof = rules.Proof(link["proof"]["index"], link["proof"]["size"], tuple(link["proof"]["path"]))
            assert proves(proof, link["hash"], published[link["day"]]["root"])
        if link["line"]:
            assert hashlib.sha256(link["line"].encode()).hexdigest() == link["hash"]
            assert json.loads(link["line"])[5]["receipt"] == receipt.number
    assert [link["waits"] for link in record["events"]] == [rules.day_of(event.at) > MONDAY for event in events]
    assert [link["name"] is not None for link in record["events"]].count(True) >= 3
    assert [bool(link["line"]) for link in record["events"]] == [event.kind in ("Filed", "Rated") for event in events]


def test_of_another_s_words_in_the_same_matter_a_citizen_sees_nothing_but_hashes(desk: Desk, reader: Page) -> None:
    case = desk.signed()
    first = desk.receipts[0]
    joined = desk.later(hours=1).routed()
    second = desk.receipts[1]
    assert joined.joined_to == case.case_id
    desk.answered(case=cases.load(case.case_id))
    desk.rated(first, words="这是第一位市民自己的话")
    told = asked(reader, second)
    assert told.body["holds"]
    assert [len(record["events"]) for record in told.body["records"]] == [
        len(cases.record_of(joined.case_id)),
        len(cases.record_of(case.case_id)),
    ]
    plain = json.dumps(told.body, ensure_ascii=False)
    for secret in (first.number, "这是第一位市民自己的话", "孙立", "handler", "王秀英"):
        assert secret not in plain
    assert all(link["name"] is None for link in told.body["records"][1]["events"] if link["number"] <= 2)


def test_of_a_sealed_accusation_only_the_hashes_are_shown(desk: Desk, reader: Page) -> None:
    receipt = desk.filed(
        kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), title="举报", text="收受礼金的事。"
    )
    close_days(midnight())
    told = asked(reader, receipt).body
    [record] = told["records"]
    assert (told["holds"], record["sealed"]) == (True, True)
    for link in record["events"]:
        assert (link["name"], link["at"], link["line"]) == (None, None, None)
        assert link["proof"]


@pytest.mark.parametrize("number", [1, 2, 4])
def test_one_altered_byte_is_shown_where_it_is(desk: Desk, reader: Page, number: int) -> None:
    case = desk.replied()
    close_days(midnight())
    altered(f"case#{case.case_id}", f"event#{number:06}", lambda body: body.replace('"at":"2026', '"at":"2025'))
    told = asked(reader, desk.receipts[0]).body
    assert not told["holds"]
    assert [link["number"] for link in told["records"][0]["events"] if not link["holds"]] == [number]


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", '"', "\U0001f600", '{"hash":"zz"}'])
def test_a_record_that_cannot_even_be_read_is_shown_broken(desk: Desk, reader: Page, body: str) -> None:
    case = desk.replied()
    for sk in ("event#000001", "event#000003"):
        altered(f"case#{case.case_id}", sk, lambda _: body or " ")
    told = asked(reader, desk.receipts[0])
    assert told.status == 200
    broken = [link["number"] for link in told.body["records"][0]["events"] if not link["holds"]]
    assert (told.body["holds"], broken) == (False, [1, 3])
    assert all(link["name"] is None for link in told.body["records"][0]["events"])


def test_a_record_whose_end_was_cut_off_is_not_complete(desk: Desk, reader: Page) -> None:
    case = desk.signed()
    key = {"pk": {"S": f"case#{case.case_id}"}, "sk": {"S": f"event#{case.version:06}"}}
    boto3.client("dynamodb").delete_item(TableName=config().table, Key=key)
    told = asked(reader, desk.receipts[0]).body
    assert (told["holds"], told["records"][0]["complete"]) == (False, False)


def test_a_whole_record_written_anew_does_not_stand_in_the_published_root(desk: Desk, reader: Page) -> None:
    from chalicelib.desk.committing import new_salt
    from chalicelib.domain.folding import record as written
    from chalicelib.storage.unit_of_work import Work, commit

    case = desk.routed()
    close_days(midnight(nights=3))
    events = cases.record_of(case.case_id)
    for event in everything():
        if event.startswith(f"case#{case.case_id} "):
            pk, sk = event.split(" ")
            boto3.client("dynamodb").delete_item(TableName=config().table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    backdated = [event.at - timedelta(minutes=5) for event in events]
    forged, again = written(None, case.case_id, [events[0].payload], events[0].by, backdated[0], new_salt)
    work = Work(desk.now)
    work.move(None, forged, again)
    commit(work)
    told = asked(reader, desk.receipts[0]).body
    link = told["records"][0]["events"][0]
    assert told["records"][0]["complete"]  # in itself nothing is wrong with it
    assert (told["holds"], link["proof"], link["waits"]) == (False, None, False)


def test_wrong_codes_are_slowed_as_they_are_in_tracking(desk: Desk, reader: Page) -> None:
    receipt = desk.filed()
    wrong = "A" * 8 if receipt.code != "A" * 8 else "B" * 8
    for number in range(FREE_TRIES):
        path = VERIFICATION if number % 2 else "/api/tracking"
        assert reader.post(path, {"receipt": receipt.number, "code": wrong}).status == 404
    slowed = asked(reader, receipt)
    assert slowed.status == 429
    assert int(slowed.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"receipt": "000000000000"},
        {"receipt": "000000000000", "code": None},
        {"receipt": None, "code": "AAAAAAAA"},
        {"receipt": ["000000000000"], "code": "AAAAAAAA"},
        {"receipt": "\ud800" * 12, "code": "\ud800" * 8},
        {"receipt": "9" * 100_000, "code": "A" * 100_000},
        {"receipt": "㐂" * 12, "code": "𠮷" * 8},
        {"receipt": "case#1", "code": "' OR 1=1"},
    ],
)
def test_whatever_else_is_sent_is_not_found(reader: Page, body: dict[str, object]) -> None:
    answer = reader.post(VERIFICATION, body)
    assert answer.status == 404
    assert is_refusal(answer)


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", b"null", b"[" * 5000])
def test_what_is_no_json_object_is_refused(reader: Page, raw: bytes) -> None:
    answer = reader.ask("POST", VERIFICATION, raw=raw)
    assert answer.status == 400
    assert is_refusal(answer)


def test_looking_changes_nothing(desk: Desk, reader: Page) -> None:
    desk.replied()
    close_days(midnight())
    before = everything()
    assert asked(reader, desk.receipts[0]).status == 200
    assert everything() == before
