"""The words that are said between our desk and another agency's, as closed sets."""

from enum import StrEnum


class Stands(StrEnum):
    """Where another agency stands to ours."""

    ABOVE = "above"  # it refers to us, and is told what becomes of it
    BESIDE = "beside"
    BELOW = "below"


class Progress(StrEnum):
    """What a desk tells the one that referred a petition to it."""

    REGISTERED = "registered"
    JOINED = "joined"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    IN_HANDLING = "in_handling"
    REPLIED = "replied"
    CONCLUDED = "concluded"
    TERMINATED = "terminated"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    REFERRED = "referred"
    RETURNED = "returned"


GIVEN_BACK = frozenset({Progress.DECLINED, Progress.REFERRED, Progress.RETURNED})
"""By which a desk says that the petition will not be answered there."""
