"""在线沟通: one clerk at a time, no message lost, and everybody who waits is taken, leaves, or is told why not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain import talk as rules
from chalicelib.domain.errors import Invalid, Refused, RuleBroken, TooLate
from chalicelib.domain.talk import ABANDONED_AFTER, End, Message, Move, Phase, Side, Step, Talk
from chalicelib.domain.talk_figures import USUAL, figures, minutes_to_wait
from chalicelib.domain.talk_forms import read_said, read_since, read_start
from chalicelib.domain.transcripts import Called, transcript, words_of

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine o'clock in Shanghai
KEY = "0123456789abcdef"


def begun(at: datetime = NINE) -> Talk:
    """Somebody waits."""
    return rules.begin("a" * 32, "zh", "", at)


def taken(by: str = "hu", at: datetime = NINE + timedelta(minutes=3)) -> Talk:
    """A clerk has her."""
    return rules.take(begun(), by, by, at)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["take", "relieve", "say", "answer", "hand", "end", "leave", "time", "file", "hand_in"]),
        st.sampled_from(["hu", "lin"]),
        st.integers(0, 200),  # seconds
        st.booleans(),
    ),
    max_size=30,
)


@given(STEPS)
def test_whatever_is_tried_one_clerk_has_it_and_what_was_said_is_counted_without_a_gap(
    steps: list[tuple[str, str, int, bool]],
) -> None:
    talk, at, seen_at, said = begun(), NINE, NINE, 0
    for what, who, seconds, is_open in steps:
        at, before = at + timedelta(seconds=seconds), talk
        if what in ("say", "leave"):
            seen_at = at
        try:
            talk = tried(talk, what, who, at, seen_at, is_open)
        except Refused:
            continue
        said += what in ("say", "answer")
        assert talk.count == said
        assert talk.version == before.version + (talk != before)
        assert (talk.phase is Phase.TALKING) <= bool(talk.clerk)
        assert talk.moves[: len(before.moves)] == before.moves, "what happened stays"
        if before.phase is Phase.ENDED:
            assert talk.phase is Phase.ENDED
        if before.phase is Phase.TALKING and talk.clerk != before.clerk:
            assert what == "relieve" or (what == "hand" and before.clerk == other(who)), "nobody takes it from another"
        if before.receipt:
            assert talk.receipt == before.receipt
    late = rules.settled(talk, seen_at, False, max(at, seen_at) + ABANDONED_AFTER + timedelta(seconds=1))
    assert late.phase is Phase.ENDED
    assert late.ended_at is not None


def other(who: str) -> str:
    """The colleague."""
    return {"hu": "lin", "lin": "hu"}[who]


def tried(talk: Talk, what: str, who: str, at: datetime, seen_at: datetime, is_open: bool) -> Talk:
    """One step."""
    match what:
        case "take" | "relieve":
            return rules.take(talk, who, who, at, away=what == "relieve")
        case "say":
            return rules.say(talk, Side.CITIZEN, 10)
        case "answer":
            return rules.say(talk, Side.CLERK, 10, who)
        case "hand":
            return rules.hand_over(talk, other(who), who, who, at)
        case "end":
            return rules.end(talk, who, at)
        case "leave":
            return rules.leave(talk, at)
        case "file":
            return rules.file(talk, "r1", False, who, who, at)
        case "hand_in":
            return rules.hand_in(talk, "r2", False, at)
    return rules.settled(talk, seen_at, is_open, at)


def test_of_two_clerks_the_second_is_told_who_was_faster() -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.take(taken("胡"), "lin", "林", NINE)
    assert (refused.value.code, refused.value.params) == ("talk_taken", {"name": "胡"})
    assert rules.take(taken("hu"), "hu", "hu", NINE) == taken("hu"), "a double click"


def test_a_colleague_who_is_gone_can_be_relieved() -> None:
    relieved = rules.take(taken("hu"), "lin", "林", NINE, away=True)
    assert relieved.clerk == "lin"
    with pytest.raises(RuleBroken, match="talk_theirs"):
        rules.say(relieved, Side.CLERK, 3, "hu")


@pytest.mark.parametrize(
    ("seconds", "is_open", "end"),
    [
        (0, True, None),
        (120, True, None),
        (121, True, End.ABANDONED),
        (121, False, End.ABANDONED),
        (30, False, End.CLOSED),
    ],
)
def test_who_waits_is_gone_after_two_minutes_and_told_when_hours_are_over(
    seconds: int, is_open: bool, end: End | None
) -> None:
    after = rules.settled(begun(), NINE, is_open, NINE + timedelta(seconds=seconds))
    assert after.end == end


def test_a_talk_that_began_goes_on_when_the_hours_are_over() -> None:
    assert rules.settled(taken(), NINE, False, NINE) == taken()


def test_an_abandoned_talk_ended_when_she_was_gone_not_when_somebody_looked() -> None:
    after = rules.settled(taken(), NINE, True, NINE + timedelta(hours=3))
    assert after.ended_at == NINE + ABANDONED_AFTER


def test_nobody_talks_to_herself_for_ever() -> None:
    talk = begun()
    for _ in range(rules.MOST_UNANSWERED):
        talk = rules.say(talk, Side.CITIZEN, 5)
    with pytest.raises(RuleBroken, match="talk_unanswered"):
        rules.say(talk, Side.CITIZEN, 5)
    answered = rules.say(rules.take(talk, "hu", "hu", NINE), Side.CLERK, 5, "hu")
    assert rules.say(answered, Side.CITIZEN, 5).unanswered == 1
    with pytest.raises(RuleBroken, match="talk_long"):
        rules.say(replace(answered, length=rules.MOST_CHARACTERS), Side.CITIZEN, 1)


def test_a_talk_becomes_one_submission_by_the_clerk_or_by_herself() -> None:
    talk = rules.say(taken(), Side.CITIZEN, 5)
    with pytest.raises(TooLate):
        rules.hand_in(talk, "r", False, NINE)  # it still goes on
    with pytest.raises(RuleBroken, match="talk_theirs"):
        rules.file(talk, "r", False, "lin", "林", NINE)
    with pytest.raises(RuleBroken, match="talk_untaken"):
        rules.say(begun(), Side.CLERK, 3, "lin")
    filed = rules.file(talk, "r", True, "hu", "胡", NINE)
    assert (filed.receipt, filed.sealed, filed.phase) == ("r", True, Phase.TALKING)
    with pytest.raises(RuleBroken, match="talk_filed"):
        rules.hand_in(rules.leave(filed, NINE), "s", False, NINE)
    over = rules.end(talk, "hu", NINE)
    assert rules.hand_in(over, "r", False, NINE).moves[-1] == Move(Step.FILED, NINE)
    with pytest.raises(TooLate):
        rules.hand_in(over, "r", False, NINE + timedelta(days=2))
    assert rules.file(over, "r", False, "lin", "林", NINE).receipt == "r", "once it is over, any clerk may"


def test_an_accusation_is_read_on_by_who_talks_about_it_and_by_nobody_once_it_is_over() -> None:
    talk = rules.file(rules.say(taken(), Side.CITIZEN, 5), "r", True, "hu", "胡", NINE)
    assert rules.may_read(talk, "hu")
    assert not rules.may_read(talk, "lin")
    assert not rules.may_read(rules.end(talk, "hu", NINE), "hu")


def test_the_figures_of_a_day() -> None:
    minute = timedelta(minutes=1)
    waits = [rules.take(begun(), "hu", "hu", NINE + wait * minute) for wait in (2, 4, 9)]
    gone = rules.settled(begun(), NINE, True, NINE + timedelta(hours=1))
    found = figures([*waits, gone, begun(), rules.leave(taken(), NINE)])
    assert (found.talks, found.taken, found.lost, found.abandoned, found.waited) == (6, 4, 1, 1, 3.5 * minute)
    assert found.each == USUAL
    ended = [rules.end(talk, "hu", NINE + 20 * minute) for talk in waits]
    assert figures(ended).each == 16 * minute
    assert figures([]).waited is None


@pytest.mark.parametrize(("ahead", "clerks", "minutes"), [(0, 1, 4), (3, 1, 28), (3, 2, 14), (0, 0, 4)])
def test_the_wait_is_said_by_the_day_s_own_pace(ahead: int, clerks: int, minutes: int) -> None:
    assert minutes_to_wait(ahead, clerks, USUAL) == minutes


def test_a_transcript_says_who_said_what_and_when() -> None:
    said = [
        Message(1, Side.CITIZEN, NINE, "路灯坏了\n三天了"),
        Message(2, Side.CLERK, NINE, "在哪里？", "胡敏"),
        Message(3, Side.CITIZEN, NINE, "<b>幸福路</b>"),
    ]
    text = transcript(said, Called("群众", "工作人员"))
    assert text.split("\n")[0] == "2026-03-02 09:00 群众：路灯坏了"
    assert "2026-03-02 09:00 工作人员 胡敏：在哪里？" in text
    assert words_of(said, 5_000) == "路灯坏了\n三天了\n<b>幸福路</b>"
    assert words_of(said, 3) == "路灯坏"


@pytest.mark.parametrize(
    "raw",
    [
        {"key": KEY, "text": ""},
        {"key": KEY, "text": " \n "},
        {"key": KEY, "text": "长" * 1001},
        {"key": KEY, "text": "响铃\x07"},
        {"key": KEY, "text": "\ud800"},
        {"key": KEY, "text": ["x"]},
        {"key": "short", "text": "好"},
        {"text": "好"},
    ],
)
def test_what_is_no_message_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        read_said(raw)


def test_a_start_needs_nothing_but_its_key() -> None:
    assert read_start({"key": KEY}).visitor.nickname == ""
    assert read_start({"key": KEY, "nickname": "王女士", "phone": "199 0000-1234"}).visitor.phone == "19900001234"
    with pytest.raises(Invalid):
        read_start({"key": KEY, "phone": "<script>"})
    with pytest.raises(Invalid):
        read_start({"key": KEY, "nickname": "长" * 21})


@pytest.mark.parametrize("since", [-1, True, "3", None, 10**9, 1.5])
def test_a_cursor_is_a_number_of_a_message(since: object) -> None:
    with pytest.raises(Invalid):
        read_since({"since": since})
