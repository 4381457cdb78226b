"""Dialogues by SMS: what is asked when, what is understood, and that none files twice or goes round for ever."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.city import default_city
from chalicelib.desk.answering import HIDDEN, words_of
from chalicelib.domain import sms_dialogue as dialogue
from chalicelib.domain.fields import LONGEST
from chalicelib.domain.receipts import code_from, receipt_from
from chalicelib.domain.sms_dialogue import MOST_WRONG, areas_of
from chalicelib.domain.sms_talk import Add, Answer, File, Show, Step, Talk, Turn
from chalicelib.domain.sms_words import KINDS, is_automatic, is_matter, is_name, number_in, pair_in, word_in
from chalicelib.domain.words import Kind
from chalicelib.web.messages import LANGUAGES

CITY = default_city()
NEW = Talk()
MATTER = "菱塘家园三栋楼下的路灯坏了半个月，晚上老人不敢下楼。"
RECEIPT = receipt_from(b"a receipt number")
CODE = code_from(b"a code")


def said(*texts: str, talk: Talk = NEW) -> list[Turn]:
    """The turns that follow from ``texts``, the desk doing what it is asked to."""
    turns: list[Turn] = []
    for number, text in enumerate(texts):
        turn = dialogue.turn(talk, text, f"key-{number}", CITY)
        match turn.effect:
            case File():
                turn = Turn(*_both(dialogue.filed(turn, RECEIPT)), turn.effect)
            case Show(pair):
                known = (pair.number, pair.code) == (RECEIPT, CODE)
                values = {"receipt": pair.number, "state": "received", "unit": "", "due": ""}
                after = dialogue.shown(turn, RECEIPT, values) if known else dialogue.not_admitted(turn, "unknown", {})
                turn = Turn(*_both(after), turn.effect)
            case Add():
                turn = Turn(*_both(dialogue.added(turn, "added")), turn.effect)
        talk = turn.talk
        turns.append(turn)
    return turns


def _both(turn: Turn) -> tuple[Talk, Answer | None]:
    return turn.talk, turn.answer


def messages(turns: list[Turn]) -> list[str]:
    """What was answered each time."""
    return [turn.answer.message if turn.answer else "" for turn in turns]


def test_a_greeting_opens_the_menu_and_a_matter_is_filed_step_by_step() -> None:
    turns = said("你好", "1", "1", "2", MATTER, "已经打过两次电话了。", "1", "王秀英", "1")
    assert messages(turns) == ["menu", "kind", "area", "text", "noted", "noted", "name", "confirm", "receipt"]
    filed = turns[-1].effect
    assert isinstance(filed, File)
    assert (filed.kind, filed.name, filed.key) == (Kind.APPEAL, "王秀英", "key-0")
    assert filed.text == f"{MATTER}\n已经打过两次电话了。"
    assert filed.area == areas_of(CITY)[1].code


def test_a_first_text_that_is_the_matter_itself_is_kept_and_only_the_rest_is_asked() -> None:
    turns = said(MATTER, "1", "0", "0", "1")
    assert messages(turns) == ["kind", "area", "name", "confirm", "receipt"]
    assert turns[-1].effect == File("key-0", Kind.APPEAL, "", MATTER, "")


def test_a_long_text_in_parts_that_come_one_by_one_is_one_text() -> None:
    turns = said(MATTER, "第二条：物业说是路灯所的事，路灯所说是物业的事。", "2", "1", "0", "1")
    assert messages(turns) == ["kind", "kind", "area", "name", "confirm", "receipt"]
    assert isinstance(turns[-1].effect, File)
    assert turns[-1].effect.text.count("\n") == 1


def test_what_was_said_can_be_changed_before_it_is_sent() -> None:
    turns = said(MATTER, "1", "0", "0", "2", "4", "李 华", "2", "3", "井盖丢了，请来补上。", "1", "2", "0", "1")
    assert messages(turns)[4:] == [
        *("change", "name", "confirm", "change", "text", "noted", "confirm", "change", "confirm", "receipt")
    ]
    assert turns[-1].effect == File("key-0", Kind.APPEAL, "", "井盖丢了，请来补上。", "李 华")


def test_number_and_code_in_whatever_words_tell_how_it_stands() -> None:
    for text in (f"{RECEIPT} {CODE}", f"回执号：{RECEIPT[:4]} {RECEIPT[4:8]} {RECEIPT[8:]} 查询码：{CODE.lower()}"):
        assert messages(said(text)) == ["status"]
        assert messages(said("2", text)) == ["pair", "status"]
    assert messages(said("2", RECEIPT, CODE)) == ["pair", "code", "status"]
    assert messages(said("2", f"{RECEIPT} 00000000", f"{RECEIPT} {CODE}")) == ["pair", "unknown", "status"]


def test_something_is_added_to_a_matter_that_one_was_let_in_to() -> None:
    turns = said(f"{RECEIPT} {CODE}", "3", "今天又有人", "摔倒了", "1")
    assert messages(turns) == ["status", "adding", "noted", "noted", "added"]
    assert turns[-1].effect == Add(RECEIPT, "今天又有人\n摔倒了")
    assert messages(said("3")) == ["menu"], "not to one that nobody was let in to"


def test_wrong_answers_get_help_and_after_three_the_dialogue_stops() -> None:
    turns = said("1", "九十九", "x", "y")
    assert messages(turns) == ["kind", "kind", "kind", "lost"]
    assert [turn.answer.again for turn in turns if turn.answer] == [False, True, True, False]
    assert turns[-1].talk == Talk()
    assert messages(said(*(["2"] + [f"{RECEIPT} 00000000"] * MOST_WRONG)))[-1] == "lost"


def test_one_who_wants_to_stop_is_let_go_wherever_she_stands() -> None:
    for before in (["1"], ["1", "1"], ["1", "1", "0"], [MATTER, "1", "0"], [MATTER, "1", "0", "0"], ["2"]):
        for word in ("退出", "取消", "cancel"):
            assert messages(said(*before, word))[-1] == "stopped", before
        for word in ("STOP", "退订", "t", " TD。"):
            assert messages(said(*before, word))[-1] == "off", before


def test_an_accusation_goes_where_the_desk_takes_it_and_else_to_the_sealed_form() -> None:
    from msgspec.structs import replace

    assert messages(said(MATTER, "5")) == ["kind", "area"]
    boxes = tuple(
        replace(box, kinds=tuple(kind for kind in box.kinds if kind is not Kind.ACCUSATION))
        for box in CITY.mailboxes
        if box.keeper == CITY.desk_unit
    )
    elsewhere = replace(CITY, mailboxes=boxes)
    begun = dialogue.turn(Talk(), MATTER, "key", elsewhere)
    refused = dialogue.turn(begun.talk, "5", "key", elsewhere)
    assert refused.answer == Answer("sealed_only")
    assert refused.talk == Talk()


def test_who_writes_english_is_answered_in_english_and_who_then_sends_a_number_still_is() -> None:
    turns = said("Hello", "1", "1")
    assert {turn.talk.language for turn in turns} == {"en"}
    assert said("The street lamp is broken since Monday")[0].talk.language == "en"
    assert said("路灯坏了")[0].talk.language == "zh"
    assert said("你好", f"{RECEIPT} {CODE}", "OK")[-1].talk.language == "zh"
    assert said("Hello", f"{RECEIPT} {CODE}", "OK")[-1].talk.language == "en"
    assert said("路灯坏了 help me please now today")[0].talk.language == "zh"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("1", 1), ("１", 1), ("①", 1), (" 1. ", 1), ("（2）", 2), ("二", 2), ("12", 12), ("0。", 0)),
        *(("123", None), ("一二", None), ("", None), ("1号", None), ("-1", None)),
    ],
)
def test_a_number_is_read_in_whatever_figures(text: str, number: int | None) -> None:
    assert number_in(text) == number


def test_what_a_machine_says_is_not_answered() -> None:
    for text in (
        "[自动回复]我正在开会",
        "Out of office until Monday",
        "【云汀市阳光信访】已收到。",
        "[Yunting City Sunlight] Received.",
    ):
        assert is_automatic(text), text
    for text in (MATTER, "1", "我要举报公交车司机自动门夹人"):
        assert not is_automatic(text), text


def test_names_and_matters_are_told_apart() -> None:
    for name in ("王秀英", "阿卜杜拉·买买提·艾合买提江", "Alexander Johnson-Smith", "李 华"):
        assert is_name(name), name
    for text in ("12345", "。。。", MATTER, "x" * 51):
        assert not is_name(text), text
    assert is_matter("the lamp in my street is broken")
    assert not is_matter("hello there")


def everything_said() -> st.SearchStrategy[str]:
    """Answers as they are meant, and whatever else there is."""
    meant = st.sampled_from(
        ["0", "1", "2", "3", "4", "5", "6", MATTER, "王秀英", "stop", "退出", "?", f"{RECEIPT} {CODE}", RECEIPT]
    )
    return st.one_of(meant, meant, st.text(max_size=40))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(everything_said(), max_size=20))
def test_whatever_is_said_a_dialogue_goes_on_or_ends_and_files_once(texts: list[str]) -> None:
    turns = said(*texts)
    filed = [turn.effect for turn in turns if isinstance(turn.effect, File)]
    assert len({one.key for one in filed}) == len(filed)
    for turn, text in zip(turns, texts, strict=True):
        assert turn.answer is not None
        assert (turn.answer.message == "receipt") is isinstance(turn.effect, File)
        assert turn.talk.wrong < MOST_WRONG
        assert len(turn.talk.text) <= LONGEST["text"]
        assert isinstance(turn.effect, Add) <= (number_in(text) == 1)
        for language in LANGUAGES:
            assert words_of(turn.answer, {**turn.answer.values, "code": HIDDEN}, language, CITY)


@settings(deadline=None)
@given(st.text(), st.sampled_from(list(Step)))
def test_no_text_is_too_strange_for_any_step(text: str, step: Step) -> None:
    talk = Talk(step, key="k", kind=Kind.ADVICE, area="", text="一些话", name="", written=True, receipt=RECEIPT)
    turn = dialogue.turn(talk, text, "next", CITY)
    assert (turn.answer is None) is (turn.effect is not None)
    assert word_in(text) is None or turn.effect is None
    pair_in(text)


def test_almost_every_answer_in_chinese_fits_one_message() -> None:
    values = {
        "receipt": "4827 1093 5526", "code": "K7QX 2M9P", "kind": "appeal", "area": "990102", "name": "王秀英",
        "count": "120", "minutes": "15", "most": "5000", "start": "菱塘家园三栋楼下的路", "state": "in_handling",
        "unit": "dizhou-urban-management", "due": "2026-03-20",
    }  # fmt: skip
    steps = [step.value for step in Step]
    for message in (
        *steps,
        "noted",
        "full",
        "receipt",
        "status",
        "unknown",
        "slow",
        "added",
        "cannot_add",
        "stopped",
        "off",
    ):
        said_by_us = words_of(Answer(message), values, "zh", CITY)
        assert len(said_by_us) <= 70, f"{len(said_by_us)} {said_by_us}"


def test_each_kind_has_the_number_that_the_question_gives_it() -> None:
    question = words_of(Answer("kind"), {}, "zh", CITY)
    for number, name in enumerate(("求决", "建议", "咨询", "感谢", "检举控告"), 1):
        assert f"{number}{name}" in question
    assert KINDS == (Kind.APPEAL, Kind.ADVICE, Kind.CONSULTATION, Kind.THANKS, Kind.ACCUSATION)
