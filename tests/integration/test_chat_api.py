"""在线沟通 by the citizens' API: hours, the line, what is said once, the end, and the submission it becomes."""

from datetime import UTC, datetime, timedelta

import pytest
from pynamodb.exceptions import TransactWriteError

from chalicelib.desk import cities, talk_filing, talk_room, talking
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import RuleBroken
from chalicelib.domain.talk import End, Phase
from chalicelib.domain.talk_hours import TalkHours
from chalicelib.domain.transcripts import Called
from chalicelib.domain.words import Channel
from chalicelib.storage import talks, throttle
from chalicelib.storage.submissions import load_folder
from tests.integration.chatting import CHAT, COLLEAGUE, Caller, between, talks_at, there, words
from tests.integration.desk import Desk
from tests.integration.watching import everything, in_plain, lost, watched
from tests.integration.wire import Page, is_refusal

LETTER = {"kind": "appeal", "title": "幸福路路灯不亮", "text": "幸福路12号院外路灯坏了三天。"}
CALLED = Called("群众", "工作人员")


@pytest.fixture
def open_desk(now: Desk) -> Desk:
    """A desk that talks at any hour, with one clerk there."""
    talks_at(now)
    there(now)
    return now


def test_out_of_hours_on_a_holiday_and_with_nobody_there_it_says_when_to_come_again(desk: Desk) -> None:
    for at, state, opens in (
        ("2026-03-02 10:00", talking.Desk.AWAY, "2026-03-02 13:30"),
        ("2026-03-02 12:30", talking.Desk.CLOSED, "2026-03-02 13:30"),
        ("2026-03-06 17:00", talking.Desk.CLOSED, "2026-03-09 09:00"),  # over the weekend
        ("2026-02-16 10:00", talking.Desk.CLOSED, "2026-02-24 09:00"),  # over the New Year
    ):
        moment = datetime.strptime(at, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
        found = talking.standing(moment)
        assert found.desk is state, at
        assert f"{found.opens_at:%Y-%m-%d %H:%M}" == opens
        with pytest.raises(RuleBroken, match=f"talk_{state}"):
            talking.start({"key": "0123456789abcdef"}, "zh", "203.0.113.9", moment)
    assert not [key for key in everything() if key.startswith("talk#")]


def test_the_page_is_told_in_its_language(page: Page, now: Desk) -> None:
    talks_at(now, TalkHours(on=False))
    off = page.ask("GET", CHAT)
    assert (off.status, off.body["desk"], off.body["opens_at"]) == (200, "off", None)
    assert "请写信" in off.body["words"]
    assert off.headers["cache-control"] == "no-store"
    talks_at(now)
    away = page.ask("GET", CHAT, language="en")
    assert (away.body["desk"], away.body["hours"]) == ("away", "every day, around the clock")
    assert is_refusal(Caller(page).answer)
    there(now)
    assert page.ask("GET", CHAT).body["words"] == "工作人员在线，没有人排队，马上可以开始。"


def test_a_talk_from_the_line_to_the_receipt(page: Page, open_desk: Desk) -> None:
    first, second = Caller(page, nickname="王女士", phone="199 0000 1234"), Caller(page)
    assert first.answer.status == 201
    assert first.answer.body["phase"] == "waiting"
    assert (first.answer.body["wait"]["ahead"], second.answer.body["wait"]["ahead"]) == (0, 1)
    assert "下一位就是您" in first.answer.body["words"]
    assert "前面还有1人" in second.answer.body["words"]
    assert words(first.says("幸福路路灯坏了")) == ["幸福路路灯坏了"]

    talk_room.take(first.id, open_desk.clerk, open_desk.now)
    there(open_desk)
    assert second.news().body["wait"]["ahead"] == 0
    talk_room.answer(first.id, {"key": "k" * 16, "text": "在哪一段？"}, open_desk.clerk, open_desk.now)
    told = first.news(since=1)
    assert (told.body["phase"], told.body["clerk"]) == ("talking", "赵敏")
    assert [(one["number"], one["side"], one["name"]) for one in told.body["messages"]] == [(2, "clerk", "赵敏")]
    assert first.news(since=2).body["messages"] == []

    receipt = talk_filing.file(first.id, {**LETTER, "phone": "19900001234"}, open_desk.clerk, CALLED, open_desk.now)
    shown = first.news(since=2).body["receipt"]
    assert (shown["receipt"], shown["code"]) == (receipt.number, receipt.code)
    folder = load_folder(receipt.number)
    assert (folder.submission.channel, folder.submission.mailbox) == (Channel.CHAT, "petitions")
    lines = folder.supplements[0].text.split("\n")
    assert [line[17:] for line in lines] == ["群众：幸福路路灯坏了", "工作人员 赵敏：在哪一段？"]
    case = open_desk.case_of(receipt)
    assert case.supplements == 1

    assert first.ask("leaving").body["phase"] == "ended"
    assert first.ask("leaving").body["end"] == "left"
    assert first.says("还有").body["error"]["code"] == "talk_ended"
    assert not first.news().body["may_hand_in"]


def test_what_is_sent_twice_or_lost_on_its_way_is_said_once(page: Page, open_desk: Desk) -> None:
    caller = Caller(page)
    again = page.post(f"{CHAT}/talks", {"key": caller.key})
    assert again.body["token"] == caller.token
    assert len(talks.waiting()) == 1
    for _ in range(3):
        assert words(caller.says("路灯坏了", "k" * 16)) == ["路灯坏了"]
    with lost("TransactWriteItems"), pytest.raises(TransactWriteError):
        talking.say(caller.token, {"key": "m" * 16, "text": "三天了"}, open_desk.now)
    assert words(caller.says("三天了", "m" * 16)) == ["路灯坏了", "三天了"]
    talk_room.take(caller.id, open_desk.clerk, open_desk.now)
    for _ in range(2):
        talk_room.answer(caller.id, {"key": "k" * 16, "text": "收到"}, open_desk.clerk, open_desk.now)
    assert words(caller.news()) == ["路灯坏了", "三天了", "收到"], "each side has keys of its own"
    caller.ask("leaving")
    assert words(caller.says("三天了", "m" * 16)) == ["路灯坏了", "三天了", "收到"], "it was said before the end"


def test_both_sides_speak_at_the_same_moment_and_neither_is_lost(
    page: Page, open_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Caller(page)
    talk_room.take(caller.id, open_desk.clerk, open_desk.now)
    between(
        monkeypatch,
        lambda: talk_room.answer(caller.id, {"key": "k" * 16, "text": "您好"}, open_desk.clerk, open_desk.now),
    )
    assert words(caller.says("路灯坏了")) == ["您好", "路灯坏了"]


def test_a_poll_is_one_read_and_coming_is_noted_twice_a_minute(page: Page, open_desk: Desk) -> None:
    caller = Caller(page)
    caller.says("路灯坏了")
    talk_room.take(caller.id, open_desk.clerk, open_desk.now)
    with watched() as calls:
        talking.poll(caller.token, {"since": 1}, open_desk.now)
    assert (calls, calls.looked_at) == (["Query"], 2)
    with watched() as calls:
        talking.poll(caller.token, {"since": 1}, datetime.now(UTC) + timedelta(seconds=31))
    assert calls == ["Query", "PutItem"]
    waiting = Caller(page)
    with watched() as calls:
        talking.poll(waiting.token, {}, open_desk.now)
    assert calls == ["Query"] * 3, "her talk, who waits before her, and who is there"


def test_nothing_that_was_said_stands_in_the_table_in_plain(page: Page, open_desk: Desk) -> None:
    caller = Caller(page, nickname="王秀英", phone="19900001234")
    caller.says("我家住幸福路12号")
    kept = in_plain()
    for secret in ("王秀英", "19900001234", "幸福路", caller.token, caller.key):
        assert secret not in kept
    mine = [item for key, item in everything().items() if key.startswith("talk#")]
    in_days = [(float(item["expires"]["N"]) - open_desk.now.timestamp()) / 86_400 for item in mine]
    assert len(mine) == 4
    assert all(29.9 < days < 30.1 for days in in_days)


def test_who_comes_back_in_time_goes_on_and_who_does_not_is_gone(page: Page, open_desk: Desk) -> None:
    back, gone = Caller(page), Caller(page)
    back.has_been_gone(open_desk)
    assert back.news().body["phase"] == "waiting", "nobody had set it down yet"
    gone.has_been_gone(open_desk)
    room = talk_room.room(open_desk.clerk, open_desk.now.date(), open_desk.now)
    assert [line.talk.id for line in room.waiting] == [back.id]
    told = gone.news().body
    assert (told["phase"], told["end"]) == ("ended", "abandoned")
    assert talks.read(gone.id).talk.ended_at == open_desk.now - timedelta(minutes=1)


def test_who_still_waits_when_hours_are_over_is_told_and_may_hand_in_what_she_said(page: Page, open_desk: Desk) -> None:
    caller, talked = Caller(page), Caller(page)
    caller.says("路灯坏了三天")
    talk_room.take(talked.id, open_desk.clerk, open_desk.now)
    talks_at(open_desk, TalkHours(on=False))
    told = caller.news().body
    assert (told["end"], told["may_hand_in"]) == ("closed", True)
    assert talked.news().body["phase"] == "talking"
    made = caller.ask("submission", **LETTER)
    assert (made.status, made.body["may_hand_in"]) == (201, False)
    assert caller.ask("submission", **LETTER).status == 200, "a double click"
    assert caller.ask("submission", **{**LETTER, "title": "另一件"}).body["error"]["code"] == "talk_filed"
    folder = load_folder(made.body["receipt"]["receipt"])
    assert folder.submission.anonymous
    assert "群众：路灯坏了三天" in folder.supplements[0].text
    assert len([key for key in everything() if key.endswith(" submission")]) == 1


def test_she_cannot_hand_in_what_still_goes_on_or_what_is_wrong(page: Page, open_desk: Desk) -> None:
    caller = Caller(page)
    caller.says("路灯坏了")
    assert caller.ask("submission", **LETTER).body["error"]["code"] == "too_late"
    caller.ask("leaving")
    wrong = caller.ask("submission", kind="appeal", title="", text="", name="王秀英")
    assert (wrong.status, wrong.fields) == (400, {"title", "text", "phone"})
    silent = Caller(page)
    silent.ask("leaving")
    assert silent.ask("submission", **LETTER).body["error"]["code"] == "too_late"


def test_an_accusation_made_of_a_talk_is_sealed_with_its_transcript(page: Page, open_desk: Desk) -> None:
    caller = Caller(page)
    caller.says("举报某某收钱")
    caller.ask("leaving")
    made = caller.ask("submission", kind="accusation", title="举报", text="某某收钱")
    assert made.status == 201
    assert "收钱" not in in_plain()
    opened = talk_room.open_talk(caller.id, open_desk.clerk, open_desk.now)
    assert (opened.messages, opened.visitor, opened.may_file) == (None, None, False)


def test_something_said_while_it_is_filed_is_in_the_transcript(
    page: Page, open_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Caller(page)
    caller.says("路灯坏了")
    talk_room.take(caller.id, open_desk.clerk, open_desk.now)
    between(monkeypatch, lambda: caller.says("还有一盏也坏了"))
    receipt = talk_filing.file(caller.id, LETTER, open_desk.clerk, CALLED, open_desk.now)
    assert "还有一盏也坏了" in load_folder(receipt.number).supplements[0].text


def test_a_flood_from_one_address_is_slowed_and_a_full_line_is_closed(
    page: Page, open_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talking, "MOST_WAITING", 2)
    Caller(page), Caller(page)
    assert page.ask("GET", CHAT).body["desk"] == "full"
    assert Caller(page).answer.body["error"]["code"] == "talk_full"
    scope = throttle.from_address("talk", "127.0.0.1")
    for _ in range(throttle.FREE_TRIES_FROM_AN_ADDRESS):
        throttle.count([scope], datetime.now(UTC))
    slowed = Caller(page).answer
    assert slowed.status == 429
    assert int(slowed.headers["retry-after"]) > 0


HOSTILE: list[object] = [
    None,
    [],
    7,
    {},
    {"token": ""},
    {"token": ["x"]},
    {"token": "\ud800"},
    {"token": "x" * 100_000},
    {"token": "' OR 1=1 --", "key": "' OR 1=1 --", "text": "x"},
]


def test_what_no_page_of_ours_sends_is_refused_in_words_and_changes_nothing(page: Page, open_desk: Desk) -> None:
    before = everything()
    for path in ("talks", "news", "messages", "leaving", "submission"):
        for body in HOSTILE:
            assert is_refusal(page.post(f"{CHAT}/{path}", body)), (path, body)
    assert is_refusal(page.ask("POST", f"{CHAT}/news", raw=b"\xff\xfe{"))
    assert everything() == before


def test_a_message_that_cannot_be_taken_says_why_and_markup_stays_as_it_was_written(
    page: Page, open_desk: Desk
) -> None:
    caller = Caller(page)
    for text in ("", "长" * 1001, "响铃\x07", "\ud800", 7):
        assert caller.ask("messages", key="k" * 16, text=text).fields == {"text"}
    hostile = "<img src=x onerror=alert(1)>㐂𠮷😀\n=HYPERLINK()"
    assert words(caller.says(hostile)) == [hostile]
    for since in (-1, "1", 10**9):
        assert caller.ask("news", since=since).fields == {"since"}


def test_a_clerk_who_was_slower_is_told_so_and_the_holder_can_hand_over(page: Page, open_desk: Desk) -> None:
    caller = Caller(page)
    there(open_desk, open_desk.clerk, COLLEAGUE)
    talk_room.take(caller.id, open_desk.clerk, open_desk.now)
    with pytest.raises(RuleBroken, match="talk_taken"):
        talk_room.take(caller.id, COLLEAGUE, open_desk.now)
    talk_room.hand_over(caller.id, COLLEAGUE.login, open_desk.clerk, open_desk.now)
    assert caller.news().body["clerk"] == "林立"
    with pytest.raises(RuleBroken, match="talk_colleague"):
        talk_room.hand_over(caller.id, "nobody", COLLEAGUE, open_desk.now)
    later = open_desk.now + timedelta(minutes=2)
    talks.see(caller.id, later)
    relieved = talk_room.take(caller.id, open_desk.clerk, later)
    assert (relieved.phase, relieved.clerk) == (Phase.TALKING, open_desk.clerk.login), "the colleague is gone"
    assert talk_room.end(caller.id, open_desk.clerk, later).end is End.CLERK


def test_two_clerks_take_her_at_the_same_moment_and_one_has_her(
    page: Page, open_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Caller(page)
    there(open_desk, open_desk.clerk, COLLEAGUE)
    between(monkeypatch, lambda: talk_room.take(caller.id, COLLEAGUE, open_desk.now))
    with pytest.raises(RuleBroken, match="talk_taken"):
        talk_room.take(caller.id, open_desk.clerk, open_desk.now)
    assert talks.read(caller.id).talk.clerk == COLLEAGUE.login


def test_the_default_city_talks_in_office_hours_with_phrases(city: object) -> None:
    hours = cities.current().talk
    assert hours.on
    assert not hours.always
    assert len(hours.phrases) > 3
