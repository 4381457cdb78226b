"""Who left is no part of what follows: of a joining, of a reception, of what lay supervisors read, of an erasure."""

import pytest

from chalicelib.desk import attending, handling, lay_sight, receiving, reception_lay, signing_in, tracking, verifying
from chalicelib.desk.erasing import records_of
from chalicelib.domain.errors import NotFound
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.storage import cases, receptions
from chalicelib.storage.submissions import load_submission
from tests.integration.belongings import HERS, LONG_AGO, SAID, erased
from tests.integration.desk import Desk
from tests.integration.receiving import booked, planned
from tests.integration.test_joining import ALIKE, BRIDGE, two_cases
from tests.integration.visitor import PASSWORD

WANG, LI = Staff("wang", "王建国", Role.LAY_SUPERVISOR), Staff("li", "李秀兰", Role.LAY_SUPERVISOR)


def test_who_withdrew_before_the_joining_checks_her_own_case_and_who_stayed_checks_all(desk: Desk) -> None:
    into = desk.dispatched(**BRIDGE)
    desk.later(days=1).filed(**ALIKE)
    desk.filed(**{**ALIKE, "name": "李建国"})
    desk.route_all()
    left, stayed = desk.receipts[1:]
    case = desk.case_of(left)
    assert set(case.receipts) == {left.number, stayed.number}
    desk.withdrawn(left)
    case = desk.case_of(stayed)
    handling.join(case.case_id, case.version, desk.clerk, desk.now, into.case_id)
    hers, others = verifying.verify(left.number), verifying.verify(stayed.number)
    assert all(record.complete for record in (*hers, *others))
    assert load_submission(left.number).case_id == case.case_id
    lengths = [len(record.links) for record in others]
    assert [len(record.links) for record in hers] == lengths[1:2], "her own case, and nothing of where it went"
    assert lengths[2:] == [len(cases.record_of(into.case_id))]
    assert tracking.track(left.number, desk.now).case.case_id == case.case_id


def test_only_who_still_comes_hears_that_a_reception_is_called_off(desk: Desk) -> None:
    for one in (WANG, LI):
        signing_in.open_account(one, PASSWORD)
    reception = planned(desk)
    reception_lay.invite(reception.id, {"lay.wang": "yes", "lay.li": "yes"}, desk.clerk, desk.now)
    reception_lay.answer(reception.id, LI, desk.now, False)
    receiving.call_off(reception.id, {"reason": "场地检修。"}, desk.clerk, desk.now)
    heard = {one.login: {entry.kind for entry in attending.inbox_of(one, desk.now)} for one in (WANG, LI)}
    assert heard == {"wang": {"LayInvited", "ReceptionCalledOff"}, "li": {"LayInvited"}}


def test_of_who_booked_long_ago_nothing_is_found_and_the_day_still_stands(desk: Desk) -> None:
    reception = planned(desk)
    number = booked(desk, reception).standing.number
    assert receiving.look(reception.id, number, desk.clerk, desk.now).petitioner.name
    ticket = receptions.load_ticket(number)
    assert ticket is not None
    receptions.ticket_item(ticket, reception.plan.starts_at).delete()  # as the table does once its time is over
    with pytest.raises(NotFound):
        receiving.look(reception.id, number, desk.clerk, desk.now)
    [guest] = receiving.day(reception.id, desk.clerk, desk.now).guests
    assert (guest.booking.number, guest.petitioner, guest.about) == (number, None, None)


def test_of_two_citizens_a_lay_supervisor_reads_the_one_who_had_nothing_erased(desk: Desk) -> None:
    first, second = desk.filed(**HERS), desk.filed(**{**HERS, "name": "李建国", "phone": "13811112222"})
    desk.route_all()
    case = desk.case_of(first)
    case = handling.accept(case.case_id, case.version, desk.clerk, desk.now) if case.unit is None else case
    if case.unit is None:
        case = handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, desk.some_unit)
    case = desk.answered(case)
    handling.conclude(case.case_id, case.version, desk.clerk, desk.now)
    assert len(lay_sight.letters_of(cases.load(case.case_id), ())) == 2
    desk.now += LONG_AGO
    erased(desk, first)
    case = cases.load(case.case_id)
    [letter] = lay_sight.letters_of(case, lay_sight.people_of(case))
    assert letter.filed_at == load_submission(second.number).filed_at
    assert SAID["added"] not in letter.text


def test_a_case_that_was_joined_split_and_joined_again_is_gone_through_once(desk: Desk) -> None:
    first, second = two_cases(desk)
    handling.join(second.case_id, second.version, desk.clerk, desk.now, first.case_id)
    into = cases.load(first.case_id)
    handling.split(into.case_id, into.version, desk.clerk, desk.now, desk.receipts[1].number, "是另一座桥。")
    back = cases.load(second.case_id)
    handling.join(back.case_id, back.version, desk.clerk, desk.now, first.case_id)
    records = records_of(second.case_id)
    assert list(records) == [second.case_id, first.case_id]
    assert [event.kind for event in records[second.case_id]].count("Joined") == 2
