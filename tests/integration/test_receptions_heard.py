"""The day of a reception: each matter heard becomes a submission, in one commit, once."""

import pytest
from pynamodb.exceptions import TransactWriteError

from chalicelib.desk import booking, receiving, tracking
from chalicelib.domain.chain import first_break
from chalicelib.domain.errors import Invalid, NotAllowed
from chalicelib.domain.people import Staff
from chalicelib.domain.reception_errors import NotYet, Settled
from chalicelib.domain.receptions import BookingState
from chalicelib.domain.words import Channel, Role
from chalicelib.storage import cases, receptions
from chalicelib.storage.submissions import load_sealed_petitioner, load_submission
from tests.integration.desk import Desk
from tests.integration.receiving import ADDRESS, MATTER, between, booked, joint, planned
from tests.integration.watching import everything, in_plain, lost, watched


def test_what_is_heard_becomes_a_submission_by_reception_with_who_booked_behind_it(desk: Desk) -> None:
    reception = joint(desk, days=1)
    made = booked(desk, reception, name="欧阳春华", phone="19900001234")
    desk.later(days=1)
    receipt = receiving.hear(reception.id, made.standing.number, MATTER, desk.clerk, desk.now)
    submission = load_submission(receipt.number)
    assert (submission.channel, submission.title) == (Channel.RECEPTION, MATTER["title"])
    assert load_sealed_petitioner(receipt.number) is not None
    assert tracking.admitted(receipt.number, receipt.code, ADDRESS, desk.now) == receipt.number
    [heard] = receptions.load(reception.id).bookings
    assert (heard.state, heard.receipt) == (BookingState.HEARD, receipt.number)
    assert booking.look_up(made.standing.number).state is BookingState.HEARD
    desk.route_all()
    record = cases.record_of(submission.case_id)
    assert record[0].by.role is Role.CLERK
    assert first_break(record) is None
    assert len(record) > 1


def test_a_matter_heard_by_a_leader_belongs_to_the_leader_s_own_mailbox(desk: Desk) -> None:
    from chalicelib.desk import signing_in

    box = next(box for box in desk.city.mailboxes if box.leader is not None)
    signing_in.open_account(Staff(str(box.leader), "江平", Role.LEADER, None, (box.id,)), "long enough for a test")
    reception = planned(desk, days=1, leader=str(box.leader))
    made = booked(desk, reception)
    desk.later(days=1)
    receipt = receiving.hear(reception.id, made.standing.number, MATTER, desk.clerk, desk.now)
    assert load_submission(receipt.number).mailbox == box.id


def test_hearing_is_one_transaction_of_submission_and_booking(desk: Desk) -> None:
    reception = planned(desk, days=1)
    made = booked(desk, reception)
    desk.later(days=1)
    before = everything()
    with lost("TransactWriteItems"), pytest.raises(TransactWriteError):
        receiving.hear(reception.id, made.standing.number, MATTER, desk.clerk, desk.now)
    assert everything() == before
    with watched() as calls:
        receiving.hear(reception.id, made.standing.number, MATTER, desk.clerk, desk.now)
    assert calls.count("TransactWriteItems") == 1


def test_a_slip_that_was_lost_is_given_again_for_the_same_words_and_for_no_others(desk: Desk) -> None:
    reception = planned(desk, days=1)
    number = booked(desk, reception).standing.number
    desk.later(days=1)
    first = receiving.hear(reception.id, number, MATTER, desk.clerk, desk.now)
    again = receiving.hear(reception.id, number, MATTER, desk.clerk, desk.now)
    assert (again.number, again.code, again.repeated) == (first.number, first.code, True)
    with pytest.raises(Settled):
        receiving.hear(reception.id, number, {**MATTER, "title": "另一件事"}, desk.clerk, desk.now)


def test_of_two_clerks_at_one_booking_the_second_is_told_and_one_submission_is_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reception = planned(desk, days=1)
    number = booked(desk, reception).standing.number
    desk.later(days=1)
    between(monkeypatch, lambda: receiving.hear(reception.id, number, MATTER, desk.clerk, desk.now))
    with pytest.raises(Settled):
        receiving.hear(reception.id, number, {**MATTER, "title": "另一件事"}, desk.clerk, desk.now)
    assert len([key for key in everything() if key.endswith(" submission")]) == 1


def test_hearing_one_while_another_is_marked_absent_loses_neither(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    reception = planned(desk, days=1)
    here, away = (booked(desk, reception).standing.number for _ in range(2))
    desk.later(days=1)
    between(monkeypatch, lambda: receiving.miss(reception.id, away, desk.clerk, desk.now))
    receiving.hear(reception.id, here, MATTER, desk.clerk, desk.now)
    states = [one.state for one in receptions.load(reception.id).bookings]
    assert states == [BookingState.HEARD, BookingState.ABSENT]


def test_nothing_is_filed_before_the_day(desk: Desk) -> None:
    reception = planned(desk)
    number = booked(desk, reception).standing.number
    before = everything()
    with pytest.raises(NotYet):
        receiving.hear(reception.id, number, MATTER, desk.clerk, desk.now)
    assert everything() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("text", ""), ("kind", "gossip"), ("kind", ""), ("area", "0"), ("text", "\x00"), ("title", 7)],
)
def test_what_was_written_down_badly_is_refused_by_its_field_and_nothing_is_filed(
    desk: Desk, field: str, value: object
) -> None:
    reception = planned(desk, days=1)
    number = booked(desk, reception).standing.number
    desk.later(days=1)
    before = everything()
    with pytest.raises(Invalid) as refused:
        receiving.hear(reception.id, number, {**MATTER, field: value}, desk.clerk, desk.now)
    assert {error.field for error in refused.value.errors} == {field}
    assert everything() == before


def test_an_accusation_that_was_heard_is_sealed_and_the_list_no_longer_tells_whose_it_is(desk: Desk) -> None:
    reception = planned(desk, days=1)
    number = booked(desk, reception, name="欧阳春华").standing.number
    desk.later(days=1)
    words = {**MATTER, "kind": "accusation", "title": "举报某站长", "text": "每次验收都要收红包。"}
    receipt = receiving.hear(reception.id, number, words, desk.clerk, desk.now)
    assert "红包" not in in_plain()
    [guest] = receiving.day(reception.id, desk.clerk, desk.now).guests
    assert (guest.petitioner, guest.about, guest.may_unmask) == (None, None, False)
    with pytest.raises(NotAllowed):
        receiving.look(reception.id, number, desk.clerk, desk.now)
    assert receiving.hear(reception.id, number, words, desk.clerk, desk.now).code == receipt.code
