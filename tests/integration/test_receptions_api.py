"""The citizens' API of receptions: every address, with what honest people send and with what others do."""

from datetime import UTC, datetime, timedelta

import pytest

import chalicelib.entrypoints.receptions as api
from chalicelib.desk import receiving, vault
from chalicelib.storage import receptions
from chalicelib.storage.throttle import FREE_TRIES
from tests.integration.desk import Desk
from tests.integration.receiving import MATTER, booking_form, joint, planned
from tests.integration.watching import everything
from tests.integration.wire import Answer, Page, is_refusal

DAYS, BOOKINGS = "/api/receptions", "/api/bookings"


@pytest.fixture
def now(desk: Desk) -> Desk:
    """The desk at the moment the API itself goes by."""
    desk.now = datetime.now(UTC).replace(second=0, microsecond=0)
    return desk


def book(page: Page, reception: str, language: str = "zh", **changes: object) -> Answer:
    """A citizen books."""
    return page.post(f"{DAYS}/{reception}/bookings", booking_form(**changes), language)


def test_the_coming_days_are_listed_in_order_with_their_free_places(page: Page, now: Desk) -> None:
    later, sooner = planned(now, days=5), joint(now, days=2)
    book(page, later.id)
    told = page.ask("GET", DAYS)
    assert told.headers["cache-control"] == "no-store"
    assert [one["id"] for one in told.body["receptions"]] == [sooner.id, later.id]
    first, second = told.body["receptions"]
    assert (first["kind_name"], len(first["units"]), first["free"]) == ("联合接访", 2, 3)
    assert (second["host"], second["free"], second["places"], second["open"]) == ("高远（市委书记）", 2, 3, True)
    english = page.ask("GET", DAYS, language="en").body["receptions"][0]
    assert english["kind_name"] == "Joint reception"
    assert all(name.isascii() for name in english["units"])


def test_nothing_planned_is_an_empty_list(page: Page) -> None:
    assert page.ask("GET", DAYS).body == {"receptions": []}


def test_the_public_list_tells_nothing_of_who_booked(page: Page, now: Desk) -> None:
    reception = planned(now)
    made = book(page, reception.id, name="欧阳春华", phone="19900001234", about="家里进水")
    told = str(page.ask("GET", DAYS).body)
    for secret in ("欧", "1990000", "进水", made.body["number"], made.body["code"], "clerk"):
        assert secret not in told


def test_a_booking_is_answered_with_number_code_and_time_and_the_same_again(page: Page, now: Desk) -> None:
    reception, form = planned(now), booking_form(people=2)
    first = page.post(f"{DAYS}/{reception.id}/bookings", form)
    again = page.post(f"{DAYS}/{reception.id}/bookings", form)
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert len(first.body["number"]) == 12
    assert len(first.body["code"]) == 8
    assert (first.body["people"], first.body["name"], first.body["may"]) == (2, "欧某某", ["cancel"])
    assert first.body["comes_at"] == f"{reception.plan.starts_at:%Y-%m-%dT%H:%M:%SZ}"


def test_a_full_day_is_refused_in_words_of_either_language(page: Page, now: Desk) -> None:
    reception = planned(now, places="1")
    assert book(page, reception.id).status == 201
    full, english = book(page, reception.id), book(page, reception.id, "en")
    assert (full.status, full.body["error"]["code"]) == (409, "reception_full")
    assert "约满" in full.body["error"]["message"]
    assert "taken" in english.body["error"]["message"]
    [shown] = page.ask("GET", DAYS).body["receptions"]
    assert (shown["free"], shown["open"]) == (0, False)


def test_a_booking_is_looked_up_and_cancelled_by_number_and_code(page: Page, now: Desk) -> None:
    reception = planned(now, places="1")
    made = book(page, reception.id).body
    pair = {"number": made["number_spoken"], "code": made["code_spoken"].lower()}
    told = page.post(BOOKINGS, pair)
    assert told.status == 200
    assert told.body == {name: value for name, value in made.items() if not name.startswith("code")}
    cancelled = page.post(f"{BOOKINGS}/{made['number']}/cancellation", {"code": made["code"]})
    assert (cancelled.status, cancelled.body["state"], cancelled.body["may"]) == (201, "cancelled", [])
    assert page.post(f"{BOOKINGS}/{made['number']}/cancellation", {"code": made["code"]}).body == cancelled.body
    assert book(page, reception.id).status == 201


def test_a_wrong_pair_gets_one_answer_and_is_slowed(page: Page, now: Desk) -> None:
    made = book(page, planned(now).id).body
    wrong = [
        page.post(BOOKINGS, {"number": made["number"], "code": "AAAAAAAA"}),
        page.post(BOOKINGS, {"number": "482710935528", "code": made["code"]}),
        page.post(f"{BOOKINGS}/{made['number']}/cancellation", {"code": "AAAAAAAA"}),
        page.post(f"{BOOKINGS}/%F0%9F%98%80/cancellation", {"code": "AAAAAAAA"}),
    ]
    assert {answer.status for answer in wrong} == {404}
    assert len({str(answer.body) for answer in wrong}) == 1
    for _ in range(FREE_TRIES):
        page.post(BOOKINGS, {"number": made["number"], "code": "AAAAAAAA"})
    slowed = page.post(BOOKINGS, {"number": made["number"], "code": made["code"]})
    assert slowed.status == 429
    assert int(slowed.headers["retry-after"]) > 0


def test_a_reception_that_has_begun_is_not_booked_and_its_bookings_not_cancelled(
    page: Page,
    now: Desk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reception = planned(now, days=1)
    made = book(page, reception.id).body

    class Tomorrow(datetime):
        """A clock a day ahead."""

        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(days=1)

    monkeypatch.setattr(api, "datetime", Tomorrow)
    assert book(page, reception.id).body["error"]["code"] == "reception_begun"
    late = page.post(f"{BOOKINGS}/{made['number']}/cancellation", {"code": made["code"]})
    assert (late.status, late.body["error"]["code"]) == (409, "reception_begun")
    receiving.hear(reception.id, made["number"], MATTER, now.clerk, now.now + timedelta(days=1))
    told = page.post(BOOKINGS, {"number": made["number"], "code": made["code"]}).body
    assert (told["state"], told["state_name"], told["may"]) == ("heard", "已接谈", [])
    settled = page.post(f"{BOOKINGS}/{made['number']}/cancellation", {"code": made["code"]})
    assert settled.body["error"]["code"] == "booking_settled"


HOSTILE: list[object] = [
    None,
    [],
    "x",
    7,
    {},
    {"key": "0123456789abcdef"},
    {"number": ["482710935528"], "code": {"a": 1}},
    {"number": "4" * 100_000, "code": "A"},
    {"number": "\ud800", "code": "\ud800"},
    booking_form(name="\x00"),
    booking_form(phone="<script>"),
    booking_form(people="many"),
    booking_form(people=10**30),
    booking_form(about=["x"]),
    booking_form(key="' OR 1=1 --"),
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_what_no_page_of_ours_sends_is_refused_in_words_and_books_nothing(
    page: Page,
    now: Desk,
    body: object,
) -> None:
    reception = planned(now)
    for path in (f"{DAYS}/{reception.id}/bookings", BOOKINGS, f"{BOOKINGS}/482710935528/cancellation"):
        assert is_refusal(page.post(path, body)), path
        assert is_refusal(page.ask("POST", path, raw=b"\xff\xfe{")), path
    assert not receptions.load(reception.id).bookings


@pytest.mark.parametrize("reception", ["none", "x" * 2000, "%00", "%F0%A0%AE%B7", "reception%23x"])
def test_a_reception_that_does_not_exist_is_not_found_and_nothing_is_written(
    page: Page,
    now: Desk,
    reception: str,
) -> None:
    vault.vault()  # the desk's key is made at its first use
    before = everything()
    answer = book(page, reception)
    assert (answer.status, is_refusal(answer)) == (404, True)
    assert everything() == before


def test_markup_in_what_it_is_about_is_kept_as_it_was_written(page: Page, now: Desk) -> None:
    words = "<img src=x onerror=alert(1)> 㐂𠮷😀"
    assert book(page, planned(now).id, about=words).body["about"] == words


def test_a_surname_of_one_rare_character_is_masked_and_a_telephone_is_never_answered(
    page: Page,
    now: Desk,
) -> None:
    made = book(page, planned(now).id, name="𠮷", phone="+86 199-0000-1234")
    assert made.body["name"] == "𠮷某"
    assert "19900001234" not in str(made.body)
