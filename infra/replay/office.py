"""The staged office: what happened between a letter and its reply is not in the file, so it is done at once.

Whatever is late in a replay is therefore the reply's own lateness, never the stage's.
"""

import hashlib

from msgspec.structs import replace

from chalicelib.city import default_city
from chalicelib.desk import handling, submitting
from chalicelib.domain.case import Case
from chalicelib.domain.city import City
from chalicelib.domain.errors import Invalid
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Kind, Outcome, Role, State
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from infra.replay.letters import Letter, Skipped
from infra.replay.postroom import PostRoom


class Office:
    """Files letters, brings them to a unit, and answers them, through the use cases that people use."""

    def __init__(self, city: City, room: PostRoom) -> None:
        self.room = room
        self.mailbox = mailbox_for_all(city)
        self.desk_unit = city.desk_unit
        self.clerk = Staff("replay-clerk", "回放受理员", Role.CLERK, city.desk_unit)
        self.case_of: dict[int, str] = {}  # by the letter's line, the case that its submission opened
        self.receipt_of: dict[int, str] = {}

    def receive(self, letter: Letter) -> Skipped | None:
        """File a letter at its time and bring it to its unit; what the form refuses is skipped, with its reason."""
        try:
            receipt = submitting.submit(self._form(letter), "zh", letter.filed_at).number
        except Invalid as refused:
            return Skipped(letter.line, ", ".join(f"{error.field}: {error.code}" for error in refused.errors))
        self.receipt_of[letter.line] = receipt
        self.case_of[letter.line] = load_submission(receipt).case_id
        self.room.route(letter.filed_at)
        self._bring_to_a_unit(letter)
        return None

    def _form(self, letter: Letter) -> dict[str, object]:
        return {
            "key": hashlib.sha256(f"replay {letter.line}".encode()).hexdigest(),
            "mailbox": self.mailbox,
            "kind": Kind.APPEAL.value,
            "title": letter.title,
            "text": letter.text,
            "anonymous": not letter.user,
            "name": letter.user,
            "email": _address_of(letter.user) if letter.user else "",
        }

    def _bring_to_a_unit(self, letter: Letter) -> None:
        """The clerk takes what the rules left to her, and the unit signs."""
        case, at = cases.load(self.case_of[letter.line]), letter.filed_at
        if case.state is State.REGISTERED:
            case = handling.accept(case.case_id, case.version, self.clerk, at)
            unit = case.suggested_unit or self.desk_unit
            case = handling.dispatch(case.case_id, case.version, self.clerk, at, unit)
        if case.state is State.DISPATCHED:
            handling.sign(case.case_id, case.version, handler_of(case), at)

    def answer(self, letter: Letter) -> None:
        """The letter's own reply at its own time, to its own citizen alone."""
        if letter.replied_at is None or letter.line not in self.case_of:
            return
        case, at = standing(self.case_of[letter.line]), letter.replied_at
        case = handling.draft(case.case_id, case.version, handler_of(case), at, letter.reply, Outcome.EXPLAINED)
        handling.reply(case.case_id, case.version, head_of(case), at, (self.receipt_of[letter.line],))


def standing(case_id: str) -> Case:
    """The case, or the one that it was joined to."""
    case = cases.load(case_id)
    while case.joined_to is not None:
        case = cases.load(case.joined_to)
    return case


def mailbox_for_all(city: City) -> str:
    """The mailbox of the petition office that takes appeals. Raises StopIteration for a city without one."""
    kept = (box for box in city.mailboxes if box.keeper == city.desk_unit and box.leader is None)
    return next(box.id for box in kept if {Kind.APPEAL, Kind.ACCUSATION} <= set(box.kinds))


def handler_of(case: Case) -> Staff:
    """Somebody who handles at the case's unit."""
    return Staff("replay-handler", "回放承办人", Role.HANDLER, case.unit)


def head_of(case: Case) -> Staff:
    """The head of the case's unit."""
    return Staff("replay-head", "回放负责人", Role.HEAD, case.unit)


def city_with_one_term(days: int | None) -> City:
    """The default city that tells no other agency, with one term of ``days`` for all where it is given."""
    city = replace(default_city(), endpoints=())
    return city if days is None else replace(city, terms=replace(city.terms, single_days=days))


def _address_of(user: str) -> str:
    """A made-up address, the same for the same user, by which a repeat is recognised; .invalid reaches nobody."""
    return f"{hashlib.sha256(user.encode()).hexdigest()[:20]}@replay.invalid"
