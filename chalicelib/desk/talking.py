"""在线沟通, the citizen's side: she asks for a talk, waits, talks, and leaves."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import cities, limits
from chalicelib.desk.vault import vault
from chalicelib.domain import talk as rules
from chalicelib.domain import talk_hours
from chalicelib.domain.errors import Changed, NotFound, RuleBroken, SlowDown
from chalicelib.domain.talk import Message, Phase, Side, Talk
from chalicelib.domain.talk_figures import USUAL, minutes_to_wait
from chalicelib.domain.talk_forms import Said, Visitor, read_said, read_since, read_start
from chalicelib.storage import talks, throttle
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.talks import Present, Read
from chalicelib.storage.unit_of_work import AlreadyThere, Work, commit

TRIES = 8  # both sides speak at once, and a clerk may take the talk meanwhile
MOST_WAITING = 30
SEEN_EVERY = timedelta(seconds=30)  # that she asked for news is noted no more often than this


class Desk(StrEnum):
    """Whether a talk can begin now."""

    OPEN = "open"
    AWAY = "away"  # within hours, and nobody is there
    CLOSED = "closed"  # out of hours
    OFF = "off"  # this desk does not talk
    FULL = "full"  # too many wait


class Standing(Struct, frozen=True):
    """How the desk stands. ``opens_at``: when its hours begin next; ``ahead``: who waits; ``minutes``: for how long."""

    desk: Desk
    opens_at: datetime | None
    ahead: int
    minutes: int


class News(Struct, frozen=True):
    """What the citizen is told. ``messages``: those that she has not, in order; ``standing``: while she waits;
    ``code``: of the submission that it became.
    """

    talk: Talk
    messages: tuple[Message, ...]
    standing: Standing | None
    code: str
    may_hand_in: bool


def standing(at: datetime) -> Standing:
    """How the desk stands for whoever thinks of talking."""
    return _standing(at, None)


def _open(key: str) -> None:
    """The gate for whom no other is kept."""


def start(
    raw: Mapping[str, object],
    language: str,
    address: str,
    at: datetime,
    gate: Callable[[str], None] = _open,
) -> tuple[str, News]:
    """Begin to wait; the token that opens the talk, and its first news. The same form sent twice begins one talk.
    ``gate`` raises for a form (its key) that is not let in.

    Raises Invalid naming the fields, RuleBroken out of hours, when nobody is there or too many wait, SlowDown when too
    many talks were begun from ``address``.
    """
    form = read_start(raw)
    token = vault().sign("talk", form.key)
    talk_id = id_of(token)
    scope = throttle.from_address("talk", address)
    try:
        return token, _news(_settled(talks.read(talk_id), at), at)
    except NotFound:
        pass  # as it should be
    gate(form.key)
    if pause := throttle.locked_for([scope], at):
        raise SlowDown(pause)
    now = standing(at)
    if now.desk is not Desk.OPEN:
        raise RuleBroken(f"talk_{now.desk}")
    talk = rules.begin(talk_id, language, vault().seal(pack(form.visitor), _visitor_place(talk_id)), at)
    try:
        commit(Work(at, new=[talks.talk_item(talk, at), talks.seen_item(talk_id, at)]))
    except AlreadyThere:
        return token, poll(token, {}, at)  # a double click
    throttle.count([scope], at)
    return token, _news(Read(talk, at, ()), at)


def poll(token: str, raw: Mapping[str, object], at: datetime) -> News:
    """What is new after message ``since`` of ``raw``; by asking she shows that she is there.

    Raises NotFound for a token that opens nothing (any more), Invalid.
    """
    return _news(_settled(talks.read(id_of(token), read_since(raw)), at), at)


def say(token: str, raw: Mapping[str, object], at: datetime) -> News:
    """She says something; ``raw``: ``key``, ``text``, ``since``. The same key is said once.

    Raises NotFound, Invalid, TooMany, and what ``rules.say`` raises.
    """
    said, since = read_said(raw), read_since(raw)
    limits.count_message(id_of(token), at)
    post(id_of(token), said, at, Side.CITIZEN)
    return poll(token, {"since": since}, at)


def leave(token: str, at: datetime) -> News:
    """She leaves. Raises NotFound."""
    talk = moved(id_of(token), at, lambda one: rules.leave(one, at))
    return _news(Read(talk, at, ()), at)


def id_of(token: str) -> str:
    """The talk that a token opens: who reads the table cannot talk with it."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()[:32]


def post(talk_id: str, said: Said, at: datetime, side: Side, login: str = "", name: str = "") -> None:
    """Keep what one side says as the next message. Raises NotFound, what ``rules.say`` raises, Changed."""
    key = vault().sign("said", f"{side}#{said.key}")
    for _ in range(TRIES):
        before = talks.read(talk_id, rules.MOST_MESSAGES).talk
        try:
            after = rules.say(before, side, len(said.words), login)
        except RuleBroken:
            if talks.was_said(talk_id, key):
                return
            raise
        message = Message(after.count, side, at, sealed(talk_id, after.count, said.words), name)
        new = [talks.message_item(talk_id, message), talks.once_item(talk_id, key, at)]
        try:
            commit(Work(at, new=new, versioned=[talks.talk_item(after, at)]))
        except (AlreadyThere, Changed):
            if talks.was_said(talk_id, key):
                return
            continue  # the other side spoke at the same moment
        return
    raise Changed()


def moved(talk_id: str, at: datetime, step: Callable[[Talk], Talk]) -> Talk:
    """Take ``step`` on the talk as it stands. Raises NotFound, what ``step`` raises, Changed."""
    for _ in range(TRIES):
        before = talks.read(talk_id, rules.MOST_MESSAGES).talk
        after = step(before)
        if after == before:
            return after
        try:
            commit(Work(at, versioned=[talks.talk_item(after, at)]))
        except Changed:
            continue
        return after
    raise Changed()


def sealed(talk_id: str, number: int, words: str) -> str:
    """What is kept of a message."""
    return vault().seal(words, f"talk#{talk_id}#{number}")


def opened(talk_id: str, messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Messages with their words as they were said. Whether the reader may see them is the caller's to know."""
    return tuple(replace(one, words=vault().open(one.words, f"talk#{talk_id}#{one.number}")) for one in messages)


def visitor_of(talk: Talk) -> Visitor:
    """Who talks, as far as she said."""
    return unpack(vault().open(talk.visitor, _visitor_place(talk.id)), Visitor)


def is_open(at: datetime) -> bool:
    """Whether the desk's hours are on."""
    city = cities.current()
    return talk_hours.open_at(city.talk, cities.trade().calendar, at)


def _visitor_place(talk_id: str) -> str:
    return f"talk#{talk_id}#visitor"


def _settled(found: Read, at: datetime) -> Read:
    """She is there: what is left for time to end is a wait beyond the hours. Her coming is noted now and then."""
    after = rules.settled(found.talk, at, is_open(at), at)
    if after != found.talk:
        after = moved(after.id, at, lambda talk: rules.settled(talk, at, is_open(at), at))
    elif after.phase is not Phase.ENDED and at - found.seen_at >= SEEN_EVERY:
        talks.see(after.id, at)
    return replace(found, talk=after)


def _news(found: Read, at: datetime) -> News:
    talk = found.talk
    code = vault().code_of(talk.receipt) if talk.receipt else ""
    waits = _standing(at, talk.began_at) if talk.phase is Phase.WAITING else None
    return News(talk, opened(talk.id, found.messages), waits, code, rules.may_hand_in(talk, at))


def _standing(at: datetime, before: datetime | None) -> Standing:
    """How the desk stands for whoever waits since ``before``, or comes now."""
    hours, calendar = cities.current().talk, cities.trade().calendar
    if not talk_hours.open_at(hours, calendar, at):
        opens_at = talk_hours.opens_next(hours, calendar, at)
        return Standing(Desk.CLOSED if hours.on else Desk.OFF, opens_at, 0, 0)
    clerks, ahead = talks.present(at), len(talks.waiting(before))
    if not clerks:
        return Standing(Desk.AWAY, talk_hours.opens_next(hours, calendar, at), ahead, 0)
    desk = Desk.FULL if ahead >= MOST_WAITING and before is None else Desk.OPEN
    return Standing(desk, None, ahead, minutes_to_wait(ahead, len(clerks), _pace(clerks)))


def _pace(clerks: list[Present]) -> timedelta:
    """How long a talk takes, as the room counted last."""
    return max(clerks, key=lambda clerk: clerk.at).each if clerks else USUAL
