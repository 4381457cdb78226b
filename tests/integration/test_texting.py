"""A petition by SMS: from the provider's webhook to the receipt on the telephone, once, whatever breaks off."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from chalice.test import Client
from pynamodb.exceptions import TransactWriteError

from chalicelib.config import config
from chalicelib.desk import texting, tracking
from chalicelib.desk.vault import vault
from chalicelib.domain.errors import Changed
from chalicelib.domain.messages import Topic
from chalicelib.domain.receipts import spoken
from chalicelib.domain.words import Channel, Kind
from chalicelib.entrypoints import queues
from chalicelib.storage import dialogues, notices
from chalicelib.storage.submissions import load_folder, load_sealed_petitioner, load_submission
from tests.integration import providers
from tests.integration.desk import Desk
from tests.integration.test_queues import batch
from tests.integration.watching import everything, in_plain, lost, peeked
from tests.integration.writing_in import (
    MATTER,
    OURS,
    PHONE,
    Provider,
    submissions,
    texted,
    thread_with,
    worked_off,
)

FILING = (MATTER, "1", "2", "王秀英", "1")


@pytest.fixture
def provider(now: Desk) -> Iterator[Provider]:
    """The provider of SMS, over the whole application."""
    from app import app

    vault()
    with Client(app) as client:
        yield Provider(client)


@pytest.fixture
def real(now: Desk) -> Iterator[Desk]:
    """A desk that sends by SNS and SES."""
    with providers.in_business():
        yield now


def answers(phone: str = PHONE) -> list[str]:
    """What was answered, message by message."""
    return [one.answer.message for one in thread_with(phone).answered]


def test_a_dialogue_ends_with_a_receipt_and_a_submission_like_any_other(real: Desk) -> None:
    texted(*FILING)
    [receipt] = submissions()
    submission = load_submission(receipt)
    assert (submission.channel, submission.kind, submission.mailbox) == (Channel.SMS, Kind.APPEAL, "hotline")
    assert (submission.text, submission.title) == (
        MATTER,
        "菱塘家园三栋楼下的路灯坏了半个月，晚上老人不敢下楼，请派人来",
    )
    assert submission.area == "990103"
    sealed = load_sealed_petitioner(receipt)
    assert sealed is not None
    petitioner = vault().open_petitioner(sealed, receipt)
    assert (petitioner.name, petitioner.phone) == ("王秀英", PHONE)
    worked_off()
    told = [text for number, text in providers.sms() if number == f"+86{PHONE}"]
    assert len(told) == len(providers.sms())
    receipts = [text for text in told if spoken(vault().code_of(receipt)) in text]
    assert len(receipts) == 1
    assert spoken(receipt) in receipts[0]
    assert all(text.startswith("【云汀市阳光信访】") for text in told)
    seen = in_plain()
    for secret in (vault().code_of(receipt), spoken(vault().code_of(receipt)), "王秀英", PHONE):
        assert secret not in seen
    shown = [one for one in notices.of_day(real.now) if one.talk]
    assert len(shown) == len(FILING)
    assert {one.to for one in shown} == {"138******00"}
    assert any("查询码…" in one.text for one in shown)


def test_the_number_and_code_of_the_answer_open_the_matter(real: Desk) -> None:
    texted(*FILING)
    worked_off()
    found = next(
        match for _, text in providers.sms() if (match := re.search(r"回执号([\d ]{14})，查询码([0-9A-Z ]{9})", text))
    )
    texted(f"{found[1]} {found[2]}")
    worked_off()
    assert any(f"】{spoken(submissions()[0])}：" in text and "不晚于" in text for _, text in providers.sms())
    assert answers()[-1] == "status"
    texted("3", "今天又有人在那里摔倒了。", "1")
    [added] = load_folder(submissions()[0]).supplements
    assert added.text == "今天又有人在那里摔倒了。"
    assert answers()[-1] == "added"


def test_nothing_that_a_citizen_says_can_be_read_in_the_table_or_the_log_before_it_is_filed(
    now: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    texted(MATTER, "1", "0", "王秀英")
    seen = in_plain() + caplog.text
    for secret in (MATTER, "王秀英", PHONE, "路灯"):
        assert secret not in seen
    worked_off()
    seen = in_plain()
    for secret in ("王秀英", PHONE, "路灯"):
        assert secret not in seen, "nor in what is recorded of our answers"


def test_the_same_message_again_gives_the_same_and_does_nothing_twice(provider: Provider) -> None:
    for text in FILING[:-1]:
        provider.text(text)
    said = {"id": "provider-77", "from": PHONE, "to": OURS, "text": "1"}
    first = texting.receive(said, datetime.now(UTC))
    before = everything()
    assert texting.receive(said, datetime.now(UTC)) == first
    assert provider.text("1", id="provider-77").body == {"taken": True, "ignored": None}
    assert {key: item for key, item in everything().items() if not key.startswith(("spent#", "count#"))} == {
        key: item for key, item in before.items() if not key.startswith(("spent#", "count#"))
    }
    assert len(submissions()) == 1


def test_cut_off_before_the_commit_nothing_is_lost_and_cut_off_after_it_the_receipt_still_goes_out(real: Desk) -> None:
    texted(*FILING[:-1])
    said = {"id": "provider-1", "from": PHONE, "to": OURS, "text": "1"}
    with lost("TransactWriteItems"), pytest.raises(TransactWriteError):
        texting.receive(said, datetime.now(UTC))
    assert submissions() == []
    with lost("SendMessageBatch"):  # committed, but no queue hears of it
        texting.receive(said, datetime.now(UTC))
    assert len(submissions()) == 1
    from chalicelib.desk.supervising import sweep

    sweep(datetime.now(UTC) + timedelta(minutes=5))
    worked_off()
    assert [text for _, text in providers.sms() if spoken(vault().code_of(submissions()[0])) in text]


def test_an_answer_that_the_provider_did_not_take_is_sent_later_and_once(real: Desk) -> None:
    texted("你好")
    bodies = [body for body, _ in peeked(Topic.NOTICES)]
    with providers.down("sns"):
        assert len(queues.send_notices(batch(*bodies))["batchItemFailures"]) == 1
    for _ in range(2):
        assert queues.send_notices(batch(*bodies, *bodies)) == {"batchItemFailures": []}
    assert len(providers.sms()) == 1


def test_two_texts_at_once_are_both_heard_and_a_yes_said_twice_files_once(
    now: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    texted(*FILING[:-1])
    honest, competing = dialogues.load, iter([True])

    def load(way: str, talk: str) -> object:
        found = honest(way, talk)
        if next(competing, False):
            texted("1")
        return found

    monkeypatch.setattr(dialogues, "load", load)
    texted("1")
    assert len(submissions()) == 1
    assert answers()[-2:] == ["receipt", "kind"], "the second one begins anew"


def test_others_who_are_always_faster_leave_it_to_the_provider_to_try_again(
    now: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(*_: object, **__: object) -> None:
        raise Changed()

    monkeypatch.setattr(texting, "finish", changed)
    with pytest.raises(Changed):
        texted("1")


def test_a_dialogue_that_was_left_is_forgotten_after_a_day(now: Desk) -> None:
    start = now.now
    texted(MATTER, "1", at=start)
    texted("王秀英", at=start + timedelta(hours=25))
    assert answers()[-1] == "menu"
    [item] = [item for key, item in everything().items() if key.startswith("sms#") and key.endswith(" talk")]
    assert timedelta(days=6) < timedelta(seconds=int(item["expires"]["N"]) - start.timestamp()) < timedelta(days=9)


def test_who_stays_anonymous_is_nobody_and_is_answered_all_the_same(now: Desk) -> None:
    texted(MATTER, "2", "0", "0", "1")
    submission = load_submission(submissions()[0])
    assert submission.anonymous
    assert submission.kind is Kind.ADVICE
    assert submission.area is None
    worked_off()
    assert {one.way for one in notices.of_case(submission.case_id)} == {"sms"}


def test_an_accusation_is_sealed_from_the_first_moment(now: Desk) -> None:
    texted("我要反映钱主任收了两条烟和一个信封的事情。", "5", "0", "0", "1")
    submission = load_submission(submissions()[0])
    assert submission.kind is Kind.ACCUSATION
    worked_off()
    for secret in ("钱主任", "两条烟"):
        assert secret not in in_plain()
    texted(f"{submission.receipt} {vault().code_of(submission.receipt)}")
    assert thread_with().answered[-1].answer.values["unit"] == ""


def test_wrong_pairs_are_all_answered_alike_and_slowed(now: Desk) -> None:
    texted(*FILING)
    receipt = submissions()[0]
    other = "13900139000"
    texted(*(f"{receipt} 0000000{number}" for number in range(7)), phone=other)
    said = [one.answer.message for one in thread_with(other).answered]
    assert (said[0], said[-1]) == ("unknown", "slow")
    texted(f"{receipt} {vault().code_of(receipt)}", phone=other)
    assert thread_with(other).answered[-1].answer.message == "slow", "the right one is not looked at either"


def test_a_matter_that_has_ended_takes_nothing_more_and_says_so(now: Desk) -> None:
    texted(*FILING)
    receipt = submissions()[0]
    texted("3", "还有一点要说。")
    tracking.withdraw(receipt, {"reason": ""}, datetime.now(UTC))
    texted("1")
    assert answers()[-1] == "cannot_add"
    assert load_folder(receipt).supplements == ()


def test_who_asks_for_no_more_texts_gets_none_until_she_writes_again(real: Desk) -> None:
    texted(*FILING)
    texted("退订")
    worked_off()
    told = [text for _, text in providers.sms()]
    assert any("已退订" in text for text in told), "she is told so"
    assert not any("已登记" in text for text in told)
    case = load_submission(submissions()[0]).case_id
    assert {one.state for one in notices.of_case(case)} == {notices.Sending.UNREACHABLE}
    texted("2")
    assert real.routed(phone=PHONE, title="别的事", text="下水道堵了，污水漫到路上。")
    worked_off()
    assert any("已登记" in text for _, text in providers.sms())


def test_what_no_person_wrote_is_taken_and_not_answered(provider: Provider) -> None:
    for sender, text, ignored in (
        ("10086", "您的余额不足", "not_a_person"),
        ("106912345678", "【某某】验证码 1234", "not_a_person"),
        ("中国移动", "您好", "not_a_person"),
        ("02087654321", "您好", "not_a_person"),
        (PHONE, "[自动回复]我正在开车", "automatic"),
        (PHONE, "【云汀市阳光信访】已收到。", "automatic"),
    ):
        answer = provider.text(text, **{"from": sender})
        assert (answer.status, answer.body) == (200, {"taken": False, "ignored": ignored})
    assert provider.text("你好", to=PHONE).body["ignored"] == "automatic", "our own number"
    assert peeked(Topic.NOTICES) == []


def test_a_machine_that_answers_every_answer_is_left_talking(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texting, "TEXTS_AN_HOUR", 5)
    taken = texted(*["您好，请问有什么可以帮您"] * (texting.TEXTS_AN_HOUR + 3))
    assert [one.ignored for one in taken[-3:]] == ["too_many"] * 3
    assert not taken[0].ignored


def test_what_the_provider_must_not_hand_in_is_refused_by_name(provider: Provider) -> None:
    refused: dict[str, list[object]] = {
        "id": ["", None, "x" * 201],
        "from": [138, "", None],
        "text": [None, ["1"], "字" * 5001],
        "to": [{}],
    }
    for field, values in refused.items():
        for value in values:
            answer = provider.text("1", **{field: value})
            assert answer.status == 400
            assert answer.refused
            assert field in answer.fields


def test_strange_texts_are_taken_as_they_come(provider: Provider) -> None:
    for text in ("", "\x00\x01", "\ud800", "\u202e倒过来", "😀" * 200, "<script>", "{desk}", "%s"):
        assert provider.text(text).status == 200, repr(text)
    worked_off()


def test_only_what_the_provider_signed_is_taken(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"id": "1", "from": PHONE, "to": OURS, "text": "1"}
    assert provider.hand_in("/api/sms", said, "whsec_" + "eHh4" * 8).code == "unverified"
    assert provider.client.http.post("/api/sms", body=json.dumps(said).encode()).status_code == 400
    monkeypatch.setenv("SUNLIGHT_SECRETS", "{}")
    config.cache_clear()
    try:
        for secret in ("whsec_" + "c21z" * 8, "whsec_bm9ib2R5IGhhcyB0aGlzIHNlY3JldCwgaXQgaXMgcHVibGlj"):
            assert provider.hand_in("/api/sms", said, secret).code == "unverified", "where there is no secret, nothing"
    finally:
        monkeypatch.undo()
        config.cache_clear()
    assert peeked(Topic.NOTICES) == []


def test_an_english_text_is_answered_in_english(real: Desk) -> None:
    texted("The street lamp in front of our house is broken", "1", "0", "Mary Wang", "1")
    worked_off()
    assert any("Received. Receipt" in text for _, text in providers.sms())
    assert not any("回执号" in text for _, text in providers.sms())
    assert load_submission(submissions()[0]).language == "en"
