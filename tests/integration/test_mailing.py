"""A petition by e-mail: from the bucket to the receipt in the citizen's thread, once, whatever breaks off."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import EndpointConnectionError
from chalice.test import Client

from chalicelib.desk import committing, mailing, queued, tracking
from chalicelib.desk.vault import vault
from chalicelib.domain.messages import Topic
from chalicelib.domain.receipts import spoken
from chalicelib.domain.words import Channel, Kind
from chalicelib.entrypoints import queues
from chalicelib.storage import notices
from chalicelib.storage.submissions import load_folder, load_sealed_petitioner, load_submission
from tests.integration import providers
from tests.integration.desk import Desk
from tests.integration.test_queues import batch
from tests.integration.watching import everything, in_plain, lost, objects, peeked
from tests.integration.writing_in import (
    ADDRESS,
    MATTER,
    Provider,
    arrived,
    letter,
    mailed,
    read,
    submissions,
    worked_off,
)
from tests.unit.test_mail_reading import PDF, PNG

pytestmark = pytest.mark.usefixtures("empty_bucket")


@pytest.fixture
def real(now: Desk) -> Iterator[Desk]:
    """A desk that sends by SNS and SES."""
    with providers.in_business():
        yield now


def supplements(receipt: str) -> list[str]:
    """What was added to a submission."""
    return [one.text for one in load_folder(receipt).supplements]


def test_a_mail_becomes_a_submission_like_any_other(now: Desk) -> None:
    receipt = mailed(letter(Message_ID="<first@mail.example.cn>"))
    submission = load_submission(receipt)
    assert (submission.channel, submission.kind, submission.mailbox) == (Channel.MAIL, Kind.APPEAL, "hotline")
    assert (submission.title, submission.text, submission.language) == ("路灯坏了", MATTER, "zh")
    sealed = load_sealed_petitioner(receipt)
    assert sealed is not None
    petitioner = vault().open_petitioner(sealed, receipt)
    assert (petitioner.name, petitioner.email, petitioner.phone) == ("王秀英", ADDRESS, "")
    assert petitioner.thread == "<first@mail.example.cn>"
    assert not [key for key in objects() if key.startswith("mail/")], "the mail itself is gone"


def test_the_receipt_goes_back_by_mail_with_number_and_code_and_the_code_is_recorded_nowhere(real: Desk) -> None:
    receipt = mailed(letter())
    code = vault().code_of(receipt)
    worked_off()
    first = providers.mails()[0]
    assert first.to == ADDRESS
    assert first.subject == f"来信已收到（{spoken(receipt)}）"
    assert spoken(code) in first.html
    assert {mail.to for mail in providers.mails()} == {ADDRESS}
    seen = in_plain()
    for secret in (ADDRESS, "王秀英", code, spoken(code), "letter@mail.example.cn"):
        assert secret not in seen
    assert any(one.to == "w***@example.cn" for one in notices.of_day(real.now) if one.talk)


def test_all_that_she_is_told_goes_into_the_thread_of_her_mail(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.desk import sending

    threads: list[str] = []

    def send_mail(address: str, subject: str, text: str, html: str, answers: str = "") -> str:
        threads.append(answers)
        return "taken"

    monkeypatch.setattr(sending, "send_mail", send_mail)
    mailed(letter(Message_ID="<first@mail.example.cn>"))
    worked_off()
    assert len(threads) >= 2
    assert set(threads) == {"<first@mail.example.cn>"}
    told = [one for one in notices.of_day(now.now) if one.case_id and one.way == "mail"]
    assert all("直接回复本邮件，就是补充材料" in one.text for one in told)


def test_the_same_mail_however_often_and_wherever_it_comes_is_filed_and_answered_once(real: Desk) -> None:
    mail = letter()
    bodies = [arrived(mail), arrived(mail), arrived(mail)]
    assert read(*bodies) == []
    assert read(bodies[0], bodies[2]) == []
    assert len(submissions()) == 1
    worked_off()
    assert len([one for one in providers.mails() if "已收到" in one.subject]) == 1


def test_a_mail_without_an_id_is_known_by_all_of_it(now: Desk) -> None:
    raw = letter(Message_ID="").as_bytes()
    assert read(arrived(raw), arrived(raw)) == []
    assert len(submissions()) == 1
    assert mailed(letter(text="另一件事：下水道堵了。", Message_ID=""))


@pytest.mark.parametrize("operation", ["TransactWriteItems", "PutObject", "SendMessageBatch", "DeleteObject"])
def test_cut_off_anywhere_it_is_done_wholly_the_next_time(real: Desk, operation: str) -> None:
    mail = letter("长信" * 4000)
    mail.add_attachment(PNG, "image", "png", filename="现场.png")
    body = arrived(mail)
    with lost(operation):
        read(body)
    read(body)
    [receipt] = submissions()
    assert [len(text) for text in supplements(receipt)] == [3000]
    if operation == "SendMessageBatch":
        from chalicelib.desk.supervising import sweep

        sweep(datetime.now(UTC) + timedelta(minutes=5))
    worked_off()
    assert len([one for one in providers.mails() if "已收到" in one.subject]) == 1
    [file] = load_folder(receipt).checked
    assert file.verdict == "clean"


def test_cut_off_between_filing_and_the_rest_of_a_long_letter(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    body, honest = arrived(letter("长信" * 4000)), tracking.supplement

    def fail(*_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://nowhere.invalid")

    monkeypatch.setattr(tracking, "supplement", fail)
    assert read(body)
    monkeypatch.setattr(tracking, "supplement", honest)
    assert read(body, body) == []
    [receipt] = submissions()
    assert load_submission(receipt).text + "".join(supplements(receipt)) == "长信" * 4000


def test_files_go_the_road_of_uploads_and_what_is_not_taken_is_named_in_the_answer(real: Desk) -> None:
    mail = letter()
    mail.add_attachment(PNG, "image", "png", filename="现场.png")
    mail.add_attachment(PDF, "application", "octet-stream", filename="合同.pdf")
    mail.add_attachment(b"MZ\x90\x00", "application", "octet-stream", filename="run.exe")
    receipt = mailed(mail)
    assert all(key.startswith("incoming/") for key in objects())
    worked_off()
    folder = load_folder(receipt)
    assert [file.name for file in folder.attachments] == ["现场.png", "合同.pdf"]
    assert [found.verdict for found in folder.checked] == ["clean", "clean"]
    assert sorted(objects()) == [f"clean/{receipt}/0", f"clean/{receipt}/1"]
    assert "run.exe" in providers.mails()[0].html


def test_an_answer_to_our_mail_is_added_to_her_matter_by_its_number_or_its_thread(real: Desk) -> None:
    receipt = mailed(letter(Message_ID="<first@mail.example.cn>"))
    history = f"{MATTER}\n\n在 2026年3月2日，信访局 写道：\n> 您的来信已登记"
    assert not mailed(letter(history, f"Re: 来信已登记（{spoken(receipt)}）", In_Reply_To="<x@amazonses.com>"))
    thread = "<first@mail.example.cn> <0100-abc@cn-north-1.amazonses.com>"
    assert not mailed(
        letter("还有一点：昨天有人摔了。", "Re: 别的标题", References=thread, From=f"x <{ADDRESS.upper()}>")
    )
    assert supplements(receipt) == [MATTER, "还有一点：昨天有人摔了。"]
    worked_off()
    assert len([one for one in providers.mails() if "补充材料已收到" in one.subject]) == 2


def test_nobody_adds_to_another_s_matter(now: Desk) -> None:
    receipt = mailed(letter(Message_ID="<first@mail.example.cn>"))
    subject, thread = f"Re: 来信已登记（{spoken(receipt)}）", "<first@mail.example.cn>"
    forged = "amazonses.com; spf=fail; dkim=fail; dmarc=fail"
    others = [
        letter("我是别人。", subject, From="other@example.cn", References=thread),
        letter("我冒充她。", subject, References=thread, Authentication_Results=forged),
    ]
    for mail in others:
        assert mailed(mail), "it is a matter of its own"
    assert supplements(receipt) == []
    nameless = now.filed(anonymous=True, name="", phone="", email="").number
    assert mailed(letter("是我写的。", f"Re: 来信已登记（{spoken(nameless)}）")), "nobody is known to have written it"
    assert supplements(nameless) == []
    assert mailed(letter("编一个号。", "Re: 4827 1093 5526"))


def test_an_answer_to_a_matter_that_has_ended_opens_a_new_one(now: Desk) -> None:
    receipt = mailed(letter(Message_ID="<first@mail.example.cn>"))
    tracking.withdraw(receipt, {"reason": ""}, datetime.now(UTC))
    again = mailed(letter("又坏了。", "Re: 路灯坏了", References="<first@mail.example.cn>"))
    assert again
    assert load_submission(again).text == "又坏了。"


def test_an_answer_broken_off_after_it_was_added_is_added_once(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = mailed(letter(Message_ID="<first@mail.example.cn>"))
    body = arrived(letter("还有一点。", References="<first@mail.example.cn>"))
    honest, calls = committing.finish, iter([True, False])

    def finish(**what: object) -> None:
        if next(calls, True):
            return honest(**what)  # type: ignore[arg-type]
        raise EndpointConnectionError(endpoint_url="https://nowhere.invalid")

    monkeypatch.setattr(mailing, "finish", finish)
    assert read(body)
    assert read(body) == []
    assert supplements(receipt) == ["还有一点。"]
    assert len(submissions()) == 1


def test_what_a_machine_wrote_is_neither_filed_nor_answered(now: Desk) -> None:
    for headers in ({"Auto_Submitted": "auto-replied"}, {"Precedence": "list"}, {"Return_Path": "<>"}):
        assert not mailed(letter(**headers))
    assert peeked(Topic.NOTICES) == []
    assert len(objects()) == 3, "they lie there for whoever misses one, until the bucket lets them expire"


def test_a_mail_that_says_nothing_is_answered_and_not_filed_and_our_own_is_left(real: Desk) -> None:
    assert not mailed(letter(From=f"desk <{providers.SENDER}>"))
    assert not mailed(letter("\n\n"))
    worked_off()
    [told] = providers.mails()
    assert (told.to, told.subject) == (ADDRESS, "没有读到您来信的内容")


def test_one_without_a_subject_a_name_or_any_text_but_files_is_filed_all_the_same(now: Desk) -> None:
    mail = letter("\n", "", From=ADDRESS)
    mail.add_attachment(PNG, "image", "png", filename="现场.png")
    submission = load_submission(mailed(mail))
    assert (submission.title, submission.text, submission.anonymous) == ("（内容见附件）", "（内容见附件）", True)
    long = load_submission(mailed(letter(subject="长" * 300)))
    assert long.title == "长" * 100


def test_an_english_mail_is_answered_in_english(real: Desk) -> None:
    receipt = mailed(letter("The street lamp is broken.", "Broken lamp", From=f"Mary <{ADDRESS}>"))
    worked_off()
    assert providers.mails()[0].subject == f"Your letter has arrived ({spoken(receipt)})"


def test_a_sender_who_writes_too_much_is_put_off_and_nothing_is_lost(
    now: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "MAILS_AN_HOUR", 2)
    put_off: list[int] = []
    monkeypatch.setattr(queued, "put_off", lambda topic, handle, seconds: put_off.append(seconds))
    bodies = [arrived(letter(f"第{number}封信。")) for number in range(3)]
    assert len(read(*bodies)) == 1
    assert len(submissions()) == 2
    assert 0 < put_off[0] <= 15
    assert read(*bodies[:2]) == [], "what was taken in before is still known"
    assert read(arrived(letter("别人的信。", From="li@example.cn"))) == []


def test_poison_comes_again_until_it_lies_in_the_dead_letters_and_the_others_go_on(now: Desk) -> None:
    poison = [arrived(raw) for raw in (b"", b"\xff\xfe\x00", b"From: nobody\r\n\r\nx")]
    strange = ["", "x", "{}", "[]", "null", '{"Records": 5}', '{"Records": [{"s3": {}}]}']
    assert len(read(*poison, arrived(letter()), *strange)) == len(poison) + len(strange)
    assert len(submissions()) == 1


def test_the_test_that_s3_makes_is_no_mail_and_what_is_gone_was_taken(now: Desk) -> None:
    assert read('{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}') == []
    gone = {"Records": [{"s3": {"object": {"key": "mail/gone+away%2B"}}}]}
    assert mailing.places_in(json.dumps(gone)) == ("mail/gone away+",)
    assert read(json.dumps(gone)) == []


def test_dead_letters_of_mails_are_shown_in_the_console_and_can_be_sent_again(now: Desk) -> None:
    from chalicelib.desk import administering
    from chalicelib.gateways import queues as sqs

    sqs.put_back(sqs.dead_letters_of(Topic.MAIL), "x")
    assert administering.dead_letters(Topic.MAIL) == 1
    assert administering.redrive(Topic.MAIL) == 1
    assert [body for body, _ in peeked(Topic.MAIL)] == ["x"]


def test_an_office_s_own_mail_server_hands_mails_in_by_post(now: Desk) -> None:
    from app import app

    vault()
    with Client(app) as client:
        provider, raw = Provider(client), letter(MATTER).as_bytes().replace(b"utf-8", b"gb18030")
        assert provider.mail(raw).status == 202
        [place] = objects()
        told = {"Records": [{"s3": {"object": {"key": place}}}]}
        event = client.events.generate_sqs_event(message_bodies=[json.dumps(told)])
        assert client.lambda_.invoke("receive_mail", event).payload == {"batchItemFailures": []}
        assert len(submissions()) == 1
        for body in ({}, {"raw": ""}, {"raw": "%"}, {"raw": 5}, {"raw": "eA==" + "\n"}, {"raw": "字"}):
            answer = provider.hand_in("/api/mail", body, "whsec_" + "bWFp" * 8)
            assert (answer.status, answer.fields) == (400, {"raw"}), body
        assert provider.mail(b"x" * (mailing.LARGEST_POSTED + 1)).fields == {"raw"}
        assert provider.mail(b"x" * 6_000_000).code == "too_large"
        assert provider.hand_in("/api/mail", {"raw": "eA=="}, "whsec_" + "eHh4" * 8).code == "unverified"


def test_two_who_take_the_same_mail_at_once_file_it_once(now: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    body = arrived(letter())
    honest, competing = mailing._acted_upon, iter([True])

    def acted(*what: object) -> object:
        if next(competing, False):
            assert read(body) == []
        return honest(*what)  # type: ignore[arg-type]

    monkeypatch.setattr(mailing, "_acted_upon", acted)
    read(body)
    assert len(submissions()) == 1
    before = everything()
    queues.receive_mail(batch(body))
    assert everything() == before
