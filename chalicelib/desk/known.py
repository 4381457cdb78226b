"""告知已有结果: what was answered before is told again, by the desk itself or by the clerk."""

from datetime import datetime

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.desk.committing import Step, caught_up, finish, taken
from chalicelib.desk.handling import read
from chalicelib.desk.kinship import Kin, investigated
from chalicelib.desk.vault import vault
from chalicelib.domain import known
from chalicelib.domain.case import Case
from chalicelib.domain.duplicates import Kinship
from chalicelib.domain.errors import FieldError, Invalid, RuleBroken
from chalicelib.domain.events import DESK, Event, Replied
from chalicelib.domain.people import Petitioner, Staff
from chalicelib.domain.words import Action, Outcome, State
from chalicelib.storage import cases
from chalicelib.storage.submissions import Folder, load_sealed_petitioner


class Told(Struct, frozen=True):
    """A result that the desk tells by itself. ``unmoved``: the cases that must still stand as they were read."""

    earlier: Case
    text: str
    outcome: Outcome
    unmoved: tuple[Case, ...]

    def answers(self, step: Step, at: datetime) -> Step:
        """The step that goes on with the answer."""
        told = known.answer_known(step.after, self.earlier, self.text, self.outcome, at, cities.trade())
        return step.then([told], DESK, at)


def told_at_once(folder: Folder, kin: Kin, at: datetime) -> Told | None:
    """What the same person was answered to the same letter, if that stands; None where a person is to look at it."""
    receipt = kin.letter.receipt
    if (
        kin.kinship is not Kinship.REPEAT
        or folder.supplements
        or not known.says_the_same(folder.submission, kin.letter)
    ):
        return None
    holder, earlier = caught_up(kin.holder, at).after, caught_up(kin.case, at).after
    if not known.tells_itself(holder, receipt) or not known.stands(earlier) or earlier.state is State.TERMINATED:
        return None
    if not known.is_one_writer(_petitioner(folder.submission.receipt), _petitioner(receipt)):
        return None
    reply = _last_reply(holder.case_id, receipt).payload
    assert isinstance(reply, Replied)
    if reply.known_from and reply.known_at != known.answered_on(earlier):  # the matter was answered anew since
        return None
    unmoved = (kin.case,) if kin.case.case_id == kin.holder.case_id else (kin.case, kin.holder)
    return Told(earlier, reply.text, reply.outcome, unmoved)


def _petitioner(receipt: str) -> Petitioner | None:
    sealed = load_sealed_petitioner(receipt)
    return None if sealed is None else vault().open_petitioner(sealed, receipt)


def _last_reply(case_id: str, receipt: str | None = None) -> Event:
    """The last reply of a case that has one: of those to ``receipt``, which was answered there, if one is named."""
    return next(event for event in reversed(cases.record_of(case_id)) if _answers(event, receipt))


def _answers(event: Event, receipt: str | None) -> bool:
    if not isinstance(event.payload, Replied):
        return False
    return receipt is None or any(answer.receipt == receipt for answer in event.payload.answers)


class Result(Struct, frozen=True):
    """The result of an earlier case, as a clerk may pass it on. ``seen``: which of its replies this is."""

    case: Case
    text: str
    outcome: Outcome
    seen: str


def result_of(case_id: str) -> Result | None:
    """What became of the matter of ``case_id``, wherever it was handled; None where it has no result to be told.

    Raises NotFound.
    """
    earlier = _handled(case_id)
    if not known.has_result(earlier):
        return None
    event = _last_reply(earlier.case_id)
    assert isinstance(event.payload, Replied)
    return Result(earlier, event.payload.text, event.payload.outcome, _seen(event))


def _handled(case_id: str) -> Case:
    case = cases.load(case_id)
    while case.joined_to is not None:
        case = cases.load(case.joined_to)
    return investigated(case)


def _seen(event: Event) -> str:
    return f"{event.case_id}.{event.number}"


def answer_known(
    case_id: str, version: int, by: Staff, at: datetime, earlier_id: str, text: str, outcome: Outcome, seen: str = ""
) -> Case:
    """The result of an earlier case of the same matter, as the clerk words it for this citizen.

    ``seen``: which reply of that case she had before her. Raises RuleBroken when there is a later one, Changed when
    that case is moved at this very moment.
    """
    case, earlier = read(case_id, version, by), _handled(earlier_id)
    if not known.has_result(earlier):
        raise Invalid([FieldError("known", "known.no_result")])
    latest = _last_reply(earlier.case_id)
    if seen.partition(".")[0] == earlier.case_id and seen != _seen(latest):
        raise RuleBroken("known.answered_anew")
    step = taken(
        case,
        Action.ANSWER_KNOWN,
        by.actor,
        at,
        lambda now: known.answer_known(now, earlier, text, outcome, at, cities.trade()),
    )
    finish(step, at=at, unmoved=[earlier])
    return step.after
