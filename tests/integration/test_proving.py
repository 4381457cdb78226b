"""The work that a public form costs: each solution once, for its own form; a retry never refused; nothing lost."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import cities, proving, submitting
from chalicelib.desk.gates import of_letter
from chalicelib.domain.gates import Purpose
from infra.solving import CHALLENGES, Unsolved, solved, with_proof
from tests.integration.desk import Desk, form
from tests.integration.receiving import booking_form, planned
from tests.integration.watching import everything, watched
from tests.integration.wire import Page, is_refusal

SUBMISSIONS = "/api/submissions"


def proof_for(page: Page, key: object, purpose: str = "submission") -> str:
    """What a page comes to."""
    return solved(page.post(CHALLENGES, {"purpose": purpose, "key": key}).body)


def bare(page: Page, body: dict[str, object], path: str = SUBMISSIONS) -> tuple[int, str]:
    """What becomes of a form just as it is."""
    answer = page.ask("POST", path, body)
    assert answer.status < 400 or is_refusal(answer)
    return answer.status, answer.body.get("error", {}).get("code", "")


def test_a_form_without_the_work_is_refused_in_words_that_say_what_to_do(page: Page) -> None:
    for proof in ({}, {"proof": ""}, {"proof": None}, {"proof": 5}, {"proof": ["a"]}):
        assert bare(page, {**form(), **proof}) == (403, "proof_missing")
    assert "电话" in page.ask("POST", SUBMISSIONS, form()).body["error"]["message"]


def test_one_solution_files_one_letter_and_the_same_form_again_gets_the_same_receipt(page: Page) -> None:
    body = form()
    body["proof"] = proof_for(page, body["key"])
    assert bare(page, body) == (201, "")
    assert bare(page, body) == (200, ""), "its own retry is not refused"
    assert bare(page, form(proof=body["proof"])) == (403, "proof_stale"), "no other form can use it"
    assert bare(page, {**body, "title": "别的"}) == (409, "key_used"), "nor other words under its key"


def test_a_retry_long_after_gets_its_receipt_though_the_work_is_out_of_date(desk: Desk) -> None:
    raw = form()
    raw["proof"] = solved_at(raw["key"], Purpose.SUBMISSION, datetime.now(UTC))
    first = submitting.submit(raw, "zh", datetime.now(UTC), of_letter(raw, "", datetime.now(UTC)))
    late = datetime.now(UTC) + timedelta(hours=5)
    again = submitting.submit(raw, "zh", late, of_letter(raw, "", late))
    assert (again.number, again.repeated) == (first.number, True)
    other = form()
    other["proof"] = solved_at(other["key"], Purpose.SUBMISSION, datetime.now(UTC))
    with pytest.raises(proving.ProofStale):
        submitting.submit(other, "zh", late, of_letter(other, "", late))


def solved_at(key: object, purpose: Purpose, at: datetime) -> str:
    """A solution made at a moment."""
    made = proving.challenge({"purpose": purpose, "key": key}, "127.0.0.1", at)
    assert made is not None
    return solved({"work": {"parameters": made.parameters, "signature": made.signature}})


def test_work_for_one_kind_of_form_is_none_for_another(page: Page, now: Desk) -> None:
    body = form()
    for purpose in ("booking", "talk"):
        assert bare(page, {**body, "proof": proof_for(page, body["key"], purpose)}) == (403, "proof_stale")
    place = f"/api/receptions/{planned(now).id}/bookings"
    asked = booking_form()
    assert bare(page, asked, place) == (403, "proof_missing")
    assert bare(page, {**asked, "proof": proof_for(page, asked["key"])}, place) == (403, "proof_stale")
    assert bare(page, {**asked, "proof": proof_for(page, asked["key"], "booking")}, place) == (201, "")


def test_a_talk_is_not_begun_without_it(page: Page, now: Desk) -> None:
    assert bare(page, {"key": "k" * 20}, "/api/chat/talks") == (403, "proof_missing")


def altered(proof: str) -> Iterator[str]:
    """What others make of a solution."""
    read = json.loads(base64.b64decode(proof))
    parameters, solution = read["challenge"]["parameters"], read["solution"]
    far = int(datetime.now(UTC).timestamp()) + 10**6
    changes: list[tuple[dict[str, object], str, object]] = [
        (parameters, "expiresAt", far),
        (parameters, "expiresAt", 0),
        (parameters, "expiresAt", None),
        (parameters, "expiresAt", 10**400),
        (parameters, "expiresAt", "soon"),
        (parameters, "cost", 1),
        (parameters, "keyPrefix", ""),
        (parameters, "data", {}),
        (parameters, "data", {"for": ["x"] * 3}),
        (parameters, "nonce", "zz"),
        (solution, "derivedKey", "00"),
        (solution, "derivedKey", 5),
        (read["challenge"], "signature", "0" * 64),
        (read["challenge"], "signature", None),
    ]
    for place, name, value in changes:
        before = place[name]
        place[name] = value
        yield base64.b64encode(json.dumps(read).encode()).decode()
        place[name] = before
    yield from ("x", "é" * 20, "e30=", "W10=", "NQ==", "bnVsbA==", base64.b64encode(b'{"challenge":5}').decode())
    yield base64.b64encode(b"[" * 900).decode()
    yield "A" * 3_000


def test_whatever_is_altered_in_it_is_refused_and_nothing_is_filed(page: Page) -> None:
    body = form()
    proof = proof_for(page, body["key"])
    before = everything()
    for other in altered(proof):
        assert bare(page, {**body, "proof": other}) == (403, "proof_stale"), other[:80]
    assert everything() == before
    assert bare(page, {**body, "proof": proof}) == (201, "")


def test_what_is_wrong_with_a_form_is_said_before_its_work_is_asked_for(page: Page) -> None:
    assert page.ask("POST", SUBMISSIONS, form(title="")).fields == {"title"}
    assert page.ask("POST", CHALLENGES, {"purpose": "x", "key": "short"}).fields == {"purpose", "key"}


def test_getting_and_checking_it_asks_nothing_of_aws_where_everybody_is_at_one_address(page: Page) -> None:
    page.post(SUBMISSIONS, form())
    body = form()
    with watched() as calls:
        proof = proof_for(page, body["key"])
    assert calls == []
    with watched() as calls:
        assert bare(page, {**body, "proof": proof}) == (201, "")
    assert calls == ["TransactWriteItems", "SendMessageBatch"]


def test_an_office_may_ask_for_none(page: Page, desk: Desk) -> None:
    cities.use(replace(desk.city, gates=replace(desk.city.gates, work=0)))
    assert page.post(CHALLENGES, {"purpose": "submission", "key": "k" * 20}).body == {"work": None}
    assert bare(page, form()) == (201, "")


def test_a_program_solves_it_by_one_function_and_says_so_when_it_gets_none(page: Page) -> None:
    body = with_proof("submission", form(), lambda asked: page.ask("POST", CHALLENGES, asked).body)
    assert bare(page, body) == (201, "")
    with pytest.raises(Unsolved):
        solved({"error": {"code": "invalid"}})
