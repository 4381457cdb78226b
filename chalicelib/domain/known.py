"""What is known already is told at once: a matter that was answered is not investigated again."""

from datetime import datetime

from msgspec.structs import replace

from chalicelib.domain.case import Case
from chalicelib.domain.duplicates import Letter, says_nothing_new
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.events import Drafted, Replied
from chalicelib.domain.handling import LONGEST_REPLY, reply, required_words
from chalicelib.domain.people import Petitioner
from chalicelib.domain.submission import Submission
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import ANSWERED, Outcome, Satisfaction, Solved, State

WITH_A_RESULT = frozenset({State.REPLIED, State.IN_REVIEW, State.CONCLUDED, State.TERMINATED})


def has_result(case: Case) -> bool:
    """Whether what became of the matter can be told to another citizen."""
    return case.state in WITH_A_RESULT and case.counted and not case.sealed and case.answered_by is not None


def stands(case: Case) -> bool:
    """Whether nobody has found fault with the result so far: only then is it told without a person looking at it."""
    unhappy = any(voice.satisfaction is Satisfaction.NOT or voice.solved is Solved.NO for voice in case.voices)
    return has_result(case) and case.state is not State.IN_REVIEW and not unhappy and not case.call_back_due


def tells_itself(case: Case, receipt: str) -> bool:
    """Whether the result of ``case`` may be told again to whoever wrote ``receipt``, by no person: she was answered,
    the result stands, and the matter was not ended for good (then it is declined, with the ground).
    """
    voice = case.voice(receipt)
    return stands(case) and case.state in ANSWERED and voice is not None and voice.answered_at is not None


def says_the_same(new: Submission, old: Submission) -> bool:
    """Whether ``new`` asks for nothing that ``old``, by the same person, did not: in its words, its day and place, and
    with no file that could show something else.
    """
    said = (new.kind, new.place, new.happened_on) == (old.kind, old.place, old.happened_on)
    return said and not new.attachments and says_nothing_new(_letter(new), _letter(old))


def _letter(submission: Submission) -> Letter:
    return Letter(submission.title, submission.text, submission.area, None)


def is_one_writer(new: Petitioner | None, old: Petitioner | None) -> bool:
    """Whether two letters from one telephone or mailbox are one person's: in a family these are shared."""
    return new is not None and old is not None and (new.name, new.signers) == (old.name, old.signers)


def answered_on(case: Case) -> datetime | None:
    """When the matter was answered last."""
    return max((voice.answered_at for voice in case.voices if voice.answered_at is not None), default=None)


def answer_known(case: Case, earlier: Case, text: str, outcome: Outcome, at: datetime, trade: Trade) -> Replied:
    """The result of ``earlier`` as the answer to ``case``. Its own review stays with the first petition.

    Raises Invalid without words, or when ``earlier`` has no result.
    """
    if not has_result(earlier) or earlier.case_id == case.case_id:
        raise Invalid([FieldError("known", "known.no_result")])
    told = reply(case, Drafted(required_words("text", text, LONGEST_REPLY), outcome), at, trade)
    open_until = earlier.review_until if earlier.review_until is not None and earlier.review_until > at else None
    return replace(
        told,
        unit=earlier.answered_by or "",
        known_from=earlier.case_id,
        known_at=answered_on(earlier),
        known_review_until=open_until,
        review_until=None,
    )
