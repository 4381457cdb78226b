"""What the agency that referred a petition says of it later: another date, more of it, or that it is taken back."""

from collections.abc import Callable, Mapping
from datetime import datetime

from chalicelib.desk import cities, topic_finding, tracking
from chalicelib.desk.committing import finish, taken
from chalicelib.desk.referring import submission_of
from chalicelib.desk.tracking import case_of
from chalicelib.desk.vault import vault
from chalicelib.domain import rating, transferring
from chalicelib.domain.case import Case
from chalicelib.domain.city import Agency
from chalicelib.domain.errors import Changed, WrongState
from chalicelib.domain.events import Actor
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.referrals import read_deadline
from chalicelib.domain.words import Action, Role

TRIES = 3
LONGEST_ID = 100


def set_deadline(agency: Agency, number: str, raw: Mapping[str, object], at: datetime) -> Case:
    """The answer is to be given by another moment: it binds our term from now on. Said again it changes nothing.

    Raises Invalid naming the field, NotFound for a number that it did not refer, WrongState once it is answered.
    """
    receipt = submission_of(agency, number).receipt
    reader = FieldReader(raw)
    by = read_deadline(reader, at, required=True)
    reader.raise_errors()
    assert by is not None  # else it was refused

    def once() -> Case:
        case = case_of(receipt)
        voice = case.voice(receipt)
        if voice is not None and voice.bound_by == by:
            return case
        if voice is not None and voice.answered_at is not None:
            raise WrongState(Action.SET_DEADLINE, case.state)
        step = taken(
            case,
            Action.SET_DEADLINE,
            _actor(agency),
            at,
            lambda now: transferring.set_deadline(now, receipt, agency.name.zh, by, cities.trade()),
        )
        finish(step, at=at)
        return step.after

    return _insisting(once)


def withdraw(agency: Agency, number: str, raw: Mapping[str, object], at: datetime) -> Case:
    """The agency takes it back, or its writer has withdrawn it there. Said again it changes nothing.

    Raises Invalid naming the field, NotFound for a number that it did not refer, WrongState once it is answered.
    """
    receipt = submission_of(agency, number).receipt
    reader = FieldReader(raw)
    reason = reader.text("reason", many_lines=True)
    reader.raise_errors()

    def once() -> Case:
        case = case_of(receipt)
        voice = case.voice(receipt)
        if voice is not None and voice.withdrawn:
            return case
        step = taken(case, Action.WITHDRAW, _actor(agency), at, lambda now: rating.withdraw(now, receipt, reason))
        finish(step, at=at, messages=topic_finding.messages_of(step))
        return step.after

    return _insisting(once)


def supplement(agency: Agency, number: str, raw: Mapping[str, object], at: datetime) -> Case:
    """Its writer has added something there. ``id``: the agency's own, under which the same is added once."""
    receipt = submission_of(agency, number).receipt
    reader = FieldReader(raw)
    own = reader.text("id", required=True, longest=LONGEST_ID)
    reader.text("text", required=True, many_lines=True)
    reader.raise_errors()
    key = vault().sign("referral-supplement", f"{agency.id}\x00{number}\x00{own}")
    tracking.supplement(receipt, {"key": key, "text": raw["text"]}, at)
    return case_of(receipt)


def _actor(agency: Agency) -> Actor:
    return Actor(Role.AGENCY, agency.id, None, agency.name.zh)


def _insisting(once: Callable[[], Case]) -> Case:
    for _ in range(TRIES - 1):
        try:
            return once()
        except Changed:
            continue
    return once()
