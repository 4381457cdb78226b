"""Receptions planned by the clerk and booked by citizens, through the use cases, on the table."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pynamodb.exceptions import TransactWriteError

from chalicelib.desk import booking, receiving, tracking
from chalicelib.domain.errors import Changed, Invalid, KeyUsed, NotAllowed, NotFound, SlowDown
from chalicelib.domain.people import Staff
from chalicelib.domain.reception_errors import Begun, Full
from chalicelib.domain.receptions import BookingState, Reception
from chalicelib.domain.words import STAFF, Role
from chalicelib.storage import receptions, throttle
from tests.integration.desk import Desk
from tests.integration.receiving import (
    ADDRESS,
    LEADER,
    MATTER,
    between,
    booked,
    booking_form,
    joint,
    plan_form,
    planned,
)
from tests.integration.watching import everything, in_plain, lost, watched

HIGH = Staff(LEADER, "高远", Role.LEADER, None, ("leader-mayor",))


def numbers(desk: Desk, reception: Reception) -> list[str]:
    """The numbers of the bookings that stand."""
    return [guest.booking.number for guest in receiving.day(reception.id, desk.clerk, desk.now).guests]


def test_the_same_plan_sent_twice_is_planned_once(desk: Desk) -> None:
    form = plan_form(desk.now + timedelta(days=3))
    first = receiving.plan(form, desk.clerk, desk.now)
    assert receiving.plan(form, desk.clerk, desk.now) == first
    assert len(receiving.calendar(desk.clerk, desk.now).coming) == 1


def test_of_two_people_at_the_last_place_one_gets_it_and_the_other_is_told_that_it_is_full(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reception = planned(desk, places="1")
    between(monkeypatch, lambda: booked(desk, reception, name="先到"))
    with pytest.raises(Full):
        booked(desk, reception, name="后到")
    assert len(receptions.load(reception.id).bookings) == 1


def test_who_is_overtaken_gets_the_next_place(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    reception = planned(desk)
    between(monkeypatch, lambda: booked(desk, reception), times=2)
    assert booked(desk, reception).standing.state is BookingState.BOOKED
    assert [one.place for one in receptions.load(reception.id).bookings] == [0, 1, 2]


def test_who_is_overtaken_at_every_try_is_told_so_in_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    reception = planned(desk, places="40")
    between(monkeypatch, lambda: booked(desk, reception), times=booking.TRIES)
    with pytest.raises(Changed):
        booked(desk, reception)


def test_a_double_click_books_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    reception, form = planned(desk, places="1"), booking_form()

    def click() -> booking.Booked:
        return booking.book(reception.id, form, "zh", ADDRESS, desk.now)

    between(monkeypatch, click)
    second = click()
    third = click()
    assert second.repeated
    assert third.repeated
    assert (second.standing.number, second.code) == (third.standing.number, third.code)
    assert numbers(desk, reception) == [second.standing.number]


def test_a_key_that_is_used_again_for_somebody_else_books_nothing(desk: Desk) -> None:
    reception, form = planned(desk), booking_form()
    booking.book(reception.id, form, "zh", ADDRESS, desk.now)
    with pytest.raises(KeyUsed):
        booking.book(reception.id, {**form, "name": "别人"}, "zh", ADDRESS, desk.now)
    assert len(receptions.load(reception.id).bookings) == 1


def test_booking_is_one_transaction_and_a_broken_one_leaves_nothing(desk: Desk) -> None:
    reception = planned(desk)
    booked(desk, reception)
    before = everything()
    with lost("TransactWriteItems"), pytest.raises(TransactWriteError):
        booked(desk, reception)
    assert everything() == before
    with watched() as calls:
        booked(desk, reception)
    assert calls.count("TransactWriteItems") == 1
    assert "Scan" not in calls


def test_who_booked_stands_nowhere_in_plain(desk: Desk) -> None:
    reception = planned(desk)
    made = booked(desk, reception, name="欧阳春华", phone="19900001234", about="家里进水了")
    for secret in ("欧阳春华", "19900001234", "家里进水了", made.code):
        assert secret not in in_plain()


def test_a_booking_is_found_by_number_and_code_and_by_nothing_else(desk: Desk) -> None:
    made = booked(desk, planned(desk))
    number = made.standing.number
    assert booking.admitted(number, made.code, ADDRESS, desk.now) == number
    assert booking.look_up(number).visitor.petitioner.name == "欧阳春华"
    for wrong in ((number, "AAAAAAAA"), ("482710935528", made.code), ("x", made.code), (number, "")):
        with pytest.raises(NotFound):
            booking.admitted(*wrong, ADDRESS, desk.now)


def test_a_booking_s_number_and_code_open_no_submission_and_a_receipt_s_no_booking(desk: Desk) -> None:
    made, receipt = booked(desk, planned(desk)), desk.filed()
    with pytest.raises(NotFound):
        tracking.admitted(made.standing.number, made.code, ADDRESS, desk.now)
    with pytest.raises(NotFound):
        booking.admitted(receipt.number, receipt.code, ADDRESS, desk.now)


def test_wrong_codes_are_slowed_even_for_the_right_one_but_not_for_other_addresses(desk: Desk) -> None:
    made = booked(desk, planned(desk))
    number = made.standing.number
    for _ in range(throttle.FREE_TRIES):
        with pytest.raises(NotFound):
            booking.admitted(number, "AAAAAAAA", ADDRESS, desk.now)
    with pytest.raises(SlowDown):
        booking.admitted(number, made.code, ADDRESS, desk.now)
    assert booking.admitted(number, made.code, "198.51.100.1", desk.now) == number


def test_one_address_does_not_fill_every_day(desk: Desk) -> None:
    reception = planned(desk, places="40")
    for _ in range(throttle.FREE_TRIES_FROM_AN_ADDRESS):
        booked(desk, reception)
    with pytest.raises(SlowDown):
        booked(desk, reception)
    booking.book(reception.id, booking_form(), "zh", "198.51.100.1", desk.now)


def test_a_cancelled_booking_frees_its_place_and_says_so_when_asked_again(desk: Desk) -> None:
    reception = planned(desk, places="1")
    number = booked(desk, reception).standing.number
    assert booking.cancel(number, desk.now).state is BookingState.CANCELLED
    assert booking.cancel(number, desk.now).state is BookingState.CANCELLED
    assert booking.look_up(number).state is BookingState.CANCELLED
    assert booked(desk, reception).standing.number != number


def test_a_form_that_comes_again_after_its_booking_was_cancelled_books_nothing_anew(desk: Desk) -> None:
    reception, form = planned(desk), booking_form()
    made = booking.book(reception.id, form, "zh", ADDRESS, desk.now)
    booking.cancel(made.standing.number, desk.now)
    again = booking.book(reception.id, form, "zh", ADDRESS, desk.now)
    assert again.repeated
    assert again.standing.state is BookingState.CANCELLED


def test_cancelling_while_others_book_costs_nobody_a_place(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    reception = planned(desk)
    number = booked(desk, reception).standing.number
    between(monkeypatch, lambda: booked(desk, reception))
    booking.cancel(number, desk.now)
    assert [one.place for one in receptions.load(reception.id).bookings] == [1]


def test_nobody_books_a_reception_that_has_begun_or_that_does_not_exist(desk: Desk) -> None:
    reception = planned(desk, days=1)
    desk.later(days=1)
    with pytest.raises(Begun):
        booked(desk, reception)
    for missing in ("none", "x" * 3000, "㐂𠮷😀"):
        with pytest.raises(NotFound):
            booking.book(missing, booking_form(), "zh", ADDRESS, desk.now)


def test_names_are_masked_until_the_clerk_looks_and_the_look_is_on_record(desk: Desk) -> None:
    reception = planned(desk)
    number = booked(desk, reception, name="欧阳春华", phone="19900001234").standing.number
    [guest] = receiving.day(reception.id, desk.clerk, desk.now).guests
    assert guest.petitioner is not None
    assert (guest.petitioner.name, guest.petitioner.phone) == ("欧某某", "199******34")
    visitor = receiving.look(reception.id, number, desk.clerk, desk.now)
    assert visitor.petitioner.name == "欧阳春华"
    [look] = receiving.day(reception.id, desk.supervisor, desk.now).looks
    assert (look.login, look.booking, look.at) == ("clerk", number, desk.now)
    before = everything()
    for staff in (desk.supervisor, HIGH):
        with pytest.raises(NotAllowed):
            receiving.look(reception.id, number, staff, desk.now)
    assert everything() == before


def test_a_leader_sees_the_own_days_only(desk: Desk) -> None:
    from chalicelib.desk import signing_in

    signing_in.open_account(HIGH, "long enough for a test")
    own, other = planned(desk, leader=LEADER), planned(desk, days=4)
    assert [one.id for one in receiving.calendar(HIGH, desk.now).coming] == [own.id]
    assert receiving.day(own.id, HIGH, desk.now).reception.id == own.id
    with pytest.raises(NotFound):
        receiving.day(other.id, HIGH, desk.now)
    assert len(receiving.calendar(desk.supervisor, desk.now).coming) == 2


@pytest.mark.parametrize("role", sorted(STAFF - {Role.CLERK}))
def test_only_the_clerk_plans_changes_hears_and_calls_off(desk: Desk, role: Role) -> None:
    staff = Staff("somebody", "某人", role, "housing")
    reception = planned(desk, days=1)
    number = booked(desk, reception).standing.number
    desk.later(days=1)
    before = everything()
    form = {**plan_form(desk.now + timedelta(days=2)), "reason": "改", "revision": "0"}
    steps: tuple[Callable[[], object], ...] = (
        lambda: receiving.plan(form, staff, desk.now),
        lambda: receiving.change(reception.id, form, staff, desk.now),
        lambda: receiving.call_off(reception.id, form, staff, desk.now),
        lambda: receiving.hear(reception.id, number, MATTER, staff, desk.now),
        lambda: receiving.miss(reception.id, number, staff, desk.now),
    )
    for step in steps:
        with pytest.raises(NotAllowed):
            step()
    assert everything() == before


def test_who_booked_sees_that_the_day_was_moved_or_called_off_and_why(desk: Desk) -> None:
    reception = planned(desk)
    number = booked(desk, reception).standing.number
    moved = {**plan_form(desk.now + timedelta(days=5), place="二楼"), "reason": "会议冲突", "revision": "0"}
    receiving.change(reception.id, moved, desk.clerk, desk.now)
    standing = booking.look_up(number)
    assert standing.booking is not None
    assert standing.reception.time_of(standing.booking) == desk.now + timedelta(days=5)
    assert standing.reception.changes[0].reason == "会议冲突"
    with pytest.raises(Changed):
        receiving.change(reception.id, moved, desk.clerk, desk.now)
    receiving.call_off(reception.id, {"reason": "领导出差"}, desk.clerk, desk.now)
    off = booking.look_up(number).reception.called_off
    assert off is not None
    assert off.reason == "领导出差"
    with pytest.raises(Invalid):
        receiving.call_off(reception.id, {"reason": " "}, desk.clerk, desk.now)


def test_a_moved_reception_stands_once_in_the_calendar(desk: Desk) -> None:
    reception = planned(desk)
    moved = {**plan_form(desk.now + timedelta(days=40)), "reason": "改期", "revision": "0"}
    receiving.change(reception.id, moved, desk.clerk, desk.now)
    [one] = receiving.calendar(desk.clerk, desk.now).coming
    assert one.plan.starts_at == desk.now + timedelta(days=40)
    assert [each.id for each in booking.coming(desk.now)] == [reception.id]


def test_the_calendar_has_the_past_and_counts_it_and_reads_by_index_alone(desk: Desk) -> None:
    reception = joint(desk, days=1)
    made = booked(desk, reception, people=4)
    desk.later(days=1)
    receiving.hear(reception.id, made.standing.number, MATTER, desk.clerk, desk.now)
    desk.later(days=2)
    with watched() as calls:
        calendar = receiving.calendar(desk.supervisor, desk.now)
    assert (len(calendar.coming), len(calendar.past)) == (0, 1)
    assert [(one.sessions, one.people, one.cases) for one in calendar.figures] == [(1, 4, 1)]
    assert set(calls) == {"Query"}


def test_who_cancels_and_is_overtaken_at_every_try_is_told_so_and_keeps_the_place(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reception = planned(desk, places="40")
    number = booked(desk, reception).standing.number
    with monkeypatch.context() as busy:
        between(busy, lambda: booked(desk, reception), times=booking.TRIES)
        with pytest.raises(Changed):
            booking.cancel(number, desk.now)
    assert booking.look_up(number).state is BookingState.BOOKED
