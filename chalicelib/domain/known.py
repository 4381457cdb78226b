"""What is known already is told at once: a matter that was answered is not investigated again."""

from datetime import datetime

from msgspec.structs import replace

from chalicelib.domain.case import Case
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.events import Drafted, Replied
from chalicelib.domain.handling import LONGEST_REPLY, reply, required_words
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import Outcome, Satisfaction, Solved, State

WITH_A_RESULT = frozenset({State.REPLIED, State.IN_REVIEW, State.CONCLUDED, State.TERMINATED})


def has_result(case: Case) -> bool:
    """Whether what became of the matter can be told to another citizen."""
    return case.state in WITH_A_RESULT and not case.sealed and case.answered_by is not None


def stands(case: Case) -> bool:
    """Whether nobody has found fault with the result so far: only then is it told without a person looking at it."""
    unhappy = any(voice.satisfaction is Satisfaction.NOT or voice.solved is Solved.NO for voice in case.voices)
    return has_result(case) and case.state is not State.IN_REVIEW and not unhappy and not case.call_back_due


def answer_known(case: Case, earlier: Case, text: str, outcome: Outcome, at: datetime, trade: Trade) -> Replied:
    """The result of ``earlier`` as the answer to ``case``. Its own review stays with the first petition.

    Raises Invalid without words, or when ``earlier`` has no result.
    """
    if not has_result(earlier) or earlier.case_id == case.case_id:
        raise Invalid([FieldError("known", "known.no_result")])
    told = reply(case, Drafted(required_words("text", text, LONGEST_REPLY), outcome), at, trade)
    return replace(told, unit=earlier.answered_by or "", known_from=earlier.case_id, review_until=None)
