"""The room of hot topics: the ranking, and one topic with its letters and their cases."""

from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotFound
from chalicelib.domain.hot_topics import SHOWN_FROM, Hot, Member, Seen, Thresholds, seen, undoable
from chalicelib.domain.people import Staff, may_list
from chalicelib.domain.words import Role
from chalicelib.storage import cases
from chalicelib.storage import topics as store

HANDS = frozenset({Role.CLERK, Role.SUPERVISOR})  # who may put a topic right
MOST_RANKED = 300
MOST_SHOWN = 50
MOST_LETTERS = 100  # of one topic that are shown


class Filters(Struct, frozen=True):
    """What is asked for: an area with all in it, a category, topics with a letter within so many days; 0 for all."""

    area: str = ""
    category: str = ""
    days: int = 0


class Room(Struct, frozen=True):
    """The ranking, the hottest first. ``all``: how many topics there are without filters."""

    topics: tuple[Seen, ...]
    all: int
    rules: Thresholds
    hottest: float


def room(at: datetime, filters: Filters) -> Room:
    """The topics of the window. Two reads: the settings and the list; one more where topics were merged."""
    rules = store.thresholds()
    standing = _standing(at, rules)
    city = cities.current()
    found = [
        one
        for one in standing
        if (not filters.area or city.within(one.topic.area or "", filters.area))
        and (not filters.category or one.topic.category == filters.category)
        and (not filters.days or at - one.last_at <= timedelta(days=filters.days))
    ]
    hottest = max((one.heat for one in standing), default=0.0)
    return Room(tuple(found[:MOST_SHOWN]), len(standing), rules, hottest)


def _standing(at: datetime, rules: Thresholds) -> list[Seen]:
    heads = store.ranked(at - timedelta(days=rules.window), MOST_RANKED)
    wanted = [part for head in heads for part in head.parts]
    parts: dict[str, Hot] = {}
    for start in range(0, len(wanted), 100):
        parts |= store.load_topics(wanted[start : start + 100])
    all_seen = (seen(head, tuple(parts[one] for one in head.parts if one in parts), at, rules) for head in heads)
    shown = [one for one in all_seen if one.pulse.people >= SHOWN_FROM]
    return sorted(shown, key=lambda one: (-one.heat, -one.letters, one.topic.id))


class Letter(Struct, frozen=True):
    """A letter of a topic, the case that handles it now, and whether the reader may open that."""

    member: Member
    case: Case | None
    open: bool


class Story(Struct, frozen=True):
    """One topic. ``others``: those it may be merged with; ``undoable``: the numbers of the acts that can be undone."""

    seen: Seen
    letters: tuple[Letter, ...]
    more: int
    others: tuple[Hot, ...]
    undoable: frozenset[int]
    may_change: bool


def story(staff: Staff, topic_id: str, at: datetime) -> Story:
    """One topic with its letters, latest first. Of one that was merged, the one it stands in. Raises NotFound."""
    topic = load(topic_id)
    if topic.into:
        topic = load(topic.into)
    rules = store.thresholds()
    parts = tuple(store.load_topics(topic.parts).values()) if topic.parts else ()
    members = sorted(all_members(topic), key=lambda one: one.at, reverse=True)
    shown = members[:MOST_LETTERS]
    standing = cases.load_all(dict.fromkeys(one.case_id for one in shown)) if shown else {}
    joined = [case.joined_to for case in standing.values() if case.joined_to is not None]
    into = cases.load_all(dict.fromkeys(joined)) if joined else {}
    letters = []
    for one in shown:
        case = standing.get(one.case_id)
        if case is not None and case.joined_to is not None:
            case = into.get(case.joined_to, case)
        letters.append(Letter(one, case, case is not None and may_list(staff, case)))
    may_change = staff.role in HANDS
    others = [one.topic for one in _standing(at, rules) if one.topic.id != topic.id] if may_change else []
    can_undo = frozenset(act.number for act in topic.history if undoable(topic, act)) if may_change else frozenset()
    return Story(
        seen(topic, parts, at, rules),
        tuple(letters),
        len(members) - len(shown),
        tuple(others[:MOST_SHOWN]),
        can_undo,
        may_change,
    )


def load(topic_id: str) -> Hot:
    """A topic, wherever it stands. Raises NotFound."""
    fits = topic_id.isalnum() and topic_id.isascii() and len(topic_id) <= 32
    found = store.load_topics([topic_id]) if fits else {}
    if topic_id not in found:
        raise NotFound()
    return found[topic_id]


def all_members(topic: Hot) -> list[Member]:
    """The letters of a topic and of its parts."""
    return [member for one in (topic.id, *topic.parts) for member in store.members_of(one)]
