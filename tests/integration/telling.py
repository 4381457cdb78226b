"""The queue of notices at work, and what is recorded of it."""

from chalicelib.desk import notifying
from chalicelib.domain.case import Case
from chalicelib.domain.messages import AnyMessage, Topic
from chalicelib.storage import cases, notices
from chalicelib.storage.notices import Attempted, Sending
from tests.integration.desk import Desk
from tests.integration.watching import sent_at_all

STEPS = ["Registered", "Accepted", "Dispatched", "Replied", "RatingAsked"]
BOTH = {"phone": "13800138000", "email": "wang@example.cn"}


def tell(desk: Desk) -> list[AnyMessage]:
    """The queue is worked off, whatever is in it and however often it was delivered; gives what is to come again."""
    again: list[AnyMessage] = []
    for message in sent_at_all(Topic.NOTICES):
        try:
            notifying.notify(message, desk.now)
        except Exception:
            again.append(message)
    return again


def whole_road(desk: Desk, case: Case) -> Case:
    """A petition that is with its unit, until the citizen is asked for a rating; everybody is told."""
    case = desk.answered(case)
    assert case.ask_rating_at is not None
    desk.now = case.ask_rating_at
    desk.swept()
    assert tell(desk) == []
    return cases.load(case.case_id)


def steps(case: Case) -> list[tuple[str, str, Sending, int]]:
    """What is recorded of each notice: step, way, how it stands, and after how many attempts."""
    return [
        (cases.event(case.case_id, one.event).kind, one.way, one.state, one.attempts)
        for one in notices.of_case(case.case_id)
    ]


def of_step(case: Case, kind: str) -> list[Attempted]:
    """What is recorded of one step."""
    return [one for one in notices.of_case(case.case_id) if cases.event(case.case_id, one.event).kind == kind]
