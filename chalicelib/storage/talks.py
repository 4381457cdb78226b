"""Talks with the desk, what was said in them, and which clerks are there."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct

from chalicelib.domain.errors import NotFound
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.talk import Message, Phase, Talk
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, stamp, under

KEPT = timedelta(days=30)  # after the last thing that happened
PRESENT_FOR = timedelta(seconds=90)  # a browser lets a page that is out of sight ask once a minute
PRESENT_EVERY = timedelta(seconds=20)  # presence is noted no more often than this
_WAITING, _TALKING = "talks-waiting", "talks-talking"
_LISTS = {Phase.WAITING: _WAITING, Phase.TALKING: _TALKING}
_DESK = "talk-desk"
_ID = re.compile(r"[0-9a-f]{32}")


class Read(Struct, frozen=True):
    """A talk as one query finds it. ``messages``: those after the cursor, in order, their words encrypted."""

    talk: Talk
    seen_at: datetime
    messages: tuple[Message, ...]


class Present(Struct, frozen=True):
    """A clerk who has the room open. ``each``: how long a talk takes today, as the room counted it."""

    login: str
    name: str
    at: datetime
    each: timedelta


def talk_item(talk: Talk, at: datetime) -> DeskItem:
    """A talk as the table keeps it: in the list of its phase while it goes on, and in that of its day."""
    item = DeskItem(*_key(talk.id), body=pack(talk), version=talk.version, expires=_expires(at))
    began_at = stamp(talk.began_at)
    if talk.phase in _LISTS:
        item.worklist, item.worklist_at = _LISTS[talk.phase], began_at
    item.watch, item.watch_at = _of_day(day_in_shanghai(talk.began_at)), began_at
    return item


def message_item(talk_id: str, message: Message) -> DeskItem:
    """One thing said."""
    place = _key(talk_id)[0], _message(message.number)
    return DeskItem(*place, body=pack(message), expires=_expires(message.at))


def once_item(talk_id: str, key: str, at: datetime) -> DeskItem:
    """That what carries ``key`` was said: it is not said twice."""
    return DeskItem(_key(talk_id)[0], f"key#{key}", body="", expires=_expires(at))


def seen_item(talk_id: str, at: datetime) -> DeskItem:
    """When the citizen last asked for news."""
    return DeskItem(_key(talk_id)[0], "seen", body=at.isoformat(), expires=_expires(at))


def see(talk_id: str, at: datetime) -> None:
    """Note that the citizen asked for news."""
    seen_item(talk_id, at).save()


def was_said(talk_id: str, key: str) -> bool:
    """Whether what carries ``key`` was said before."""
    return get(_key(talk_id)[0], f"key#{key}") is not None


def read(talk_id: str, since: int = 0) -> Read:
    """A talk with what was said after message ``since``: one query. Raises NotFound, also for what is no id of ours."""
    if not _ID.fullmatch(talk_id):
        raise NotFound()
    talk: Talk | None = None
    seen_at: datetime | None = None
    messages = []
    # "message#…", "seen" and "talk" stand behind the cursor in this order, the keys of what was said before it
    for item in DeskItem.query(_key(talk_id)[0], DeskItem.sk > _message(since), consistent_read=True):
        if item.sk == "talk":
            talk = unpack(item.body, Talk)
        elif item.sk == "seen":
            seen_at = datetime.fromisoformat(item.body)
        else:
            messages.append(unpack(item.body, Message))
    if talk is None or seen_at is None:
        raise NotFound()
    return Read(talk, seen_at, tuple(messages))


def waiting(before: datetime | None = None) -> list[Talk]:
    """Who waits, longest first; with ``before``, who waited already at that moment."""
    earlier = DeskItem.worklist_at < stamp(before) if before is not None else None
    return [unpack(item.body, Talk) for item in DeskItem.worklist_index.query(_WAITING, earlier)]


def talking() -> list[Talk]:
    """Who is talking, earliest first."""
    return [unpack(item.body, Talk) for item in DeskItem.worklist_index.query(_TALKING)]


def of_day(day: date) -> list[Talk]:
    """The talks that began on a day in Shanghai, in order."""
    return [unpack(item.body, Talk) for item in DeskItem.watch_index.query(_of_day(day))]


def seen(talk_ids: Iterable[str]) -> dict[str, datetime]:
    """When the citizens of these talks last asked for news, in one read."""
    keys = [(_key(talk_id)[0], "seen") for talk_id in talk_ids]
    found = DeskItem.batch_get(keys, consistent_read=True) if keys else ()
    return {item.pk.removeprefix("talk#"): datetime.fromisoformat(item.body) for item in found}


def be_present(clerk: Present) -> None:
    """Note that a clerk has the room open."""
    expires = int((clerk.at + timedelta(days=1)).timestamp())
    DeskItem(_DESK, f"clerk#{clerk.login}", body=pack(clerk), expires=expires).save()


def present(at: datetime) -> list[Present]:
    """The clerks who have the room open, by login."""
    known = (unpack(item.body, Present) for item in under(_DESK, "clerk#"))
    return [one for one in known if at - one.at <= PRESENT_FOR]


def _key(talk_id: str) -> tuple[str, str]:
    return f"talk#{talk_id}", "talk"


def _message(number: int) -> str:
    return f"message#{number:06}"


def _of_day(day: date) -> str:
    return f"talks#{day:%Y-%m-%d}"


def _expires(at: datetime) -> int:
    """Seconds since 1970. What was said early in a talk goes no sooner than the last: a talk is of one day."""
    return int((at + KEPT).timestamp())
