"""在线沟通, the desk's side: who waits, who talks with whom, and what a clerk does with the talk in hand."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import cities, talking
from chalicelib.domain import talk as rules
from chalicelib.domain.city import City
from chalicelib.domain.errors import NotAllowed, RuleBroken
from chalicelib.domain.fields import LONGEST
from chalicelib.domain.people import Staff, masked_phone
from chalicelib.domain.setting_talk import read_hours
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.talk import Message, Phase, Side, Talk
from chalicelib.domain.talk_figures import Figures, figures
from chalicelib.domain.talk_forms import Visitor, read_said
from chalicelib.domain.transcripts import words_of
from chalicelib.domain.words import Role
from chalicelib.storage import talks
from chalicelib.storage.talks import Present

LONGEST_TITLE = 30  # of what is proposed: the first words that were said


class Line(Struct, frozen=True):
    """A talk in a list. ``name``: what she calls herself, "" for nothing or a sealed matter; ``away``: the clerk who
    has it is gone.
    """

    talk: Talk
    name: str
    away: bool = False


class Room(Struct, frozen=True):
    """The lists, longest wait first; ``ended``: the day's, latest first; ``colleagues``: other clerks who are there."""

    waiting: tuple[Line, ...]
    mine: tuple[Line, ...]
    others: tuple[Line, ...]
    ended: tuple[Line, ...]
    figures: Figures
    colleagues: tuple[Present, ...]
    is_open: bool


class Open(Struct, frozen=True):
    """A talk before its reader. ``visitor``, ``messages``: None where they may not be read; ``words``: the citizen's
    own, in which a submission begins.
    """

    talk: Talk
    visitor: Visitor | None
    messages: tuple[Message, ...] | None
    title: str
    words: str
    mine: bool
    may_take: bool
    may_file: bool


def room(staff: Staff, day: date, at: datetime) -> Room:
    """The room as ``staff`` finds it, with the talks of ``day``; a clerk's coming shows that somebody is there."""
    clerks, is_open = talks.present(at), talking.is_open(at)
    lists = [talks.waiting(), talks.talking()]
    seen = talks.seen(talk.id for talk in (*lists[0], *lists[1]))
    waiting, busy = ([_brought_up(talk, seen, is_open, at) for talk in one] for one in lists)
    of_day = talks.of_day(day)
    figures_of_day = figures(of_day)
    if staff.role is Role.CLERK:
        today = figures_of_day if day == day_in_shanghai(at) else figures(talks.of_day(day_in_shanghai(at)))
        _be_present(staff, clerks, today.each, at)
    there = {clerk.login for clerk in clerks}
    lines = [_line(talk, talk.clerk not in there) for talk in busy if talk.phase is Phase.TALKING]
    return Room(
        waiting=tuple(_line(talk) for talk in waiting if talk.phase is Phase.WAITING),
        mine=tuple(one for one in lines if one.talk.clerk == staff.login),
        others=tuple(one for one in lines if one.talk.clerk != staff.login),
        ended=tuple(_line(talk) for talk in reversed(of_day) if talk.phase is Phase.ENDED),
        figures=figures_of_day,
        colleagues=tuple(clerk for clerk in clerks if clerk.login != staff.login),
        is_open=is_open,
    )


def _brought_up(talk: Talk, seen: Mapping[str, datetime], is_open: bool, at: datetime) -> Talk:
    """A talk of a list as time has left it: who reads that she is gone sets it down."""
    seen_at = seen.get(talk.id)
    if seen_at is None or rules.settled(talk, seen_at, is_open, at) == talk:
        return talk
    return talking.moved(talk.id, at, lambda now: rules.settled(now, seen_at, is_open, at))


def _be_present(staff: Staff, clerks: list[Present], each: timedelta, at: datetime) -> None:
    own = next((clerk for clerk in clerks if clerk.login == staff.login), None)
    if own is None or at - own.at >= talks.PRESENT_EVERY:
        talks.be_present(Present(staff.login, staff.name, at, each))


def _line(talk: Talk, away: bool = False) -> Line:
    return Line(talk, "" if talk.sealed else talking.visitor_of(talk).nickname, away)


def open_talk(talk_id: str, staff: Staff, at: datetime) -> Open:
    """A talk with what was said, as far as ``staff`` may read it. Raises NotFound."""
    found = talks.read(talk_id)
    talk, clerk = found.talk, staff.role is Role.CLERK
    mine = clerk and talk.clerk == staff.login
    readable = rules.may_read(talk, staff.login)
    said = talking.opened(talk_id, found.messages) if readable else ()
    words = words_of(said, LONGEST["text"])
    away = talk.clerk not in {one.login for one in talks.present(at)}
    return Open(
        talk,
        _visitor(talk, mine) if readable else None,
        said if readable else None,
        title=words.partition("\n")[0][:LONGEST_TITLE],
        words=words,
        mine=mine and talk.phase is Phase.TALKING,
        may_take=clerk and (talk.phase is Phase.WAITING or (talk.phase is Phase.TALKING and not mine and away)),
        may_file=clerk and not talk.receipt and talk.count > 0 and (mine or talk.phase is Phase.ENDED),
    )


def _visitor(talk: Talk, mine: bool) -> Visitor:
    """Who has the talk sees the telephone; others a masked one."""
    visitor = talking.visitor_of(talk)
    return visitor if mine else replace(visitor, phone=masked_phone(visitor.phone))


def new_key() -> str:
    """A key for one message of a clerk's."""
    return secrets.token_hex(16)


def take(talk_id: str, staff: Staff, at: datetime) -> Talk:
    """Take who waits, or relieve a colleague who is gone. Raises NotAllowed, NotFound, RuleBroken."""
    _clerks_only(staff)
    there = {clerk.login for clerk in talks.present(at)}
    return talking.moved(
        talk_id, at, lambda talk: rules.take(talk, staff.login, staff.name, at, talk.clerk not in there)
    )


def answer(talk_id: str, raw: Mapping[str, object], staff: Staff, at: datetime) -> None:
    """Say something; ``raw``: ``key``, ``text``. Raises NotAllowed, NotFound, Invalid, what ``rules.say`` raises."""
    _clerks_only(staff)
    talking.post(talk_id, read_said(raw), at, Side.CLERK, staff.login, staff.name)


def hand_over(talk_id: str, login: str, staff: Staff, at: datetime) -> Talk:
    """Give the talk to a colleague who is there. Raises NotAllowed, NotFound, RuleBroken."""
    _clerks_only(staff)
    colleague = next((clerk for clerk in talks.present(at) if clerk.login == login), None)
    if colleague is None:
        raise RuleBroken("talk_colleague")
    return talking.moved(
        talk_id, at, lambda talk: rules.hand_over(talk, staff.login, colleague.login, colleague.name, at)
    )


def end(talk_id: str, staff: Staff, at: datetime) -> Talk:
    """End the talk. Raises NotAllowed, NotFound, RuleBroken."""
    _clerks_only(staff)
    return talking.moved(talk_id, at, lambda talk: rules.end(talk, staff.login, at))


def set_hours(raw: Mapping[str, object]) -> None:
    """Set when the desk talks, and the clerks' phrases. Raises Invalid naming the fields."""
    hours = read_hours(raw)

    def changed(city: City) -> City:
        return replace(city, talk=hours)

    cities.change(changed)


def _clerks_only(staff: Staff) -> None:
    if staff.role is not Role.CLERK:
        raise NotAllowed(action="chat")
