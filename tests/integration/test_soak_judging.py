"""After a soak: on an honest desk nothing is wrong, and whatever is lost, told twice, stuck or altered is found."""

from datetime import timedelta

import pytest

from chalicelib.domain.case import Case
from chalicelib.storage import cases
from chalicelib.storage.keys import case_key, outbox_key, submission_key
from chalicelib.storage.table import DeskItem, get, stamp
from infra.soak import desk as table_of
from infra.soak import judging
from infra.soak.draining import Queues
from infra.soak.judging import Broken
from infra.soak.outside import Told
from infra.soak.tally import Receipt, Said, Step
from tests.integration.desk import Desk
from tests.integration.telling import tell

EMPTY = Queues(0, 0, 0, 0)


@pytest.fixture
def case(desk: Desk) -> Case:
    """A case that was answered and rated, with everybody told."""
    answered = desk.replied(phone="13800138000")
    desk.later(days=1).rated(desk.receipts[0])
    settled(desk)
    return cases.load(answered.case_id)


def settled(desk: Desk) -> None:
    """Whatever is in the queues is acted upon."""
    desk.route_all().route_all()
    assert tell(desk) == []


def held(desk: Desk) -> list[Receipt]:
    """What the citizens hold."""
    return [Receipt(one.number, one.code) for one in desk.receipts]


def texts() -> list[tuple[str, str]]:
    """What their telephones got: each notice that is on record as sent."""
    kept = table_of.read().cases.values()
    return [(one.id, one.to) for case in kept for one in case.notices if one.way == "sms"]


def found(
    desk: Desk,
    *,
    said: tuple[Said, ...] = (),
    steps: tuple[Step, ...] = (),
    told: list[tuple[str, str]] | None = None,
    lying: Queues = EMPTY,
) -> list[Broken]:
    """Everything that the checks find wrong."""
    kept, got = table_of.read(), texts() if told is None else told
    return [
        *judging.lost(kept, held(desk), said, steps),
        *judging.duplicates(kept, got),
        *judging.untold(kept, got),
        *judging.stuck(kept, lying, desk.now),
    ]


def remove(key: tuple[str, str]) -> None:
    """Delete an item, as nothing in the desk would."""
    DeskItem(*key).delete()


def test_on_an_honest_desk_nothing_is_wrong(desk: Desk, case: Case) -> None:
    receipt = desk.receipts[0].number
    handler = next(event.by.id for event in cases.record_of(case.case_id) if event.kind == "Signed")
    said, steps = (Said(receipt, "rating"),), (Step(case.case_id, "signature", handler, 1),)
    assert found(desk, said=said, steps=steps) == []
    assert texts()


def test_a_receipt_whose_letter_or_case_or_voice_is_gone_is_a_loss(desk: Desk, case: Case) -> None:
    receipt = desk.receipts[0].number
    kept = table_of.read()
    for broken in ("folders", "cases"):
        one = table_of.read()
        getattr(one, broken).clear()
        assert receipt in [wrong.where for wrong in judging.lost(one, held(desk), (), ())]
    other = Receipt(receipt, "00000000")
    assert [wrong.why for wrong in judging.lost(kept, [other], (), ())] == ["its query code is another"]
    remove(submission_key(receipt))
    assert Broken("lost", receipt, "no submission has this receipt") in found(desk)


def test_what_was_confirmed_and_is_not_in_the_record_is_a_loss(desk: Desk, case: Case) -> None:
    receipt = desk.receipts[0].number
    for what in ("supplements", "review", "withdrawal"):
        assert [one.where for one in found(desk, said=(Said(receipt, what, "k"),))] == [receipt]
    nobodys = Step(case.case_id, "draft", "nobody", 1)
    last = Step(case.case_id, "signature", "nobody", case.version)
    assert [one.what for one in found(desk, steps=(nobodys, last))] == ["lost", "lost"]


def test_a_notice_under_two_names_is_a_duplicate_and_under_one_name_is_not(desk: Desk, case: Case) -> None:
    told = texts()
    name, number = told[0]
    assert found(desk, told=[*told, (name, number)]) == []
    assert [one.what for one in found(desk, told=[*told, (f"{name}.1", number)])] == ["duplicate"]


def test_a_case_that_was_registered_twice_told_its_writer_twice(desk: Desk, case: Case) -> None:
    kept = table_of.read()
    events = kept.cases[case.case_id].events
    events.append(next(event for event in events if event.kind == "Registered"))
    assert [one.why for one in judging.duplicates(kept, [])] == ["Registered 2 times"]


def test_who_was_not_told_is_found_by_the_record_and_by_the_telephone(desk: Desk, case: Case) -> None:
    told = texts()
    assert [one.what for one in found(desk, told=told[1:])] == ["untold"]
    notice = next(one for one in table_of.read().cases[case.case_id].notices if one.way == "sms")
    remove((case_key(case.case_id)[0], f"notice#{notice.event:06}#{notice.recipient}#sms"))
    assert "never begun" in found(desk)[0].why


def test_what_waits_for_ever_is_stuck(desk: Desk, case: Case) -> None:
    desk.filed()
    told = [one.why for one in found(desk)]
    assert any("nobody has acted upon it" in why for why in told)
    assert "it was never registered" in told
    remove(outbox_key(next(key.partition("#")[2] for key, _ in table_of.read().outbox)))
    assert "it was never registered" in [one.why for one in found(desk)]


@pytest.mark.parametrize(("lying", "why"), [(Queues(1, 0, 0, 0), "visible"), (Queues(0, 2, 0, 0), "in_flight")])
def test_what_lies_in_a_queue_is_stuck(desk: Desk, case: Case, lying: Queues, why: str) -> None:
    assert why in found(desk, lying=lying)[0].why
    assert found(desk, lying=Queues(0, 0, 5, 3)) == []  # what is given up by a queue waits in the outbox, or is done


def test_a_case_that_nobody_will_come_back_to_is_stuck(desk: Desk, case: Case) -> None:
    item = get(*case_key(case.case_id))
    assert item is not None
    was = item.due_at
    item.update(actions=[DeskItem.due_at.remove(), DeskItem.due_shard.remove()])
    assert "is due None, and should be" in found(desk)[0].why
    item.update(actions=[DeskItem.due_at.set(stamp(desk.now - timedelta(days=1)))])
    assert "and should be" in found(desk)[0].why
    item.update(actions=[DeskItem.due_at.set(was)])
    desk.later(days=400)
    assert "has been due since" in found(desk)[0].why


def test_a_file_that_was_never_looked_at_is_stuck(desk: Desk) -> None:
    desk.filed(uploads=[desk.leave().ticket])
    assert "a file of it was never looked at" in [one.why for one in found(desk)]
    settled(desk)
    assert found(desk) == []


def test_a_step_of_which_an_endpoint_was_not_told_or_told_two_things_is_found(desk: Desk) -> None:
    desk.tell_an_agency()
    endpoint = desk.city.endpoints[0]
    case = desk.replied()
    kept = table_of.read()
    missing = list(judging.untaken(kept, [endpoint], {}))
    assert {one.where for one in missing} == {case.case_id}
    names = [f"webhooks.{case.case_id}.{int(one.why.rpartition(' ')[2]):06}.{endpoint.id}" for one in missing]
    told = [Told(name, b"{}") for name in names]
    assert list(judging.untaken(kept, [endpoint], {endpoint.name.zh: [*told, told[0]]})) == []
    other = [*told, Told(names[0], b"{1}")]
    assert [one.where for one in judging.untaken(kept, [endpoint], {endpoint.name.zh: other})] == [names[0]]
