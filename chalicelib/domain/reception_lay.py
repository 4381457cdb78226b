"""信访监督员 at a reception: who is invited, who comes, what they saw, and how long they see its page."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from chalicelib.domain.actors import Actor, Reason
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.handling import required_words
from chalicelib.domain.invitations import Invitation, Observation, standing
from chalicelib.domain.inviting import check_answerable, check_opinion, check_whom
from chalicelib.domain.people import Staff
from chalicelib.domain.reception_errors import Begun, CalledOff, NotYet
from chalicelib.domain.receptions import Reception
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import Occasion, Role, View

INVITERS = frozenset({Role.CLERK, Role.SUPERVISOR})


def invite(reception: Reception, whom: Sequence[Staff], basis: Reason, by: Actor, at: datetime) -> Reception:
    """The reception with more lay supervisors invited; who was before stays as they are.

    Raises CalledOff, Begun once it is over, Invalid with nobody chosen or too many.
    """
    _takes_place(reception, at)
    check_whom(reception.lay, whom)
    new = [one for one in whom if standing(reception.lay, one.login) is None]
    added = tuple(
        Invitation(one.login, one.name, Occasion.RECEPTION, at, by, len(reception.lay) + number, basis)
        for number, one in enumerate(new, start=1)
    )
    return _next(replace(reception, lay=(*reception.lay, *added)))


def uninvite(reception: Reception, login: str) -> Reception:
    """The invitation is taken back. Raises Invalid for who is not invited."""
    if standing(reception.lay, login) is None:
        raise Invalid([FieldError("login", "lay.not_invited")])
    return _each(reception, login, lambda one: replace(one, withdrawn=True))


def answer(reception: Reception, login: str, coming: bool, at: datetime) -> Reception:
    """Coming or not. Raises CalledOff, Begun once it is over, RuleBroken for who is not invited."""
    _takes_place(reception, at)
    check_answerable(standing(reception.lay, login))
    return _each(reception, login, lambda one: replace(one, coming=coming))


def opine(reception: Reception, login: str, view: View, saw: str, words: str, at: datetime) -> Reception:
    """What a lay supervisor saw and thinks. Said again, the later stands; both are kept.

    Raises CalledOff, NotYet before it begins, RuleBroken for who is not invited or said they would not come, Invalid
    without words.
    """
    if reception.called_off is not None:
        raise CalledOff()
    if at < reception.plan.starts_at:
        raise NotYet()
    known = standing(reception.lay, login)
    check_opinion(known)
    assert known is not None
    said = Observation(login, known.name, at, view, required_words("saw", saw), required_words("words", words))
    told = replace(reception, opinions=(*reception.opinions, said))
    return _each(told, login, lambda one: replace(one, opinions=one.opinions + 1))


def may_attend(staff: Staff, reception: Reception, at: datetime, trade: Trade) -> bool:
    """Whether a lay supervisor may see the reception: while invited, and for some time after it."""
    if staff.role is not Role.LAY_SUPERVISOR or standing(reception.lay, staff.login) is None:
        return False
    return at < trade.ends(trade.terms.lay_sees_for, reception.plan.ends_at)


def _takes_place(reception: Reception, at: datetime) -> None:
    if reception.called_off is not None:
        raise CalledOff()
    if at >= reception.plan.ends_at:
        raise Begun()


def _each(reception: Reception, login: str, change: Callable[[Invitation], Invitation]) -> Reception:
    """The reception with the standing invitation of ``login`` changed: there is one at most."""
    known = standing(reception.lay, login)
    return _next(replace(reception, lay=tuple(change(one) if one is known else one for one in reception.lay)))


def _next(reception: Reception) -> Reception:
    return replace(reception, version=reception.version + 1)
