"""Where a matter stands for one of those who spoke in it."""

from chalicelib.domain.case import Case, Voice
from chalicelib.domain.words import State


def own_state(case: Case, voice: Voice) -> State:
    """Where a case stands for one who spoke in it: she may be answered, or gone, while it goes on for others."""
    if voice.withdrawn:
        return State.WITHDRAWN
    if case.review is not None and case.review.receipt == voice.receipt:
        return State.IN_REVIEW
    if voice.answered_at is not None and not case.ended:
        return State.REPLIED
    return case.state
