"""How each event with lay supervisors changes a case."""

from collections.abc import Callable

from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain.applying import apply
from chalicelib.domain.case import Case
from chalicelib.domain.events import Event
from chalicelib.domain.invitations import Invitation, standing
from chalicelib.domain.inviting import occasions_of
from chalicelib.domain.words import Occasion


@apply.register
def _(payload: happened.LayInvited, case: Case, event: Event) -> Case:
    known = standing(case.lay, payload.login)
    if known is not None and known.open:
        moved = replace(known, occasion=payload.occasion, on=payload.on, by=event.by, coming=None)
        return _with(case, known, moved)
    new = Invitation(payload.login, payload.name, payload.occasion, event.at, event.by, event.number, on=payload.on)
    return replace(case, lay=(*case.lay, new))


@apply.register
def _(payload: happened.LayUninvited, case: Case, event: Event) -> Case:
    """All of theirs: who was invited twice would else go on to see it by the earlier one."""
    return _each(case, lambda one: one.login == payload.login, lambda one: replace(one, withdrawn=True))


@apply.register
def _(payload: happened.LayAnswered, case: Case, event: Event) -> Case:
    known = standing(case.lay, payload.login)
    return case if known is None else _with(case, known, replace(known, coming=payload.coming))


@apply.register
def _(payload: happened.OpinionGiven, case: Case, event: Event) -> Case:
    known = standing(case.lay, payload.login)
    return case if known is None else _with(case, known, replace(known, opinions=known.opinions + 1))


def _with(case: Case, known: Invitation, changed: Invitation) -> Case:
    return _each(case, lambda one: one is known, lambda _: changed)


def _each(case: Case, fits: Callable[[Invitation], bool], change: Callable[[Invitation], Invitation]) -> Case:
    return replace(case, lay=tuple(change(one) if fits(one) else one for one in case.lay))


def attended(case: Case, logins: tuple[str, ...]) -> Case:
    """The case when its hearing was held, and these lay supervisors were there."""
    there = _each(case, lambda one: one.login in logins and one.open, lambda one: replace(one, present=True))
    return _each(there, lambda one: one.occasion is Occasion.HEARING and one.open, lambda one: replace(one, over=True))


def lapsed(case: Case) -> Case:
    """The case when what lay supervisors were invited to may have been, or comes no more."""
    occasions = occasions_of(case)
    if all(one.occasion in occasions or not one.open for one in case.lay):
        return case
    return _each(case, lambda one: one.open and one.occasion not in occasions, lambda one: replace(one, over=True))
