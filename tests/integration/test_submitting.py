"""Filing: one commit, one message, a receipt at once; the same form twice is one submission."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pynamodb.exceptions import TransactWriteError

from chalicelib.desk import committing, submitting
from chalicelib.desk.tracking import admitted, track
from chalicelib.desk.vault import vault
from chalicelib.domain.errors import Changed, Invalid, KeyUsed
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.people import Petitioner
from chalicelib.domain.receipts import read_code, read_receipt
from chalicelib.domain.words import Kind, State
from chalicelib.storage import cases, unit_of_work
from chalicelib.storage.submissions import load_sealed_petitioner, load_submission
from chalicelib.storage.unit_of_work import Work
from tests.integration.desk import Desk, form
from tests.integration.watching import everything, in_plain, lost, outbox, sent, watched

SECRET = {
    "title": "举报某局长收受礼金",
    "text": "我亲眼看见他在饭店收了三个信封，地点在滨河路。",
    "place": "滨河路饭店二楼",
}


def test_a_citizen_gets_a_number_and_a_code_that_open_her_submission(desk: Desk) -> None:
    receipt = desk.filed()
    assert read_receipt(receipt.number) == receipt.number
    assert read_code(receipt.code) == receipt.code
    assert admitted(receipt.number, receipt.code, "203.0.113.7", desk.now) == receipt.number
    status = track(receipt.number, desk.now)
    assert status.case.state is State.RECEIVED
    assert status.title == "路口占道经营严重"
    assert receipt.register_by == status.case.clocks[0].due_at > desk.now


def test_the_case_is_the_fold_of_its_record_from_the_first_line(desk: Desk) -> None:
    case_id = load_submission(desk.filed().number).case_id
    assert fold(cases.record_of(case_id)) == cases.load(case_id)


def test_the_same_form_sent_twice_gives_one_receipt_one_code_and_one_case(desk: Desk) -> None:
    raw = form()
    first = submitting.submit(raw, "zh", desk.now)
    before = everything()
    again = submitting.submit(raw, "zh", desk.now + timedelta(minutes=7))
    assert not first.repeated
    assert again.repeated
    assert (first.number, first.code, first.filed_at, first.register_by) == (
        again.number,
        again.code,
        again.filed_at,
        again.register_by,
    )
    assert everything() == before
    assert sent(Topic.ROUTING) == [Message(Topic.ROUTING, load_submission(first.number).case_id, 1)]


def test_the_same_form_sent_after_it_was_routed_gives_the_same_receipt(desk: Desk) -> None:
    raw = form()
    first = submitting.submit(raw, "zh", desk.now)
    desk.route_all()
    again = submitting.submit(raw, "zh", desk.later(days=1).now)
    assert again.repeated
    assert again.number == first.number


def test_the_same_key_with_other_words_is_refused_and_changes_nothing(desk: Desk) -> None:
    raw = form()
    receipt = submitting.submit(raw, "zh", desk.now)
    before = everything()
    with pytest.raises(KeyUsed):
        submitting.submit({**raw, "text": "我想说的是另外一件事情，和原来那件没有关系。"}, "zh", desk.now)
    assert everything() == before
    assert load_submission(receipt.number).text == raw["text"]


def test_another_form_with_the_same_words_is_another_submission(desk: Desk) -> None:
    assert desk.filed().number != desk.filed().number


def test_filing_is_one_transaction_and_one_send_and_nothing_else_of_aws(desk: Desk) -> None:
    desk.filed()
    with watched() as calls:
        desk.filed()
    assert calls == ["TransactWriteItems", "SendMessageBatch"]


def test_filing_an_accusation_with_files_is_one_transaction_and_one_send_too(desk: Desk) -> None:
    tickets = [desk.leave().ticket for _ in range(5)]
    desk.filed()
    with watched() as calls:
        desk.filed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), uploads=tickets, **SECRET)
    assert calls == ["TransactWriteItems", "SendMessageBatch"]


def test_when_the_commit_fails_nothing_is_half_written_and_nothing_is_sent(desk: Desk) -> None:
    desk.filed()
    before, raw = everything(), form()
    waiting = sent(Topic.ROUTING)
    with lost("TransactWriteItems"), pytest.raises(TransactWriteError):
        submitting.submit(raw, "zh", desk.now)
    assert everything() == before
    assert sent(Topic.ROUTING) == waiting
    assert not submitting.submit(raw, "zh", desk.now).repeated, "the citizen tries again, and it is filed"


def test_two_forms_that_meet_in_one_number_are_two_submissions(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = desk.filed()
    honest = type(vault()).receipt_of

    def meeting(self: object, form_key: str, attempt: int = 0) -> str:
        return taken.number if attempt == 0 else honest(vault(), form_key, attempt)

    monkeypatch.setattr(type(vault()), "receipt_of", meeting)
    second = desk.filed()
    assert second.number != taken.number
    assert not second.repeated
    assert len([key for key in everything() if key.startswith("case#") and key.endswith(" case")]) == 2


def conflicting(times: int) -> Callable[[Work], None]:
    """A commit that meets another one of the same form as many times."""
    left = [times]

    def commit(work: Work) -> None:
        if left[0]:
            left[0] -= 1
            raise Changed()
        unit_of_work.commit(work)

    return commit


def test_a_double_click_that_meets_itself_in_the_table_is_one_submission(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = form()
    first = submitting.submit(raw, "zh", desk.now)
    monkeypatch.setattr(committing, "commit", conflicting(2))
    again = submitting.submit(raw, "zh", desk.now)
    assert again.repeated
    assert again.number == first.number


def test_who_wrote_stands_nowhere_in_plain(desk: Desk) -> None:
    receipt = desk.filed(name="欧阳㐂𠮷", phone="13912345678", email="ouyang@example.cn")
    desk.route_all()
    seen = in_plain()
    for secret in ("欧阳", "㐂𠮷", "13912345678", "ouyang@example.cn", receipt.code):
        assert secret not in seen
    sealed = load_sealed_petitioner(receipt.number)
    assert sealed is not None
    opened = vault().open_petitioner(sealed, receipt.number)
    assert opened == Petitioner("欧阳㐂𠮷", "13912345678", "ouyang@example.cn")


def test_what_is_sealed_for_one_submission_opens_under_no_other(desk: Desk) -> None:
    from cryptography.exceptions import InvalidTag

    one, other = desk.filed(), desk.filed()
    sealed = load_sealed_petitioner(one.number)
    assert sealed is not None
    with pytest.raises(InvalidTag):
        vault().open_petitioner(sealed, other.number)


def test_who_leaves_nothing_has_nothing_kept(desk: Desk) -> None:
    receipt = desk.filed(anonymous=True, name="", phone="")
    assert load_sealed_petitioner(receipt.number) is None


def test_an_accusations_words_stand_nowhere_in_plain_at_any_step(desk: Desk) -> None:
    receipt = desk.filed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), **SECRET)
    desk.route_all()
    desk.supplemented(receipt, "补充：当晚还有两个人在场，可以作证。")
    desk.route_all().later(days=20).swept()
    seen = in_plain()
    for secret in (*SECRET.values(), "三个信封", "滨河路", "补充：当晚"):
        assert secret not in seen
    status = track(receipt.number, desk.now)
    assert (status.title, status.text) == (SECRET["title"], SECRET["text"])
    assert status.case.sealed
    assert status.case.title == ""


def test_other_agencies_are_told_nothing_of_an_accusation(desk: Desk) -> None:
    desk.tell_an_agency()
    desk.filed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION), **SECRET)
    desk.route_all()
    assert sent(Topic.WEBHOOKS) == []
    assert not any(identity.startswith("webhooks.") for identity in outbox())


@pytest.mark.parametrize(
    "ticket",
    [
        "",
        ".",
        "x",
        "x.y",
        "zz.zz",
        "7b7d.",
        ".7b7d",
        "\ud800",
        "\ud800.\udfff",
        "7b7d.\ud800",
        "é.é",
        "7b7d.é",
        "a" * 100_000,
        "\x00.\x00",
        "7b226174746163686d656e74223a6e756c6c7d.AAAA",
    ],
)
def test_a_forged_ticket_is_refused_by_name_and_nothing_is_written(desk: Desk, ticket: str) -> None:
    before = everything()
    with pytest.raises(Invalid) as refused:
        desk.filed(uploads=[ticket])
    assert [(error.field, error.code) for error in refused.value.errors] == [("uploads", "upload.forged")]
    assert set(everything()) - set(before) <= {"settings key"}


def test_a_ticket_with_one_letter_changed_is_forged(desk: Desk) -> None:
    ticket = desk.leave().ticket
    for place in (0, len(ticket) // 2, ticket.index(".") + 1, len(ticket) - 1):
        changed = ticket[:place] + ("A" if ticket[place] != "A" else "B") + ticket[place + 1 :]
        with pytest.raises(Invalid):
            desk.filed(uploads=[changed])


def test_a_ticket_is_good_for_two_hours(desk: Desk) -> None:
    ticket = desk.leave().ticket
    assert desk.later(hours=2).filed(uploads=[ticket])
    with pytest.raises(Invalid) as refused:
        desk.later(seconds=1).filed(uploads=[ticket])
    assert [(error.field, error.code) for error in refused.value.errors] == [("uploads", "upload.expired")]


def test_a_form_whose_answer_was_lost_gets_its_receipt_though_its_tickets_are_old_by_now(desk: Desk) -> None:
    raw = form(uploads=[desk.leave().ticket])
    first = submitting.submit(raw, "zh", desk.now)
    assert submitting.submit(raw, "zh", desk.later(hours=5).now).number == first.number


def test_a_mailbox_opened_meanwhile_is_known_when_a_form_names_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from msgspec.structs import replace

    from chalicelib.desk import cities
    from chalicelib.storage import settings

    new = replace(desk.city.mailboxes[0], id="new-box")
    settings.save_city(replace(desk.city, version=2, mailboxes=(*desk.city.mailboxes, new)))
    monkeypatch.setattr(cities, "KEPT_FOR", 0.0)
    assert desk.filed(mailbox="new-box")
