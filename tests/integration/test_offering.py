"""Before she sends it, a citizen is shown what is public of the same matter, and may join it; nothing else is told."""

import json

import pytest

from chalicelib.desk import after_reply, kinship, offering, publishing
from chalicelib.domain.case import Case
from chalicelib.domain.errors import SlowDown
from chalicelib.domain.events import Registered
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.words import Kind, Outcome, ReworkGround, State
from chalicelib.entrypoints.views import decision_id
from chalicelib.storage import cases, published
from chalicelib.storage.submissions import load_submission
from tests.integration.advising import decided, publish
from tests.integration.desk import Desk, form
from tests.integration.visitor import Visitor
from tests.integration.watching import everything, in_plain, watched
from tests.integration.wire import Page, is_refusal

ADVICE = {
    "title": "建议错开洗笔路小学的放学时间",
    "text": "洗笔路小学放学的时候校门口堵得水泄不通，接孩子的车排到路口，建议低年级和高年级错开放学。",
    "area": "990102",
}
SAID = ("洗笔路小学分批放学", "有市民建议低年级、高年级错开放学时间，缓解校门口拥堵。已采纳：学校实行三批错时放学。")
HERS = {
    "title": "洗笔路小学放学太堵了",
    "text": "每天放学校门口都堵，能不能让低年级和高年级错开时间？我家孩子差点被车碰到。",
    "kind": "advice",
    "area": "990102",
}
REPLY = "您好，建议采纳。"
ASK = "/api/alike"
FROM = "203.0.113.9"


def public(desk: Desk, **changes: object) -> Case:
    """A matter that everybody may read of."""
    return publish(desk, decided(desk, Outcome.ADOPTED, REPLY, **{**ADVICE, **changes}), *SAID)


def place_of(case: Case) -> str:
    """Its id in the public list."""
    assert case.published is not None
    return decision_id(day_in_shanghai(case.published.at), case.case_id)


def asked(page: Page, **changes: object) -> list[dict[str, object]]:
    """What she is shown."""
    answer = page.post(ASK, {**HERS, "mailbox": "petitions", **changes})
    assert answer.status == 200, answer.body
    found: list[dict[str, object]] = answer.body["alike"]
    return found


def reasons(case: Case) -> list[str]:
    """Why the desk did with a case what it did."""
    registered = [one.payload for one in cases.record_of(case.case_id) if isinstance(one.payload, Registered)]
    return [reason.code for one in registered for reason in one.reasons]


def test_she_is_shown_enough_to_judge_and_only_what_is_public(page: Page, now: Desk) -> None:
    case = public(now, name="顾望舒", phone="13800007777")
    [one] = asked(page)
    assert (one["title"], one["answer"]) == SAID
    assert (one["outcome_name"], one["people"], one["area_name"]) == ("建议采纳", 1, "荻洲区")
    assert str(one["id"]).endswith(case.case_id)
    assert one["state"] == "replied"
    for hidden in ("顾望舒", "13800007777", ADVICE["text"]):
        assert hidden not in json.dumps(one, ensure_ascii=False)


def test_what_is_not_public_is_never_shown_however_alike(page: Page, now: Desk) -> None:
    case = decided(now, Outcome.ADOPTED, REPLY, **ADVICE)
    assert asked(page, title=ADVICE["title"], text=ADVICE["text"]) == []
    publish(now, case, *SAID)
    assert asked(page)
    case = cases.load(case.case_id)
    publishing.take_down_decision(case.case_id, case.version, now.clerk, now.now, "有误")
    assert asked(page) == []
    assert not [key for key in everything() if key.startswith("published#")]


def test_a_list_that_lags_behind_shows_nothing_that_was_taken_down(page: Page, now: Desk) -> None:
    case = public(now)
    [matter] = published.latest(case.category, 5)
    publishing.take_down_decision(case.case_id, cases.load(case.case_id).version, now.clerk, now.now, "有误")
    put, _ = published.changes(None, case, [matter])
    put[0].save()  # as if its subject had changed meanwhile
    assert asked(page) == []


def test_of_an_accusation_nothing_is_asked(page: Page, now: Desk) -> None:
    public(now)
    with watched() as calls:
        assert asked(page, kind="accusation") == []
    assert "Query" not in calls


def test_another_matter_and_another_area_are_not_shown(page: Page, now: Desk) -> None:
    public(now)
    assert asked(page, title="楼下烧烤店油烟扰民", text="每天营业到凌晨三点，孩子无法入睡。") == []
    assert asked(page, area="990103") == []


def test_no_more_than_three_are_shown(page: Page, now: Desk) -> None:
    for _ in range(5):
        public(now.later(hours=-1))
    assert len(asked(page)) == 3


def test_what_she_wrote_is_kept_nowhere(page: Page, now: Desk, caplog: pytest.LogCaptureFixture) -> None:
    public(now)
    asked(page)
    assert "差点被车碰到" not in in_plain() + caplog.text


def test_asking_costs_six_reads_however_much_is_stored(desk: Desk) -> None:
    for _ in range(4):
        public(desk)
    for number in (1, 30):
        for _ in range(number):
            desk.filed(**ADVICE)
        with watched() as calls:
            assert offering.alike_public({**HERS, "mailbox": "petitions"}, FROM, desk.now)
        assert len([one for one in calls if one in ("BatchGetItem", "Query", "GetItem")]) <= 6
        assert "Scan" not in calls


def test_who_asks_all_the_time_is_asked_to_wait(desk: Desk) -> None:
    for _ in range(offering.ASKED_AN_HOUR):
        offering.alike_public({**HERS, "kind": "accusation"}, FROM, desk.now)
    with pytest.raises(SlowDown):
        offering.alike_public(HERS, FROM, desk.now)
    assert offering.alike_public(HERS, "203.0.113.10", desk.now) == []


@pytest.mark.parametrize(
    "body",
    [
        {}, {"title": "", "text": ""}, {"title": 1, "text": []}, {"title": "a" * 101, "text": "b"},
        {"title": "a", "text": "b" * 5001}, {"title": "a\x00", "text": "b"}, {"title": "a", "text": "b\x07"},
        {**HERS, "kind": "wish"}, {**HERS, "area": {}}, {**HERS, "mailbox": "x" * 65},
        {"title": "\ud800", "text": "b"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_cannot_be_read_is_refused_in_words(page: Page, table: str, body: object, language: str) -> None:
    answer = page.post(ASK, body, language)
    assert (answer.status, is_refusal(answer)) == (400, True)


@pytest.mark.parametrize(
    ("raw", "status"),
    [(b"", 400), (b"{", 400), (b"[]", 400), (b"\xff\xfe", 400), (b"[" * 100_000, 400), (b"a" * 300_000, 413)],
    ids=["empty", "cut", "list", "no text", "deep", "huge"],
)  # fmt: skip
def test_what_is_no_form_is_refused(page: Page, table: str, raw: bytes, status: int) -> None:
    answer = page.ask("POST", ASK, raw=raw)
    assert (answer.status, is_refusal(answer)) == (status, True)


def test_hostile_words_find_nothing_and_break_nothing(page: Page, now: Desk) -> None:
    public(now)
    for text in ("<script>", "{{7*7}}", "\u202e反", "𝕏" * 500, "，。！" * 50, "' OR 1=1", "(" * 900):
        asked(page, title=text[:90], text=text)
    assert asked(page, area="nowhere", mailbox="nobody") == []


def test_her_letter_is_her_own_and_the_clerk_has_the_known_result_before_her(now: Desk) -> None:
    case = public(now)
    hers = now.later(days=1).routed(**{**HERS, "alike": place_of(case)})
    assert hers.case_id != case.case_id
    assert hers.state is State.REGISTERED
    assert {"reason.known_result", "basis.wished"} <= set(reasons(hers))
    page = Visitor(now.clerk).sign_in().get(f"/console/cases/{hers.case_id}").page
    assert "来信人看了公开的事项" in page
    assert "告知已有结果" in page
    assert case.case_id in page


def test_an_open_matter_takes_her_in(desk: Desk) -> None:
    case = public(desk)
    case = cases.load(case.case_id)
    after_reply.rework(case.case_id, case.version, desk.clerk, desk.now, ReworkGround.NOT_DONE, "座椅还没有装。")
    hers = desk.later(days=1).routed(**{**HERS, "alike": place_of(case)})
    assert hers.joined_to == case.case_id
    assert desk.receipts[-1].number in cases.load(case.case_id).receipts


@pytest.mark.parametrize("make", ["hidden", "absent", "sealed", "another day"])
def test_a_wish_for_what_is_not_public_is_passed_over(desk: Desk, make: str) -> None:
    number = "999999999999"
    if make == "hidden":
        number = decided(desk, Outcome.ADOPTED, REPLY, **ADVICE).case_id
    elif make == "sealed":
        number = desk.routed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), **ADVICE).case_id
    elif make == "another day":
        number = public(desk).case_id
    hers = desk.later(days=1).routed(**{**HERS, "alike": f"2026-01-01-{number}"})
    assert hers.joined_to is None
    assert "basis.wished" not in reasons(hers)
    assert kinship.wished(load_submission(desk.receipts[-1].number)) is None


@pytest.mark.parametrize("wish", ["x", "2026-01-01", "2026-01-01-1", "2026-01-01-00000000000a", 7, ["a"], "9" * 60])
def test_a_wish_that_names_nothing_is_refused_at_its_field(page: Page, table: str, wish: object) -> None:
    answer = page.post("/api/submissions", form(alike=wish))
    assert (answer.status, answer.fields) == (400, {"alike"})


def test_an_accusation_joins_nothing(desk: Desk) -> None:
    case = public(desk)
    box = desk.mailbox_for(Kind.ACCUSATION)
    desk.routed(**{**HERS, "kind": "accusation", "mailbox": box, "alike": f"2026-01-01-{case.case_id}"})
    assert load_submission(desk.receipts[-1].number).alike == ""
