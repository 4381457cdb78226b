"""One citizen's part in a case."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.words import Satisfaction, Solved


class Voice(Struct, frozen=True, omit_defaults=True):
    """One submission's part in a case."""

    receipt: str
    filed_at: datetime
    own_term_ends_at: datetime | None = None  # where one term for all runs from each filing
    answered_at: datetime | None = None
    in_time: bool | None = None
    withdrawn: bool = False
    signers: int = 0  # of a joint letter, who represents them among them; 0 for who writes alone
    rated_at: datetime | None = None
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None
    erased: bool = False  # what she wrote was erased at her request
    unsatisfied_before: bool = False  # she was not satisfied with an answer that was done again
    may_publish: bool = False  # whether she consents now; what she ticked when she filed stands with the submission
    agency: str = ""  # id of the agency that referred it
    bound_by: datetime | None = None  # the date that this agency has set for the answer
