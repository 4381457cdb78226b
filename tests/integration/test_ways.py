"""By which ways a citizen is told: hers to choose among those she left, when she files and at any time later."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from msgspec.structs import replace

from chalicelib.desk import choosing_ways, copying, erasing, submitting, tracking
from chalicelib.domain.errors import Changed, DataErased, KeyUsed
from chalicelib.domain.submission import Submission
from chalicelib.domain.words import Kind
from chalicelib.storage import notices, submissions
from chalicelib.storage.notices import Sending
from chalicelib.storage.records import unpack
from chalicelib.storage.submissions import load_submission
from chalicelib.storage.table import DeskItem
from tests.integration.belongings import HERS, LONG_AGO, lived
from tests.integration.desk import Desk, form
from tests.integration.telling import BOTH, STEPS, steps, tell, whole_road
from tests.integration.watching import everything, in_plain
from tests.integration.wire import Page, is_refusal

TRACKING = "/api/tracking"
NOTHING = {"anonymous": True, "name": "", "phone": "", "email": ""}


def place(receipt: submitting.Receipt) -> str:
    return f"/api/submissions/{receipt.number}/ways"


@pytest.mark.parametrize(
    ("left", "chosen", "told"),
    [
        (BOTH, None, ["mail", "sms"]),
        (BOTH, ["sms", "mail"], ["mail", "sms"]),
        (BOTH, ["sms"], ["sms"]),
        (BOTH, ["mail"], ["mail"]),
        (BOTH, [], []),
        ({"phone": "13800138000"}, None, ["sms"]),
        ({"phone": "13800138000"}, [], []),
        ({"phone": "", "email": "wang@example.cn"}, ["mail"], ["mail"]),
        ({**NOTHING, "phone": "13800138000"}, ["sms"], ["sms"]),
        (NOTHING, [], []),
        ({**BOTH, "joint": True, "signers": "李建国 13900139000"}, ["mail"], ["mail"]),
    ],
)
def test_each_step_reaches_her_by_the_ways_she_chose_and_no_other(
    desk: Desk, left: dict[str, object], chosen: list[str] | None, told: list[str]
) -> None:
    changes = {**left, "ways": chosen} if chosen is not None else left
    case = whole_road(desk, desk.routed(**changes))
    assert steps(case) == [(step, way, Sending.SENT, 1) for step in STEPS for way in told]


@pytest.mark.parametrize(
    ("ways", "left"),
    [
        (["sms"], {"phone": "", "email": "wang@example.cn"}),
        (["mail"], {"phone": "13800138000"}),
        (["fax"], BOTH),
        ("sms", BOTH),
        ([1], BOTH),
        (["sms", "mail", "sms"], BOTH),
        ({"sms": True}, BOTH),
        (["sms"], NOTHING),
    ],
)
def test_a_way_that_is_none_or_that_she_did_not_leave_is_refused_by_name(
    page: Page, ways: object, left: dict[str, object]
) -> None:
    for language in ("zh", "en"):
        answer = page.post("/api/submissions", form(**left, ways=ways), language)
        assert is_refusal(answer)
        assert answer.fields == {"ways"}
    assert not any(key.startswith("receipt#") for key in everything())


def test_she_chooses_again_by_number_and_code_and_the_next_step_knows_it(page: Page, now: Desk) -> None:
    case = now.routed(**BOTH)
    receipt = now.receipts[0]
    assert tell(now) == []
    shown = page.post(TRACKING, {"receipt": receipt.number, "code": receipt.code}).body["ways"]
    assert shown == [
        {"way": "sms", "to": "138******00", "chosen": True},
        {"way": "mail", "to": "w***@example.cn", "chosen": True},
    ]
    for _ in range(2):
        answer = page.post(place(receipt), {"code": receipt.code, "ways": ["mail"]})
        assert answer.status == 201
        assert [(one["way"], one["chosen"]) for one in answer.body["ways"]] == [("sms", False), ("mail", True)]
    before = len(notices.of_case(case.case_id))
    now.answered(case)
    assert tell(now) == []
    assert [one.way for one in notices.of_case(case.case_id)][before:] == ["mail"]
    item = DeskItem.get(f"receipt#{receipt.number}", "submission")
    assert item.person, "who wrote is still recognised by what she writes next"
    for personal in BOTH.values():
        assert personal not in in_plain()


@pytest.mark.parametrize("ways", [None, "sms", ["fax"], [None], 7])
def test_a_choice_that_is_none_changes_nothing(page: Page, now: Desk, ways: object) -> None:
    receipt = now.filed(**BOTH, ways=["sms"])
    answer = page.post(place(receipt), {"code": receipt.code, "ways": ways})
    assert is_refusal(answer)
    assert answer.fields == {"ways"}
    assert load_submission(receipt.number).ways == ("sms",)


def test_nobody_chooses_for_her_without_her_code(page: Page, now: Desk) -> None:
    receipt = now.filed(**BOTH)
    for code in ("00000000", None, ["sms"]):
        answer = page.post(place(receipt), {"code": code, "ways": []})
        assert (answer.status, answer.body["error"]["code"]) == (404, "not_found")
    assert load_submission(receipt.number).ways is None


def test_the_same_form_with_another_choice_is_another_form(desk: Desk) -> None:
    asked = form(**BOTH, ways=["sms"])
    receipt = submitting.submit(asked, "zh", desk.now)
    assert submitting.submit(asked, "zh", desk.now).number == receipt.number
    with pytest.raises(KeyUsed):
        submitting.submit({**asked, "ways": ["mail"]}, "zh", desk.now)


def test_of_an_accusation_too_she_is_told_by_what_she_chose_and_the_copy_of_her_data_says_it(desk: Desk) -> None:
    receipt = desk.filed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), **BOTH, ways=["mail"])
    desk.route_all()
    assert tell(desk) == []
    assert {one.way for one in notices.of_case(desk.case_of(receipt).case_id)} == {"mail"}
    assert copying.copy_of(receipt.number, desk.now).status.folder.submission.ways == ("mail",)


@contextmanager
def after_the_reading(competing: Callable[[], object]) -> Iterator[None]:
    """Right after a submission was read to be rewritten, something else happens once."""
    honest, left = unpack, [competing]

    def read(text: str, kind: type[Submission]) -> Submission:
        found = honest(text, kind)
        if kind is Submission and left:
            left.pop()()
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(submissions, "unpack", read)
        yield


def test_a_choice_made_while_she_has_her_data_erased_brings_nothing_back(desk: Desk) -> None:
    _, receipt = lived(desk)
    desk.now += LONG_AGO

    def rewritten() -> None:
        submissions.rewrite(receipt.number, lambda known: replace(known, ways=()))

    with after_the_reading(lambda: erasing.erase(receipt.number, desk.now)), pytest.raises(Changed):
        rewritten()
    for word in HERS.values():
        assert word not in repr(load_submission(receipt.number))
    with pytest.raises(DataErased):
        tracking.choose_ways(receipt.number, {"ways": []}, desk.now)


def test_two_choices_at_once_end_in_one_of_them(desk: Desk) -> None:
    receipt = desk.filed(**BOTH)

    def mail_alone() -> None:
        choosing_ways.choose(receipt.number, {"ways": ["mail"]})

    with after_the_reading(mail_alone), pytest.raises(Changed):
        choosing_ways.choose(receipt.number, {"ways": ["sms"]})
    assert load_submission(receipt.number).ways == ("mail",)
    with after_the_reading(mail_alone):
        tracking.choose_ways(receipt.number, {"ways": ["sms"]}, desk.now)
    assert load_submission(receipt.number).ways == ("sms",), "she is not to hear that somebody was faster"
