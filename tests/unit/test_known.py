"""已有结果: a result is told again by no person only while it stands, to whoever was given it, and asks nothing new."""

from datetime import date

import pytest
from msgspec.structs import replace

from chalicelib.domain import known as rules
from chalicelib.domain.case import Case
from chalicelib.domain.people import Petitioner, Signer
from chalicelib.domain.submission import Attachment, Submission
from chalicelib.domain.words import Channel, Kind, Satisfaction, Solved, State
from tests.unit.matter import FIRST, MONDAY, SECOND, Matter, unhappy

ANSWERED = Matter().at(State.CONCLUDED).case
LETTER = Submission(
    receipt=FIRST,
    case_id=ANSWERED.case_id,
    channel=Channel.WEB,
    mailbox="hotline",
    kind=Kind.APPEAL,
    title="滨河路路灯不亮",
    text="滨河路从桥头到市场的路灯半个月不亮，晚上老人出门看不见路，上周有人在菜场门口摔伤，物业说不归他们管，请派人来修。",
    area="990102",
    place="滨河路",
    happened_on=None,
    anonymous=False,
    keep_name_from_unit=False,
    may_publish=False,
    attachments=(),
    language="zh",
    filed_at=MONDAY,
    register_by=MONDAY,
    form="f",
    content="c",
    salt="s",
)


def with_voice(case: Case, **changes: object) -> Case:
    """The case, its first voice changed."""
    return replace(case, voices=(replace(case.voices[0], **changes), *case.voices[1:]))


@pytest.mark.parametrize(
    ("case", "result", "stands", "itself"),
    [
        (ANSWERED, True, True, True),
        (Matter().at(State.REPLIED).case, True, True, True),
        (Matter().at(State.IN_HANDLING).case, False, False, False),
        (Matter().at(State.IN_REVIEW).case, True, False, False),
        (Matter().at(State.TERMINATED).case, True, True, False),
        (Matter().at(State.DECLINED).case, False, False, False),
        (replace(ANSWERED, sealed=True), False, False, False),
        (replace(ANSWERED, drill="exam-1"), False, False, False),
        (replace(ANSWERED, call_back_due=True), True, False, False),
        (with_voice(ANSWERED, satisfaction=Satisfaction.NOT), True, False, False),
        (with_voice(ANSWERED, solved=Solved.NO), True, False, False),
        (with_voice(ANSWERED, answered_at=None), True, True, False),
    ],
)
def test_a_result_is_told_by_no_person_only_while_nobody_found_fault_with_it(
    case: Case, result: bool, stands: bool, itself: bool
) -> None:
    assert rules.has_result(case) is result
    assert rules.stands(case) is stands
    assert rules.tells_itself(case, FIRST) is itself
    assert not rules.tells_itself(case, SECOND), "who never spoke in it was told nothing"


def test_who_is_unhappy_is_not_told_the_same_again() -> None:
    assert not rules.stands(Matter().at(State.REPLIED).happens(unhappy()).case)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"text": LETTER.text + "谢谢！"}, True),
        ({"area": "990103"}, False),
        ({"kind": Kind.ADVICE}, False),
        ({"place": "人民路"}, False),
        ({"happened_on": date(2026, 3, 1)}, False),
        ({"attachments": (Attachment("新照片.jpg", "image/jpeg", 9, "k"),)}, False),
        ({"text": LETTER.text + "另外幼儿园门口的井盖丢了，孩子差点掉下去。"}, False),
    ],
)
def test_the_same_again_has_no_other_kind_place_day_file_or_matter(changes: dict[str, object], same: bool) -> None:
    assert rules.says_the_same(replace(LETTER, **changes), LETTER) is same


@pytest.mark.parametrize(
    ("new", "old", "one"),
    [
        (Petitioner("王秀英", "138"), Petitioner("王秀英", email="a@b"), True),
        (Petitioner("王秀英", "138"), Petitioner("李建国", "138"), False),
        (Petitioner("王秀英", signers=(Signer("李建国"),)), Petitioner("王秀英"), False),
        (None, Petitioner("王秀英"), False),
        (Petitioner("王秀英"), None, False),
    ],
)
def test_a_telephone_may_be_a_family_s_and_one_writer_has_one_name(
    new: Petitioner | None, old: Petitioner | None, one: bool
) -> None:
    assert rules.is_one_writer(new, old) is one
