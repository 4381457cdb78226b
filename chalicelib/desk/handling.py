"""What the staff do to a case. Each is: load, check by the table of moves, decide, one commit.

``version``: the version the person was looking at; when somebody else moved the case since, Changed is raised and
nothing is written. That somebody else only looked at it moves nothing.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from msgspec.structs import replace

from chalicelib.desk import aliases, categorising, checking, cities
from chalicelib.desk.categorising import known_category
from chalicelib.desk.committing import Decide, Step, caught_up, finish, taken
from chalicelib.desk.sealing import opened
from chalicelib.desk.written import words_of
from chalicelib.domain import handling, marking, ordering, settling, splitting
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, FieldError, Invalid, NotYours
from chalicelib.domain.events import (
    LOOKS,
    Accepted,
    AreaCorrected,
    Concluded,
    Dispatched,
    Drafted,
    Payload,
    Reason,
    Registered,
    Replied,
    VoiceAdded,
)
from chalicelib.domain.people import Staff, may_list
from chalicelib.domain.routing import competent, risks_in
from chalicelib.domain.words import Action, DeclineGround, Outcome
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from chalicelib.storage.table import DeskItem

BY_A_PERSON = Reason("basis.person", {})


def register(case_id: str, version: int, by: Staff, at: datetime, category: str | None, area: str | None) -> Case:
    """登记 by the clerk, where the rules could not."""
    city = cities.current()
    known_category(category)
    _known("area", area, area is None or city.area(area) is not None)

    def decide(case: Case) -> list[Payload]:
        clocks, receipt = cities.trade().to_accept(case.clocks, at), case.voices[0].receipt
        known = case.suggested_unit, case.urgent, case.first_petition
        seen = risks_in(city, *words_of(load_submission(receipt)))
        marked = marking.risks_seen(case, seen, receipt, city)
        registered = Registered(category, area, *known, (BY_A_PERSON,), clocks)
        return [registered] if marked is None else [registered, marked]

    return take(case_id, version, Action.REGISTER, by, at, decide, categorising.kept_of)


def accept(case_id: str, version: int, by: Staff, at: datetime, category: str | None = None) -> Case:
    """受理. ``category``: what the clerk decided it is about; the unit that is competent for it is suggested."""
    known_category(category)

    def decide(case: Case) -> Accepted:
        found = None if case.sealed else category
        unit = categorising.unit_for(case, found)
        return handling.accept(case, at, BY_A_PERSON, cities.trade(), found, unit)

    return take(case_id, version, Action.ACCEPT, by, at, decide, categorising.kept_of)


def decline(case_id: str, version: int, by: Staff, at: datetime, ground: DeclineGround, where_to: str) -> Case:
    """不予受理, with the ground and where to go."""
    return take(case_id, version, Action.DECLINE, by, at, lambda case: handling.decline(ground, where_to))


def join(case_id: str, version: int, by: Staff, at: datetime, into_id: str) -> Case:
    """并案 by the clerk: ``case_id`` ends, and its citizens are answered with ``into_id``."""

    def end() -> Case:
        case, into = read(case_id, version, by), cases.load(into_id)
        joined, added = handling.join(case, into, BY_A_PERSON)
        ending = taken(case, Action.JOIN, by.actor, at, lambda _: joined)
        finish(ending, taken_in(into, added, by, at), at=at)
        return ending.after

    return past_looks(end)


def split(case_id: str, version: int, by: Staff, at: datetime, receipt: str, words: str) -> Case:
    """拆分: ``receipt``, and whoever came with it, goes on with the case it began. Gives the case they leave."""

    def part() -> Case:
        case, origin = read(case_id, version, by), cases.load(load_submission(_digits(receipt)).case_id)
        while origin.joined_to not in (None, case_id):  # it came with another case, and leaves with that
            origin = cases.load(origin.joined_to)
        leaving, off = splitting.split(case, origin, words, at, cities.trade())
        staying = taken(case, Action.SPLIT, by.actor, at, lambda _: leaving)
        finish(staying, caught_up(origin, at).then([off], by.actor, at), at=at)
        return staying.after

    return past_looks(part)


def _digits(receipt: str) -> str:
    return "".join(char for char in receipt if char.isdigit())


def taken_in(into: Case, added: tuple[VoiceAdded, ...], by: Staff, at: datetime) -> Step:
    """The step by which ``into`` takes the voices of another case."""
    return caught_up(into, at).then(added, by.actor, at)


def correct_area(case_id: str, version: int, by: Staff, at: datetime, area: str) -> Case:
    """The clerk says where the matter lies. What its letters call the place is heeded for later letters."""
    city = cities.current()
    _known("area", area, city.area(area) is not None)

    def correct() -> Case:
        case = read(case_id, version, by)
        if case.area == area:
            raise Invalid([FieldError("area", "places.same_area")])
        unit = competent(case.category, area, city)
        step = taken(case, Action.CORRECT_AREA, by.actor, at, lambda _: AreaCorrected(area, unit))
        finish(step, at=at, kept=aliases.heeded(case, area, at))
        return step.after

    return past_looks(correct)


def dispatch(
    case_id: str, version: int, by: Staff, at: datetime, unit: str, note: str = "", category: str | None = None
) -> Case:
    """交办 to a unit. ``category``: what the clerk decided it is about."""
    known_unit("unit", unit)
    known_category(category)

    def decide(case: Case) -> Dispatched:
        if case.sealed and unit not in (one.id for one in cities.current().discipline_line):
            raise NotYours()  # an accusation goes to the discipline line, and nowhere else
        found = None if case.sealed else category
        return handling.dispatch(case, unit, at, BY_A_PERSON, note, cities.trade(), found)

    return take(case_id, version, Action.DISPATCH, by, at, decide, categorising.kept_of)


def return_to_desk(case_id: str, version: int, by: Staff, at: datetime, ground: str) -> Case:
    """退回 by the unit."""
    return take(
        case_id, version, Action.RETURN, by, at, lambda case: handling.return_to_desk(case, at, ground, cities.trade())
    )


def sign(case_id: str, version: int, by: Staff, at: datetime) -> Case:
    """签收 by the unit."""
    return take(case_id, version, Action.SIGN, by, at, lambda case: handling.sign(case, cities.trade()))


def note(case_id: str, version: int, by: Staff, at: datetime, text: str, public: bool) -> Case:
    """A note on progress."""
    return take(case_id, version, Action.NOTE, by, at, lambda case: handling.note(text, public))


def draft(
    case_id: str, version: int, by: Staff, at: datetime, text: str, outcome: Outcome, done_on: date | None = None
) -> Case:
    """A reply for somebody else to approve; ``done_on``: the day that it promises. What it lacks is recorded too."""

    def decide(case: Case) -> Drafted:
        drafted = handling.draft(case, text, outcome, done_on, at)
        return replace(drafted, check=checking.of_draft(case, drafted, at).kept)

    return take(case_id, version, Action.DRAFT, by, at, decide)


def send_back(case_id: str, version: int, by: Staff, at: datetime, words: str) -> Case:
    """The unit head wants the draft changed."""
    return take(case_id, version, Action.SEND_BACK, by, at, lambda case: handling.send_back(words))


def reply(case_id: str, version: int, by: Staff, at: datetime, receipts: tuple[str, ...] | None = None) -> Case:
    """The unit head approves the draft, and it goes to every citizen of the case (or to those of ``receipts``)."""

    def decide(case: Case) -> Replied:
        assert case.draft is not None  # what awaits approval names the draft that does
        drafted = opened(case, cases.event(case_id, case.draft)).payload
        assert isinstance(drafted, Drafted)
        return handling.reply(case, drafted, at, cities.trade(), receipts)

    def answer() -> Case:
        step = taken(read(case_id, version, by), Action.REPLY, by.actor, at, decide)
        finish(step, at=at, kept=checking.left_by(step, at))
        return step.after

    return past_looks(answer)


def conclude(case_id: str, version: int, by: Staff, at: datetime) -> Case:
    """办结 by the clerk."""

    def decide(case: Case) -> Concluded:
        return settling.conclude(case, BY_A_PERSON, at, cities.trade())

    return take(case_id, version, Action.CONCLUDE, by, at, decide)


def refer(case_id: str, version: int, by: Staff, at: datetime, agency: str, words: str, their_number: str = "") -> Case:
    """转送 to another agency."""
    return take(case_id, version, Action.REFER, by, at, lambda case: handling.refer(agency, words, their_number))


def remind(case_id: str, version: int, by: Staff, at: datetime, words: str) -> Case:
    """催办 by a person."""
    return take(case_id, version, Action.REMIND, by, at, lambda case: ordering.remind_by_hand(words))


def supervise(case_id: str, version: int, by: Staff, at: datetime, words: str, level: int | None = None) -> Case:
    """督办 by a person at ``level``, by default one above the order in force."""
    return take(
        case_id,
        version,
        Action.SUPERVISE,
        by,
        at,
        lambda case: ordering.supervise_by_hand(case, words, at, cities.trade(), level),
    )


def mark_risk(case_id: str, version: int, by: Staff, at: datetime, risk: str, stands: bool, words: str) -> Case:
    """A risk is set or taken off by whoever reads the letter, with the reason."""
    city = cities.current()
    return take(
        case_id, version, Action.MARK_RISK, by, at, lambda case: marking.set_risk(case, risk, stands, words, city)
    )


def instruct(case_id: str, version: int, by: Staff, at: datetime, words: str) -> Case:
    """批示 by a leader."""
    return take(case_id, version, Action.INSTRUCT, by, at, lambda case: handling.instruct(words))


def take(
    case_id: str,
    version: int,
    action: Action,
    by: Staff,
    at: datetime,
    decide: Decide,
    beside: Callable[[Step], Iterable[DeskItem]] = lambda step: (),
) -> Case:
    """``by`` takes ``action`` on the case as they saw it; ``beside``: what is kept in the same commit. Raises Changed,
    NotYours and what the step refuses.
    """

    def go() -> Case:
        step = taken(read(case_id, version, by), action, by.actor, at, decide)
        finish(step, at=at, kept=beside(step))
        return step.after

    return past_looks(go)


def past_looks(step: Callable[[], Case]) -> Case:
    """What ``step`` gives. When the case moves between its reading and its commit it is taken once more: had somebody
    only looked, it goes through; else it reads the move, and says so.
    """
    try:
        return step()
    except Changed:
        return step()


def known_unit(field: str, unit: str) -> None:
    """Raises Invalid naming ``field`` when the city has no such unit."""
    _known(field, unit, cities.current().unit(unit) is not None)


def read(case_id: str, version: int, by: Staff) -> Case:
    """The case, if ``by`` may know of it and it still stands as they saw it."""
    case = cases.load(case_id)
    if not may_list(by, case):
        raise NotYours()
    if case.version != version and not _only_looked_at(case, version):
        raise Changed()
    return case


def _only_looked_at(case: Case, version: int) -> bool:
    later = cases.since(case, version) if 0 < version < case.version else []
    return bool(later) and all(isinstance(event.payload, LOOKS) for event in later)


def _known(field: str, value: str | None, known: bool) -> None:
    if not known:
        raise Invalid([FieldError(field, "field.unknown_choice", (("value", value or ""),))])
