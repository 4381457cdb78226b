"""Who sees what of a case that several handle, and that the lists beside the worklists hold with it."""

from datetime import UTC, datetime

import pytest

from chalicelib.desk import arranging, handling, signing_in
from chalicelib.domain.case import Case
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role, State
from chalicelib.storage import cases
from chalicelib.storage.placing import beside, owned_by, pointers
from tests.integration.desk import Desk
from tests.integration.together import (
    ASSISTING,
    LEAD,
    MAYOR,
    OTHER,
    SECRETARY,
    asked,
    conference_form,
    of,
    queue,
    sitting,
    step,
    with_lead,
)
from tests.integration.visitor import PASSWORD, Visitor
from tests.integration.watching import everything, lost

FIRST, MEMBER = "transport", "health"
NAME, PHONE = "欧阳春华", "19900001234"


@pytest.fixture
def now(desk: Desk) -> Desk:
    """The desk today, and two leaders."""
    desk.now = datetime.now(UTC)
    for leader in (MAYOR, SECRETARY):
        signing_in.open_account(leader, PASSWORD)
    return desk


def in_conference(desk: Desk) -> Case:
    """A case with a lead, an assisting unit, one that was asked first, two members of a conference, and an owner."""
    case = desk.registered(name=NAME, phone=PHONE)
    case = step(desk.clerk, case, "acceptance")
    case = step(desk.clerk, case, "dispatch", unit=FIRST)
    case = step(of(FIRST), case, "return", ground="不属我局职责。")
    case = asked(desk, step(desk.clerk, case, "dispatch", unit=LEAD))
    case = step(desk.clerk, case, "owner", owner="mayor")
    return step(desk.clerk, case, "conference", **conference_form(desk, LEAD, MEMBER))


PEOPLE = {
    "lead": of(LEAD),
    "head of the lead": of(LEAD, Role.HEAD),
    "assisting": of(ASSISTING),
    "member": of(MEMBER),
    "first asked": of(FIRST),
    "other unit": of(OTHER),
    "owner": MAYOR,
    "other leader": SECRETARY,
    "clerk": Staff("clerk", "赵敏", Role.CLERK, "petition-office"),
    "supervisor": Staff("supervisor", "钱进", Role.SUPERVISOR, "petition-office"),
    "administrator": Staff("admin", "方圆", Role.ADMINISTRATOR, "petition-office"),
}
SEES = {  # the page, the name under its mask, what may be done
    "lead": (200, True, set()),
    "head of the lead": (200, True, set()),
    "assisting": (200, False, {"assisting-part"}),
    "member": (200, False, set()),
    "first asked": (200, False, set()),
    "other unit": (404, False, set()),
    "owner": (200, False, {"inspections", "instruction"}),
    "other leader": (404, False, set()),
    "clerk": (200, True, {"assistance-end", "conference", "conference-end", "lay-invitation", "owner", "risk"}),
    "supervisor": (404, False, set()),  # as long as nothing is late
    "administrator": (403, False, set()),
}
LISTED = {"assisting": "beside", "member": "beside", "first asked": "beside", "owner": "owned", "clerk": "desk"}


def test_each_sees_of_the_case_what_their_seat_gives_and_no_more(now: Desk) -> None:
    case = in_conference(now)
    seen = {}
    for who, person in PEOPLE.items():
        page = sitting(person, case)
        forms = set(page.page.split(f'action="/console/cases/{case.case_id}/')[1:])
        nouns = {form.partition('"')[0] for form in forms} - {f"petitioner/{case.receipts[0]}"}
        seen[who] = (page.status, "欧某某" in page.page, nouns)
        assert NAME not in page.page
        assert PHONE not in page.page
    assert seen == SEES


@pytest.mark.parametrize("who", ["assisting", "member", "first asked", "owner", "other unit"])
def test_who_does_not_answer_the_citizen_cannot_ask_for_her_name(now: Desk, who: str) -> None:
    case = in_conference(now)
    page = sitting(PEOPLE["clerk"], case)  # the address is known to all
    person = Visitor(PEOPLE[who]).sign_in().get("/console/queue")
    token = Visitor(PEOPLE[who]).sign_in()
    answer = token.get("/console/queue").post(
        f"/console/cases/{case.case_id}/petitioner/{case.receipts[0]}", **{**person.hidden()}
    )
    assert answer.status == 403
    assert NAME not in answer.page
    assert page.status == 200


@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_each_finds_it_in_the_list_of_their_seat_and_nobody_else_anywhere(now: Desk, who: str) -> None:
    case = in_conference(now)
    person = PEOPLE[who]
    if who == "administrator":
        return  # the queue is closed to them: see test_console
    listed = {
        name for name in ("desk", "direct", "open", "beside", "replied", "done", "owned") if shown(person, name, case)
    }
    assert listed == ({LISTED[who]} if who in LISTED else set())


def shown(person: Staff, name: str, case: Case) -> bool:
    """Whether a list of somebody's has the case; another's list is closed."""
    return case.case_id in queue(person, name)


def test_nobody_takes_a_step_that_their_seat_does_not_give(now: Desk) -> None:
    case = in_conference(now)
    for who in ("member", "first asked", "other unit", "owner", "other leader", "supervisor"):
        person = Visitor(PEOPLE[who]).sign_in()
        fields = {"csrf": "", "version": str(case.version), "words": "x", "text": "x", "unit": OTHER, "owner": "mayor"}
        fields |= person.get("/console/queue").hidden()
        for noun in ("assisting-part", "assistance-end", "conference-end", "owner", "direct-handling"):
            answer = person.post(f"/console/cases/{case.case_id}/{noun}", **{**fields, "version": str(case.version)})
            assert answer.status in (403, 404), (who, noun)
    assert cases.load(case.case_id) == case


# The lists -----------------------------------------------------------------------------------------------------------


def pointing(case: Case) -> set[str]:
    """The lists beside the worklists that hold the case, by what is really in the table."""
    return {
        item["worklist"]["S"]
        for item in everything().values()
        if item.get("worklist", {}).get("S", "").startswith(("beside#", "owner#")) and item["body"]["S"] == case.case_id
    }


def test_the_lists_hold_the_case_as_long_as_it_says_so(now: Desk) -> None:
    case = with_lead(now)
    assert pointing(case) == set()
    case = asked(now, case)
    assert pointing(case) == {beside(ASSISTING)}
    case = step(now.clerk, case, "owner", owner="mayor")
    assert pointing(case) == {beside(ASSISTING), owned_by("mayor")} == pointers(case)
    case = step(now.clerk, case, "conference", **conference_form(now, LEAD, MEMBER))
    assert pointing(case) == {beside(ASSISTING), beside(MEMBER), owned_by("mayor")}
    case = step(now.clerk, case, "conference-end", words="不开了。")
    case = now.answered(case)
    assert case.state is State.REPLIED
    assert pointing(case) == {owned_by("mayor")} == pointers(case)


def test_a_commit_that_fails_leaves_neither_the_step_nor_the_place_in_the_list(now: Desk) -> None:
    case = with_lead(now)
    with lost("TransactWriteItems"), pytest.raises(Exception, match="transaction"):
        arranging.ask_assistance(case.case_id, case.version, now.clerk, now.now, ASSISTING, "请协助。")
    assert cases.load(case.case_id) == case
    assert pointing(case) == set()


def test_a_crash_right_after_the_commit_leaves_both(now: Desk) -> None:
    case = with_lead(now)
    with lost("SendMessageBatch"):
        after = arranging.ask_assistance(case.case_id, case.version, now.clerk, now.now, ASSISTING, "请协助。")
    assert cases.load(case.case_id) == after
    assert pointing(case) == {beside(ASSISTING)}


def test_a_sealed_accusation_stands_in_no_list_beside(now: Desk) -> None:
    case = now.routed(mailbox="discipline", kind="accusation", title="举报某人", text="此人每次都要收红包才肯办事。")
    page = sitting(PEOPLE["clerk"], case)
    for noun in ("assistance", "conference", "owner", "direct-handling"):
        assert f"/{noun}" not in page.page
    assert pointing(case) == set()


def test_a_joined_case_leaves_its_owners_list(now: Desk) -> None:
    into = with_lead(now)
    case = now.registered(title="另一件不一样的麻烦", text="这里写的是完全不同的一件事，和前面那封没有关系。")
    case = arranging.name_owner(case.case_id, case.version, now.clerk, now.now, "mayor")
    assert pointing(case) == {owned_by("mayor")}
    joined = handling.join(case.case_id, case.version, now.clerk, now.now, into.case_id)
    assert pointing(joined) == set()
