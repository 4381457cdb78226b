"""A petition over the wire after it was filed: followed, rated, withdrawn, and shown to nobody else."""

import json
from datetime import UTC, datetime, timedelta

import pytest

import chalicelib.entrypoints.intake as intake
from chalicelib.domain.words import Kind
from chalicelib.storage.throttle import FREE_TRIES
from tests.integration.desk import Desk, form
from tests.integration.watching import everything, lost, sent
from tests.integration.wire import Page, is_refusal

SUBMISSIONS, TRACKING, UPLOADS = "/api/submissions", "/api/tracking", "/api/uploads"


POSTS = [
    SUBMISSIONS,
    TRACKING,
    UPLOADS,
    f"{SUBMISSIONS}/000000000000/supplements",
    f"{SUBMISSIONS}/000000000000/rating",
    f"{SUBMISSIONS}/000000000000/withdrawal",
]


def test_a_wrong_pair_is_not_found_with_one_same_answer_everywhere(page: Page, now: Desk) -> None:
    receipt = now.filed()
    pairs: list[tuple[object, object]] = [
        (receipt.number, "00000000"),
        ("000000000000", receipt.code),
        ("x", receipt.code),
        (receipt.number, None),
        (None, None),
    ]
    told = [page.post(TRACKING, {"receipt": number, "code": code}) for number, code in pairs]
    assert {answer.status for answer in told} == {404}
    assert len({json.dumps(answer.body) for answer in told}) == 1


@pytest.mark.parametrize("action", ["supplements", "rating", "withdrawal", "consent-withdrawal"])
@pytest.mark.parametrize("receipt", ["000000000000", "x", "%00", "%F0%A0%AE%B7", "..%2F..", "1" * 500, "{receipt}"])
def test_nobody_acts_on_a_submission_without_its_code(page: Page, action: str, receipt: str) -> None:
    for code in ("00000000", "", None, 5, ["K"], {"a": 1}, "\ud800" * 8, "A" * 10_000):
        answer = page.post(f"{SUBMISSIONS}/{receipt}/{action}", {"code": code, "words": "x"})
        assert answer.status in (404, 429)
        assert is_refusal(answer)


def test_guessing_is_slowed_with_the_time_to_wait(page: Page, now: Desk) -> None:
    receipt = now.filed()
    for _ in range(FREE_TRIES):
        assert page.post(TRACKING, {"receipt": receipt.number, "code": "00000000"}).status == 404
    for language in ("zh", "en"):
        slowed = page.post(TRACKING, {"receipt": receipt.number, "code": receipt.code}, language)
        assert slowed.status == 429
        assert is_refusal(slowed)
        assert slowed.body["error"]["code"] == "slow_down"
        assert int(slowed.headers["retry-after"]) > 0


def test_a_petition_over_the_wire_from_filing_to_the_rating(page: Page, now: Desk) -> None:
    filed = page.post(SUBMISSIONS, form()).body
    mine = {"receipt": filed["receipt"], "code": filed["code"]}
    assert page.post(TRACKING, mine).body["state"] == "received"
    now.later(seconds=1).route_all()
    seen = page.post(TRACKING, mine).body
    assert seen["state"] == "dispatched"
    assert seen["unit_name"]
    assert seen["deadline"]
    assert seen["deadline_name"]
    assert seen["reply_by_name"] == "答复期限"
    assert seen["reply_by"] >= seen["deadline"]
    assert seen["light"] == "green"
    assert seen["may"] == ["supplement", "withdraw", "withdraw_consent"]
    assert [step["kind"] for step in seen["steps"]] == ["Filed", "Registered", "Accepted", "Dispatched"]
    assert all(step["name"] and step["at"].endswith("Z") for step in seen["steps"])

    path = f"{SUBMISSIONS}/{filed['receipt']}"
    added = page.post(f"{path}/supplements", {"code": filed["code"], "key": "k" * 32, "text": "补充。", "uploads": []})
    assert added.status == 201
    assert [one["text"] for one in added.body["supplements"]] == ["补充。"]

    too_early = page.post(
        f"{path}/rating", {"code": filed["code"], "solved": "yes", "attitude": "good", "satisfaction": "satisfied"}
    )
    assert too_early.status == 409
    assert too_early.body["error"]["code"] == "wrong_state"
    assert is_refusal(too_early)

    receipt = type("R", (), {"number": filed["receipt"]})
    now.now = datetime.now(UTC)
    now.answered(now.case_of(receipt))  # type: ignore[arg-type]
    answered = page.post(TRACKING, mine).body
    assert answered["state"] == "replied"
    assert answered["replies"][0]["text"]
    assert answered["light"] is None
    assert answered["may"] == ["supplement", "rate", "withdraw_consent", "ask_review"]
    assert answered["rate_until"]

    for field in ("solved", "attitude", "satisfaction"):
        rating = {
            "code": filed["code"],
            "solved": "yes",
            "attitude": "good",
            "satisfaction": "satisfied",
            field: "maybe",
        }
        assert page.post(f"{path}/rating", rating).fields == {field}
    rating = {"code": filed["code"], "solved": "yes", "attitude": "good", "satisfaction": "satisfied", "words": "谢谢"}
    rated = page.post(f"{path}/rating", rating)
    assert rated.status == 201
    assert rated.body["rating"]["words"] == "谢谢"
    assert rated.body["state"] == "concluded"
    twice = page.post(f"{path}/rating", rating)
    assert twice.status == 403
    assert is_refusal(twice)
    gone = page.post(f"{path}/withdrawal", {"code": filed["code"], "reason": ""})
    assert gone.status == 409
    assert is_refusal(gone)


def test_a_citizen_withdraws_and_sees_it(page: Page) -> None:
    filed = page.post(SUBMISSIONS, form()).body
    gone = page.post(f"{SUBMISSIONS}/{filed['receipt']}/withdrawal", {"code": filed["code"], "reason": "已经好了。"})
    assert gone.status == 201
    assert gone.body["state"] == "withdrawn"
    assert gone.body["may"] == []


@pytest.mark.parametrize("reason", [5, "长" * 1_001, "\x00", "\ud800", ["x"]])
def test_a_reason_that_cannot_be_kept_is_refused(page: Page, reason: object) -> None:
    filed = page.post(SUBMISSIONS, form()).body
    gone = page.post(f"{SUBMISSIONS}/{filed['receipt']}/withdrawal", {"code": filed["code"], "reason": reason})
    assert gone.status == 400
    assert gone.fields == {"reason"}


def test_a_joined_citizen_is_shown_nothing_of_the_other(page: Page, now: Desk) -> None:
    first = page.post(SUBMISSIONS, form(name="张桂兰", phone="13811112222")).body
    now.later(seconds=1).route_all()
    second = page.post(SUBMISSIONS, form(name="李建国", phone="13833334444")).body
    now.later(seconds=1).route_all()
    page.post(
        f"{SUBMISSIONS}/{first['receipt']}/supplements",
        {"code": first["code"], "key": "k" * 32, "text": "我家住三栋二单元。", "uploads": []},
    )
    seen = page.post(TRACKING, {"receipt": second["receipt"], "code": second["code"]})
    told = json.dumps(seen.body, ensure_ascii=False)
    assert seen.body["joined"]
    assert seen.body["state"] == "dispatched"
    for secret in (first["receipt"], first["code"], "张桂兰", "13811112222", "三栋二单元"):
        assert secret not in told


def test_an_accusation_is_told_of_only_in_neutral_words_in_queues_and_logs(
    page: Page, now: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    now.tell_an_agency()
    box = now.mailbox_for(Kind.ACCUSATION)
    body = form(
        kind="accusation",
        mailbox=box,
        title="举报赵局长",
        text="他在饭店收了三个信封。",
        name="周明",
        phone="13700001111",
    )
    filed = page.post(SUBMISSIONS, body)
    assert filed.status == 201
    now.later(seconds=1).route_all()
    from chalicelib.domain.messages import Topic

    waiting = repr([sent(topic) for topic in Topic])
    for secret in ("赵局长", "三个信封", "周明", "13700001111"):
        assert secret not in waiting
        assert secret not in caplog.text
    seen = page.post(TRACKING, {"receipt": filed.body["receipt"], "code": filed.body["code"]})
    assert seen.body["title"] == "举报赵局长"


def test_the_number_stands_in_no_address_that_is_logged_with_the_code(page: Page) -> None:
    routes = set(page_routes())
    assert all("{code}" not in path for path in routes)


def page_routes() -> list[str]:
    """The addresses of the application."""
    from app import app

    return list(app.routes)


@pytest.mark.parametrize("path", POSTS)
def test_a_form_is_posted_and_not_asked_for(page: Page, path: str) -> None:
    answer = page.client.http.request("GET", path)
    assert answer.status_code in (403, 404, 405)


def test_the_light_is_the_lights_of_now_though_the_sweep_has_not_come_yet(
    page: Page, now: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = page.post(SUBMISSIONS, form()).body
    now.later(seconds=1).route_all()
    later = now.now + timedelta(days=30)

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return later

    monkeypatch.setattr(intake, "datetime", Later)
    before = everything()
    assert page.post(TRACKING, {"receipt": filed["receipt"], "code": filed["code"]}).body["light"] == "red"
    assert everything() == before, "looking writes nothing"


def test_when_the_table_cannot_be_reached_nothing_is_half_written(page: Page) -> None:
    page.post(SUBMISSIONS, form())
    before = everything()
    sent = json.dumps(page.proven(SUBMISSIONS, form())).encode()
    with lost("TransactWriteItems"):
        answer = page.client.http.request("POST", SUBMISSIONS, headers={"Content-Type": "application/json"}, body=sent)
    assert answer.status_code >= 500, "a defect that is not ours is said as one"
    assert everything() == before
