"""The published record over the wire: the days' roots, and what a citizen checks herself."""

import hashlib
import json
from datetime import timedelta

import pytest

from chalicelib.config import config
from chalicelib.desk.closing_days import close_days
from chalicelib.desk.submitting import Receipt
from chalicelib.domain import roots as rules
from chalicelib.domain.chain import GENESIS
from chalicelib.domain.roots import proves
from chalicelib.domain.words import Kind
from chalicelib.storage import cases
from chalicelib.storage.throttle import FREE_TRIES
from tests.integration.closing import MONDAY, ROOTS, VERIFICATION, altered, midnight
from tests.integration.desk import Desk
from tests.integration.watching import everything, own
from tests.integration.wire import Answer, Page, is_refusal

pytestmark = pytest.mark.usefixtures("not_far_back")


def test_anyone_can_read_the_closed_days_and_keep_them(desk: Desk, page: Page) -> None:
    desk.routed()
    closed = close_days(midnight(nights=3)).days
    told = page.ask("GET", ROOTS)
    assert [one["hash"] for one in told.body["roots"]] == [day.hash for day in closed]
    assert told.headers["cache-control"] == "public, max-age=300"
    one = page.ask("GET", f"{ROOTS}/2026-03-03")
    assert one.body == told.body["roots"][1]
    assert one.headers["cache-control"] == "public, max-age=86400"
    since = page.ask("GET", f"{ROOTS}?from=2026-03-03")
    assert [one["day"] for one in since.body["roots"]] == ["2026-03-03", "2026-03-04"]


def test_a_day_that_is_not_closed_has_no_root_and_that_is_kept_by_nobody(desk: Desk, page: Page) -> None:
    close_days(midnight())
    for day in ("2026-03-03", "2099-01-01", "1900-01-01", "0001-01-01", "9999-12-31"):
        answer = page.ask("GET", f"{ROOTS}/{day}")
        assert (answer.status, answer.headers["cache-control"]) == (404, "no-store")
        assert is_refusal(answer)


@pytest.mark.parametrize(
    "day", ["today", "20260302", "2026-3-2", "2026-02-30", "2026-W10-1", "%F0%9F%98%80", "2026-03-02T00:00", "-", "%00"]
)
def test_a_day_that_is_none_is_refused_in_words(page: Page, day: str) -> None:
    for path in (f"{ROOTS}/{day}", f"{ROOTS}?from={day}"):
        for language in ("zh", "en"):
            answer = page.ask("GET", path, language=language)
            assert answer.status == 400, path
            assert is_refusal(answer)


def asked(page: Page, receipt: Receipt, **changes: object) -> Answer:
    """What the page asks."""
    return page.post(VERIFICATION, {"receipt": receipt.number, "code": receipt.code, **changes})


def test_a_citizen_is_given_all_that_it_takes_to_check_her_record_herself(desk: Desk, page: Page) -> None:
    case = desk.replied()
    [receipt] = desk.receipts
    close_days(midnight())
    desk.later(days=1)
    desk.rated(receipt)
    told = asked(page, receipt).body
    [record] = told["records"]
    events = cases.record_of(case.case_id)
    assert told["holds"]
    assert told["events"] == len(events) == len(record["events"])
    published = {one["day"]: one for one in page.ask("GET", ROOTS).body["roots"]}
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


def test_of_another_s_words_in_the_same_matter_a_citizen_sees_nothing_but_hashes(desk: Desk, page: Page) -> None:
    case = desk.signed()
    first = desk.receipts[0]
    joined = desk.later(hours=1).routed()
    second = desk.receipts[1]
    assert joined.joined_to == case.case_id
    desk.answered(case=cases.load(case.case_id))
    desk.rated(first, words="这是第一位市民自己的话")
    told = asked(page, second)
    assert told.body["holds"]
    assert [len(record["events"]) for record in told.body["records"]] == [
        len(cases.record_of(joined.case_id)),
        len(cases.record_of(case.case_id)),
    ]
    plain = json.dumps(told.body, ensure_ascii=False)
    for secret in (first.number, "这是第一位市民自己的话", "孙立", "handler", "王秀英"):
        assert secret not in plain
    assert all(link["name"] is None for link in told.body["records"][1]["events"] if link["number"] <= 2)


def test_of_a_sealed_accusation_only_the_hashes_are_shown(desk: Desk, page: Page) -> None:
    receipt = desk.filed(
        kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), title="举报", text="收受礼金的事。"
    )
    close_days(midnight())
    told = asked(page, receipt).body
    [record] = told["records"]
    assert (told["holds"], record["sealed"]) == (True, True)
    for link in record["events"]:
        assert (link["name"], link["at"], link["line"]) == (None, None, None)
        assert link["proof"]


@pytest.mark.parametrize("number", [1, 2, 4])
def test_one_altered_byte_is_shown_where_it_is(desk: Desk, page: Page, number: int) -> None:
    case = desk.replied()
    close_days(midnight())
    altered(f"case#{case.case_id}", f"event#{number:06}", lambda body: body.replace('"at":"2026', '"at":"2025'))
    told = asked(page, desk.receipts[0]).body
    assert not told["holds"]
    assert [link["number"] for link in told["records"][0]["events"] if not link["holds"]] == [number]


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", '"', "\U0001f600", '{"hash":"zz"}'])
def test_a_record_that_cannot_even_be_read_is_shown_broken(desk: Desk, page: Page, body: str) -> None:
    case = desk.replied()
    for sk in ("event#000001", "event#000003"):
        altered(f"case#{case.case_id}", sk, lambda _: body or " ")
    told = asked(page, desk.receipts[0])
    assert told.status == 200
    broken = [link["number"] for link in told.body["records"][0]["events"] if not link["holds"]]
    assert (told.body["holds"], broken) == (False, [1, 3])
    assert all(link["name"] is None for link in told.body["records"][0]["events"])


def test_a_record_whose_end_was_cut_off_is_not_complete(desk: Desk, page: Page) -> None:
    case = desk.signed()
    key = {"pk": {"S": f"case#{case.case_id}"}, "sk": {"S": f"event#{case.version:06}"}}
    own("dynamodb").delete_item(TableName=config().table, Key=key)
    told = asked(page, desk.receipts[0]).body
    assert (told["holds"], told["records"][0]["complete"]) == (False, False)


def test_a_whole_record_written_anew_does_not_stand_in_the_published_root(desk: Desk, page: Page) -> None:
    from chalicelib.desk.committing import new_salt
    from chalicelib.domain.folding import record as written
    from chalicelib.storage.unit_of_work import Work, commit

    case = desk.routed()
    close_days(midnight(nights=3))
    events = cases.record_of(case.case_id)
    for event in everything():
        if event.startswith(f"case#{case.case_id} "):
            pk, sk = event.split(" ")
            own("dynamodb").delete_item(TableName=config().table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    backdated = [event.at - timedelta(minutes=5) for event in events]
    forged, again = written(None, case.case_id, [events[0].payload], events[0].by, backdated[0], new_salt)
    work = Work(desk.now)
    work.move(None, forged, again)
    commit(work)
    told = asked(page, desk.receipts[0]).body
    link = told["records"][0]["events"][0]
    assert told["records"][0]["complete"]  # in itself nothing is wrong with it
    assert (told["holds"], link["proof"], link["waits"]) == (False, None, False)


def test_wrong_codes_are_slowed_as_they_are_in_tracking(desk: Desk, page: Page) -> None:
    receipt = desk.filed()
    wrong = "A" * 8 if receipt.code != "A" * 8 else "B" * 8
    for number in range(FREE_TRIES):
        path = VERIFICATION if number % 2 else "/api/tracking"
        assert page.post(path, {"receipt": receipt.number, "code": wrong}).status == 404
    slowed = asked(page, receipt)
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
def test_whatever_else_is_sent_is_not_found(page: Page, body: dict[str, object]) -> None:
    answer = page.post(VERIFICATION, body)
    assert answer.status == 404
    assert is_refusal(answer)


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", b"null", b"[" * 5000])
def test_what_is_no_json_object_is_refused(page: Page, raw: bytes) -> None:
    answer = page.ask("POST", VERIFICATION, raw=raw)
    assert answer.status == 400
    assert is_refusal(answer)


def test_looking_changes_nothing(desk: Desk, page: Page) -> None:
    desk.replied()
    close_days(midnight())
    before = everything()
    assert asked(page, desk.receipts[0]).status == 200
    assert everything() == before
