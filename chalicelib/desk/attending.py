"""信访监督员, on their own side: what they are invited to, masked; whether they come, and what they think of it.

Nobody reads here by a role: every case and every reception is looked at anew whether they are still invited to it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.desk import cities, inboxes
from chalicelib.desk.committing import caught_up, finish, taken
from chalicelib.desk.lay_sight import Letter, letters_of, people_of, title_of
from chalicelib.domain import inviting as rules
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, NotFound
from chalicelib.domain.events import Event, HearingHeld, LayInvited, OpinionGiven, Payload
from chalicelib.domain.hiding import hidden
from chalicelib.domain.invitations import Invitation, standing
from chalicelib.domain.people import Petitioner, Staff
from chalicelib.domain.reception_lay import may_attend as may_attend_reception
from chalicelib.domain.receptions import Reception
from chalicelib.domain.words import Action, View
from chalicelib.storage import cases, lay, notices, receptions
from chalicelib.storage.notices import Entry

TRIES = 5
BACK, AHEAD = timedelta(days=400), timedelta(days=190)  # of receptions: no term of sight is longer


class Item(Struct, frozen=True):
    """A case somebody is invited to. ``title`` is masked; ``ends_at``: until when it is shown."""

    case: Case
    title: str
    invitation: Invitation
    ends_at: datetime | None


class Room(Struct, frozen=True):
    """Everything somebody is invited to: what they are to answer or to attend first."""

    cases: tuple[Item, ...]
    receptions: tuple[tuple[Reception, Invitation], ...]


class Visible(Struct, frozen=True):
    """A case as an invited one sees it. ``events``: as recorded; what of them is shown, and masked, is the page's."""

    case: Case
    title: str
    letters: tuple[Letter, ...]
    events: tuple[Event, ...]
    people: tuple[Petitioner, ...]  # for hiding
    invitation: Invitation
    asked: LayInvited | None
    opinions: tuple[Event, ...]  # their own
    may_answer: bool
    may_opine: bool
    ends_at: datetime | None

    def hide(self, text: str) -> str:
        """``text``, masked."""
        return hidden(text, self.people)

    @property
    def hearings(self) -> tuple[HearingHeld, ...]:
        """The hearings that were held."""
        return tuple(event.payload for event in self.events if isinstance(event.payload, HearingHeld))


def room(staff: Staff, at: datetime) -> Room:
    """What ``staff`` is invited to and may still see."""
    numbers = lay.cases_of(staff.login)
    found = cases.load_all(numbers) if numbers else {}
    items = [
        _item(staff, found[number]) for number in numbers if number in found and _may_see(staff, found[number], at)
    ]
    waiting = sorted(items, key=lambda one: (not one.invitation.open, one.invitation.coming is not None))
    days = [one for one in receptions.between(at - BACK, at + AHEAD) if _may_see_day(staff, one, at)]
    return Room(tuple(waiting), tuple((day, own) for day in reversed(days) if (own := standing(day.lay, staff.login))))


def _item(staff: Staff, case: Case) -> Item:
    own = standing(case.lay, staff.login)
    assert own is not None  # else it may not be seen
    return Item(case, title_of(case), own, _ends_at(case))


def _ends_at(case: Case) -> datetime | None:
    trade = cities.trade()
    return None if case.ended_at is None else trade.ends(trade.terms.lay_sees_for, case.ended_at)


def _may_see(staff: Staff, case: Case, at: datetime) -> bool:
    return rules.may_attend(staff, case, at, cities.trade())


def _may_see_day(staff: Staff, reception: Reception, at: datetime) -> bool:
    return may_attend_reception(staff, reception, at, cities.trade())


def visible(staff: Staff, case_id: str, at: datetime) -> Visible:
    """A case, masked. Raises NotFound for whom it is shown no longer, or never was."""
    case = _invited_case(staff, case_id, at)
    own, people, record = standing(case.lay, staff.login), people_of(case), cases.record_of(case_id)
    assert own is not None
    asked = [one.payload for one in record if isinstance(one.payload, LayInvited) and one.payload.login == staff.login]
    return Visible(
        case,
        hidden(case.title, people),
        letters_of(case, people),
        tuple(record),
        tuple(people),
        own,
        asked[-1] if asked else None,
        tuple(one for one in record if isinstance(one.payload, OpinionGiven) and one.payload.login == staff.login),
        may_answer=own.open,
        may_opine=own.coming is not False or own.present,
        ends_at=_ends_at(case),
    )


def _invited_case(staff: Staff, case_id: str, at: datetime) -> Case:
    case = caught_up(cases.load(case_id), at).after
    if not _may_see(staff, case, at):
        raise NotFound()
    return case


def answer(case_id: str, by: Staff, at: datetime, coming: bool, words: str) -> Case:
    """Coming or not. Raises NotFound, and what ``rules.answer`` raises."""
    return _taken(case_id, by, at, Action.ANSWER_INVITATION, lambda case: rules.answer(case, by.login, coming, words))


def opine(case_id: str, by: Staff, at: datetime, view: View, words: str) -> Case:
    """监督员意见. Raises NotFound, and what ``rules.opine`` raises."""
    return _taken(case_id, by, at, Action.GIVE_OPINION, lambda case: [rules.opine(case, by.login, view, words)])


def _taken(case_id: str, by: Staff, at: datetime, action: Action, decide: Callable[[Case], Iterable[Payload]]) -> Case:
    """The step on the case as it now stands: somebody from outside is not to be told that the office was faster."""
    for _ in range(TRIES):
        case = cases.load(case_id)
        if not _may_see(by, caught_up(case, at).after, at):
            raise NotFound()
        step = taken(case, action, by.actor, at, decide)
        try:
            finish(step, at=at)
        except Changed:
            continue
        return step.after
    raise Changed()


def inbox_of(staff: Staff, at: datetime) -> list[Entry]:
    """What somebody was told, latest first: of what they may see no longer, only that they were uninvited."""
    entries = notices.inbox(inboxes.inbox_of(staff))
    numbers = {entry.case_id for entry in entries if entry.case_id}
    known = cases.load_all(numbers) if numbers else {}
    seen = {number for number, case in known.items() if _may_see(staff, case, at)}
    days = {entry.reception for entry in entries if entry.reception}
    seen |= {day for day in days if _may_see_day(staff, receptions.load(day), at)}
    return [one for one in entries if (one.case_id or one.reception) in seen or one.kind == "LayUninvited"]
