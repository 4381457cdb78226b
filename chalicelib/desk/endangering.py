"""风险: what somebody wrote is looked through for risks, in the same commit in which it comes."""

from datetime import datetime

from chalicelib.desk import cities
from chalicelib.desk.committing import Step
from chalicelib.domain import marking
from chalicelib.domain.events import DESK
from chalicelib.domain.moves import OPEN_TO_RISKS
from chalicelib.domain.routing import risks_in


def with_risks(step: Step, receipt: str, written: tuple[str, ...], at: datetime) -> Step:
    """``step``, with what ``written`` for the letter ``receipt`` shows of risks that do not stand on its case yet."""
    if step.after.state not in OPEN_TO_RISKS:
        return step
    city = cities.known()
    marked = marking.risks_seen(step.after, risks_in(city, *written), receipt, city)
    return step if marked is None else step.then([marked], DESK, at)
