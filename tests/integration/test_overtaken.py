"""Whoever is overtaken by somebody else is served at the next try; who is overtaken time after time is told so."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import (
    attending,
    cities,
    clearing,
    erasing,
    feedback,
    receiving,
    reception_lay,
    referred,
    referring,
    signing_in,
    talking,
    texting,
)
from chalicelib.domain.agency_words import Stands
from chalicelib.domain.city import Agency
from chalicelib.domain.people import Staff
from chalicelib.domain.receptions import Reception
from chalicelib.domain.roots import day_of
from chalicelib.domain.words import Kind, Role, View
from tests.integration.agency import introduce, petition
from tests.integration.belongings import LONG_AGO
from tests.integration.chatting import talks_at, there
from tests.integration.desk import Desk
from tests.integration.desks import stand, transferred
from tests.integration.receiving import MATTER, booked, planned
from tests.integration.together import step
from tests.integration.visitor import PASSWORD
from tests.integration.watching import stands_being_overtaken

Act = Callable[[], object]
WANG, LEADER = Staff("wang", "王建国", Role.LAY_SUPERVISOR), Staff("mayor", "高远", Role.LEADER)


def a_day(desk: Desk) -> Reception:
    """A reception to which 王建国 is invited."""
    signing_in.open_account(WANG, PASSWORD)
    reception = planned(desk)
    return reception_lay.invite(reception.id, {"lay.wang": "yes"}, desk.clerk, desk.now)


def agency(desk: Desk, name: str) -> Agency:
    """Another agency, which refers petitions to us."""
    introduce(desk)
    found = cities.current().agency(name)
    assert found is not None
    return found


def a_referral(desk: Desk) -> Agency:
    """The agency that has referred petition 1, which is at work here."""
    province = agency(desk, "province")
    referring.refer(province, json.loads(petition(number="1")), desk.now)
    desk.later(seconds=1).route_all()
    return province


def lay_answers(desk: Desk) -> Act:
    day = a_day(desk)
    return lambda: reception_lay.answer(day.id, WANG, desk.now, True)


def lay_is_sent_away(desk: Desk) -> Act:
    day = a_day(desk)
    return lambda: reception_lay.uninvite(day.id, WANG.login, desk.clerk, desk.now)


def lay_speaks_of_a_day(desk: Desk) -> Act:
    day = a_day(desk)
    desk.now = day.plan.starts_at
    return lambda: reception_lay.opine(day.id, WANG, desk.now, View.AGREE, "窗口有序。", "接待耐心。")


def lay_answers_for_a_case(desk: Desk) -> Act:
    signing_in.open_account(WANG, PASSWORD)
    case = desk.replied()
    desk.rated(desk.receipts[0], "not")
    case = step(desk.clerk, case, "lay-invitation", occasion="call_back", **{"lay.wang": "yes"})
    return lambda: attending.answer(case.case_id, WANG, desk.now, True, "一定到。")


def day_is_called_off(desk: Desk) -> Act:
    day = a_day(desk)
    return lambda: receiving.call_off(day.id, {"reason": "场地检修。"}, desk.clerk, desk.now)


def leader_endorses(desk: Desk) -> Act:
    clearing.make(desk.now)
    return lambda: clearing.endorse(LEADER, day_of(desk.now), "请逐件过问。", desk.now)


def city_is_changed(desk: Desk) -> Act:
    cities.change(lambda city: city)
    return lambda: cities.change(lambda city: replace(city, talk=replace(city.talk, always=True)))


def agency_sets_a_date(desk: Desk) -> Act:
    province = a_referral(desk)
    by = (desk.now + timedelta(days=3)).isoformat()
    return lambda: referred.set_deadline(province, "1", {"deadline": by}, desk.now)


def agency_takes_it_back(desk: Desk) -> Act:
    province = a_referral(desk)
    return lambda: referred.withdraw(province, "1", {"reason": "来信人撤回。"}, desk.now)


def agency_tells_how_it_stands(desk: Desk) -> Act:
    agency(desk, "county")
    stand(desk, "county", Stands.BELOW, "http://127.0.0.1:9")
    case = transferred(desk)
    assert case.transfer is not None
    told = {"number": case.transfer.number, "state": "accepted", "at": desk.now.isoformat()}
    below = cities.current().agency("county")
    assert below is not None
    return lambda: feedback.hear(below, told, desk.now)


def citizen_leaves_a_talk(desk: Desk) -> Act:
    talks_at(desk)
    there(desk)
    token, _ = talking.start({"key": "k" * 32}, "zh", "203.0.113.7", desk.now)
    return lambda: talking.leave(token, desk.now)


def citizen_says_something(desk: Desk) -> Act:
    talks_at(desk)
    there(desk)
    token, _ = talking.start({"key": "k" * 32}, "zh", "203.0.113.7", desk.now)
    return lambda: talking.say(token, {"key": "m" * 32, "text": "路灯坏了。"}, desk.now)


def citizen_texts(desk: Desk) -> Act:
    said = {"from": "13812345678", "to": "106", "text": "路灯坏了半个月，请派人来修。"}
    texting.receive({**said, "id": "1"}, desk.now)
    return lambda: texting.receive({**said, "id": "2", "text": "1"}, desk.now)


def clerk_hears_a_matter(desk: Desk) -> Act:
    day = planned(desk, days=1)
    number = booked(desk, day).standing.number
    desk.later(days=1)
    return lambda: receiving.hear(day.id, number, MATTER, desk.clerk, desk.now)


def citizen_has_an_accusation_erased(desk: Desk) -> Act:
    receipt = desk.filed(kind="accusation", mailbox=desk.mailbox_for(Kind.ACCUSATION))
    desk.route_all().withdrawn(receipt)
    desk.now += LONG_AGO
    return lambda: erasing.erase(receipt.number, desk.now)


SITUATIONS = [
    lay_answers,
    lay_is_sent_away,
    lay_speaks_of_a_day,
    lay_answers_for_a_case,
    day_is_called_off,
    leader_endorses,
    city_is_changed,
    agency_sets_a_date,
    agency_takes_it_back,
    agency_tells_how_it_stands,
    citizen_leaves_a_talk,
    citizen_says_something,
    citizen_texts,
    clerk_hears_a_matter,
    citizen_has_an_accusation_erased,
]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)
def test_whoever_is_overtaken_once_is_served_and_time_after_time_is_told_so(
    now: Desk, situation: Callable[[Desk], Act]
) -> None:
    stands_being_overtaken(situation(now))
