"""Builders for what is handled together: the people around a case, and their steps by the console's own forms."""

from datetime import datetime, timedelta

from chalicelib.desk.notifying import notify
from chalicelib.desk.working import inbox_of
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.case import Case
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.storage import cases
from tests.integration.desk import Desk
from tests.integration.visitor import Visitor
from tests.integration.watching import sent

LEAD, ASSISTING, OTHER = "urban-management", "fire-rescue", "education"
MAYOR = Staff("mayor", "江平", Role.LEADER, None, ("leader-mayor",))
SECRETARY = Staff("secretary", "高远", Role.LEADER, None, ("leader-secretary",))


def of(unit: str, role: Role = Role.HANDLER) -> Staff:
    """Somebody of a unit."""
    return Staff(f"{unit}-{role}", "孙立", role, unit)


def sitting(staff: Staff, case: Case) -> Visitor:
    """Somebody with the case before them."""
    return Visitor(staff).sign_in().get(f"/console/cases/{case.case_id}")


def step(staff: Staff, case: Case, noun: str, **fields: str) -> Case:
    """Somebody takes a step by its form, which is offered to them; the case as it then stands."""
    person = sitting(staff, case)
    assert f"/{noun}" in person.page
    answer = person.send(f"/console/cases/{case.case_id}/{noun}", **fields)
    assert answer.status == 303, answer.page
    after = cases.load(case.case_id)
    assert fold(cases.record_of(case.case_id)) == after
    return after


def refused(staff: Staff, case: Case, noun: str, **fields: str) -> Visitor:
    """Somebody sends a form that is refused: nothing is written."""
    answer = sitting(staff, case).send(f"/console/cases/{case.case_id}/{noun}", **fields)
    assert 400 <= answer.status < 500, answer.page
    assert cases.load(case.case_id).version == case.version
    return answer


def accepted(desk: Desk, **changes: object) -> Case:
    """A case that waits for the clerk to find its unit."""
    case = desk.registered(**changes)
    return step(desk.clerk, case, "acceptance")


def with_lead(desk: Desk, **changes: object) -> Case:
    """A case that its unit has taken up."""
    case = step(desk.clerk, accepted(desk, **changes), "dispatch", unit=LEAD)
    return step(of(LEAD), case, "signature")


def asked(desk: Desk, case: Case, unit: str = ASSISTING) -> Case:
    """Another unit is asked to assist."""
    return step(desk.clerk, case, "assistance", unit=unit, words="请到现场查看消防通道。")


def minute(at: datetime) -> str:
    """A moment as the browser's field writes it."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def conference_form(desk: Desk, *members: str, **changes: str) -> dict[str, str]:
    """The form of a conference in two days."""
    ticked = {f"unit.{member}": "yes" for member in members or (LEAD, ASSISTING)}
    on = minute(desk.now + timedelta(days=2))
    return {"on": on, "place": "三楼会议室", "words": "明确由谁牵头。", **ticked, **changes}


def result_form(lead: str) -> dict[str, str]:
    """What is written down when a conference was held."""
    return {"present": "各单位分管领导。", "minutes": "机密的争论记录。", "opinion": "由一家牵头。", "lead": lead}


def queue(staff: Staff, name: str) -> str:
    """A list of somebody's, as the page shows it."""
    return Visitor(staff).sign_in().get(f"/console/queue?list={name}").page


def told(desk: Desk) -> None:
    """The notices' queue is worked off."""
    for message in sent(Topic.NOTICES):
        notify(message, desk.now)


def inbox(staff: Staff, case: Case) -> list[str]:
    """What somebody was told of a case, latest first."""
    return [entry.kind for entry in inbox_of(staff) if entry.case_id == case.case_id]
