"""信访监督员: who is invited to look at a case, who comes, what they think of it, and how long they see it.

Each step gives what is to be recorded, or refuses. Chance is the desk's: here is its result.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.domain.actors import Actor, Reason
from chalicelib.domain.case import Case
from chalicelib.domain.errors import FieldError, Invalid, RuleBroken
from chalicelib.domain.events import Event, LayAnswered, LayInvited, LayUninvited, OpinionGiven, ReviewAsked
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.handling import optional_words, required_words
from chalicelib.domain.invitations import Invitation, invited, standing
from chalicelib.domain.people import Staff, may_read
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import UNIT_ROLES, Occasion, Role, View

MOST_INVITED = 10  # to one matter: more is a crowd
DRAWN = 2  # 抽签
INVITED_AHEAD = timedelta(days=180)
CHOSEN = Reason("basis.lay_chosen", {})
OF_A_REVIEW = frozenset({Occasion.REVIEW, Occasion.HEARING})
_READERS = frozenset({Role.CLERK, Role.SUPERVISOR, Role.LEADER})


class Call(Struct, frozen=True):
    """To what lay supervisors are invited, when and where, and what they are told. ``on``: YYYY-MM-DD or ""."""

    occasion: Occasion
    on: str = ""
    place: str = ""
    words: str = ""


def occasions_of(case: Case) -> tuple[Occasion, ...]:
    """What lay supervisors can be invited to now."""
    found: list[Occasion] = []
    if case.review is not None:
        found += [Occasion.HEARING, Occasion.REVIEW]
    if case.conference is not None:
        found.append(Occasion.CONFERENCE)
    if case.call_back_due:
        found.append(Occasion.CALL_BACK)
    return () if case.sealed else tuple(found)


def invites_for_its_unit(case: Case, by: Actor) -> bool:
    """Whether ``by`` is no unit's, or of the unit that reviews: whose reply is looked at does not choose who looks."""
    return by.role not in UNIT_ROLES or (case.review is not None and by.unit == case.review.reviewer)


def read_call(raw: Mapping[str, object], at: datetime) -> Call:
    """What a form says: ``occasion``, ``on`` (YYYY-MM-DD), ``place``, ``words``. A hearing has a day and a place.

    Raises Invalid naming every field that cannot be taken.
    """
    reader = FieldReader(raw)
    occasion = reader.choice("occasion", Occasion)
    on = reader.day("on", latest=day_in_shanghai(at + INVITED_AHEAD))
    place = reader.text("place", longest=200)
    words = reader.text("words", longest=1000, many_lines=True)
    if on is not None and on < day_in_shanghai(at):
        reader.refuse("on", "lay.past")
    if occasion is Occasion.HEARING and on is None and not raw.get("on"):
        reader.refuse("on", "field.empty")
    if occasion is Occasion.HEARING and not place:
        reader.refuse("place", "field.empty")
    reader.raise_errors()
    assert occasion is not None
    return Call(occasion, on.isoformat() if on else "", place, words)


def invite(case: Case, whom: Sequence[Staff], call: Call, basis: Reason) -> list[LayInvited]:
    """受邀. Raises Invalid with nobody chosen, too many, or for what nobody can be invited to now."""
    if call.occasion not in occasions_of(case):
        raise Invalid([FieldError("occasion", "lay.occasion")])
    check_whom(case.lay, whom)
    return [LayInvited(one.login, one.name, call.occasion, basis, call.on, call.place, call.words) for one in whom]


def check_whom(known: Sequence[Invitation], whom: Sequence[Staff]) -> None:
    """Raise Invalid when nobody is chosen, or more would be invited than may be."""
    if not whom:
        raise Invalid([FieldError("lay", "lay.nobody")])
    if len({*invited(known), *(one.login for one in whom)}) > MOST_INVITED:
        raise Invalid([FieldError("lay", "lay.too_many", (("most", str(MOST_INVITED)),))])


def uninvite(case: Case, login: str, words: str) -> LayUninvited:
    """The invitation is taken back. Raises Invalid for who is not invited."""
    known = standing(case.lay, login)
    if known is None:
        raise Invalid([FieldError("login", "lay.not_invited")])
    return LayUninvited(login, known.name, optional_words("words", words))


def answer(case: Case, login: str, coming: bool, words: str) -> tuple[LayAnswered, ...]:
    """Coming or not; said again, it is nothing new. Raises RuleBroken once it has been."""
    known = standing(case.lay, login)
    check_answerable(known)
    assert known is not None
    said = optional_words("words", words)
    return () if known.coming is coming and not said else (LayAnswered(login, known.name, coming, said),)


def check_answerable(known: Invitation | None) -> None:
    """Raise RuleBroken for who is not invited, or to what has been."""
    if known is None:
        raise RuleBroken("lay.not_invited")
    if not known.open:
        raise RuleBroken("lay.over")


def opine(case: Case, login: str, view: View, words: str) -> OpinionGiven:
    """监督员意见. Raises Invalid without words, RuleBroken for who is not invited or said they would not come."""
    known = standing(case.lay, login)
    check_opinion(known)
    assert known is not None
    return OpinionGiven(login, known.name, view, required_words("words", words))


def check_opinion(known: Invitation | None) -> None:
    """Raise RuleBroken for who is not invited, or said they would not come and was not there."""
    if known is None:
        raise RuleBroken("lay.not_invited")
    if known.coming is False and not known.present:
        raise RuleBroken("lay.declined")


def may_attend(staff: Staff, case: Case, at: datetime, trade: Trade) -> bool:
    """Whether a lay supervisor may see the case, masked: while invited, and for some time after its end."""
    if staff.role is not Role.LAY_SUPERVISOR or case.sealed or standing(case.lay, staff.login) is None:
        return False
    return case.ended_at is None or at < trade.ends(trade.terms.lay_sees_for, case.ended_at)


def may_read_opinions(staff: Staff, case: Case) -> bool:
    """Whether ``staff`` may read what lay supervisors think: the office, leaders, and the unit that reviews."""
    if staff.role in UNIT_ROLES:
        return case.review is not None and staff.unit == case.review.reviewer
    return staff.role in _READERS and may_read(staff, case)


def present_of(case: Case, logins: Sequence[str]) -> tuple[str, ...]:
    """The lay supervisors who were at a hearing. Raises Invalid for who was not invited to the review or hearing."""
    open_ones = {one.login for one in case.lay if one.open}
    if not set(logins) <= open_ones:
        raise Invalid([FieldError("lay", "lay.not_invited")])
    return tuple(dict.fromkeys(logins))


def proposed(
    people: Sequence[Staff], counts: Mapping[str, int], near: Mapping[str, bool], known: Sequence[Invitation]
) -> list[Staff]:
    """Whom to invite, in the order of the proposal: of the same area first, of these who was invited least this year.

    ``counts``: invitations of this year, by login; ``near``: who comes from the area.
    """
    left = [one for one in people if one.login not in invited(known)]
    return sorted(left, key=lambda one: (not near.get(one.login, False), counts.get(one.login, 0), one.name, one.login))


def pool(people: Sequence[Staff], counts: Mapping[str, int], known: Sequence[Invitation]) -> list[Staff]:
    """Among whom lots are drawn: who was not invited to anything this year; all who are left, where these are too few.

    Raises Invalid when nobody is left.
    """
    left = [one for one in people if one.login not in invited(known)]
    fresh = [one for one in left if not counts.get(one.login)]
    found = fresh if len(fresh) >= DRAWN else left
    if not found:
        raise Invalid([FieldError("lay", "lay.nobody_left")])
    return found


def by_lot(number: int, of: int) -> Reason:
    """抽签, as the record has it: how many were drawn, of how many."""
    return Reason("basis.lay_drawn", {"number": str(number), "of": str(of)})


def lay_opinions(record: Iterable[Event], receipt: str) -> tuple[Event, ...]:
    """What was said of the reviews and hearings that the citizen of ``receipt`` asked for: of each person's opinions on
    one review the latest, in the order of the record.
    """
    asked, review = "", 0
    occasions: dict[str, Occasion] = {}
    stands: dict[tuple[int, str], Event] = {}
    for event in record:
        match event.payload:
            case ReviewAsked(receipt=by):
                asked, review = by, event.number
            case LayInvited(login=login, occasion=occasion):
                occasions[login] = occasion
            case OpinionGiven(login=login) if asked == receipt and occasions.get(login) in OF_A_REVIEW:
                stands.pop((review, login), None)
                stands[review, login] = event
    return tuple(stands.values())
