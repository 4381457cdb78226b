"""What people put right in the topics by hand. Each step is on record with who and when, can be undone, and binds what
the desk does by itself later.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from chalicelib.desk.committing import finish
from chalicelib.desk.topic_finding import commons, new_id, with_alerts
from chalicelib.desk.topics import HANDS, all_members, load
from chalicelib.domain.errors import Changed, FieldError, Invalid, NotAllowed
from chalicelib.domain.hot_topics import (
    LONGEST_NAME,
    LONGEST_WINDOW,
    MOST_MOVED,
    MOST_PARTS,
    Act,
    Hand,
    Hot,
    Member,
    Thresholds,
    new_topic,
    recounted,
    undoable,
)
from chalicelib.domain.messages import Message
from chalicelib.domain.people import Staff
from chalicelib.domain.topic_words import mean_of, profile_of
from chalicelib.domain.words import Role
from chalicelib.storage import topics as store
from chalicelib.storage.submissions import load_submission
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import AlreadyDone

SETTERS = frozenset({Role.SUPERVISOR, Role.LEADER})  # who may set from when leaders are told
TRIES = 5
MOST_COUNTED = 100  # letters, the latest, by which the words of a topic are counted anew


def rename(topic_id: str, version: int, name: str, by: Staff, at: datetime) -> None:
    """Give a topic a name of its own. Raises NotFound, NotAllowed, Invalid, and Changed when it is no longer as the
    reader saw it.
    """
    topic = _to_change(topic_id, version, by)
    called = " ".join(name.split())
    if not called:
        raise Invalid([FieldError("name", "topic.name_needed")])
    if len(called) > LONGEST_NAME:
        raise Invalid([FieldError("name", "field.too_long", (("longest", str(LONGEST_NAME)),))])
    _keep(at, [_noted(replace(topic, name=called), Hand.RENAMED, by, at, topic.name)])


def merge(topic_id: str, version: int, other_id: str, by: Staff, at: datetime) -> None:
    """The other topic becomes part of this one. Raises as ``rename`` does."""
    topic = _to_change(topic_id, version, by)
    found = store.load_topics([other_id]) if other_id.isalnum() and other_id.isascii() else {}
    other = found.get(other_id)
    if other is None or other.id == topic.id or other.into:
        raise Invalid([FieldError("other", "topic.choose_other" if not other_id else "field.unknown_choice")])
    if len(topic.parts) + len(other.parts) + 1 > MOST_PARTS:
        raise Invalid([FieldError("other", "topic.too_many_parts", (("most", str(MOST_PARTS)),))])
    merged_into(topic, other, by, at)


def merged_into(topic: Hot, other: Hot, by: Staff | None, at: datetime) -> Hot:
    """Commit that ``other`` is part of ``topic``; gives the whole. ``by``: None where the nightly run found that both
    are one matter. Raises Changed when somebody else moved one of them.
    """
    noted = _noted(topic, Hand.MERGED, by, at, other.id, other.letters)
    whole = replace(
        noted,
        parts=(*topic.parts, other.id, *other.parts),
        apart=tuple(one for one in topic.apart if one != other.id),
        told=max(topic.told, other.told),
        last_at=max(topic.last_at, other.last_at),
    )
    part = replace(other, into=topic.id, apart=tuple(one for one in other.apart if one != topic.id))
    below = [replace(one, into=topic.id) for one in store.load_topics(other.parts).values()]
    profiles = store.load_profiles([topic.id, other.id])
    kept = [store.profile_item(topic.id, mean_of(list(profiles.values())))] if profiles else []
    return _keep(at, [whole, part, *below], kept)


def split(topic_id: str, version: int, receipts: Sequence[str], name: str, by: Staff, at: datetime) -> str:
    """The letters ``receipts`` become a topic of their own; gives its id. The two stay apart. Raises as ``rename``."""
    topic = _to_change(topic_id, version, by)
    held = {one: store.members_of(one) for one in (topic.id, *topic.parts)}
    wanted = set(receipts)
    chosen = [(place, member) for place, members in held.items() for member in members if member.receipt in wanted]
    everything = sum(len(members) for members in held.values())
    called = " ".join(name.split())
    faults = []
    if not chosen or len(chosen) == everything:
        faults.append(FieldError("letters", "topic.choose_letters"))
    if len(chosen) > MOST_MOVED:
        faults.append(FieldError("letters", "topic.too_many_letters", (("most", str(MOST_MOVED)),)))
    if len(called) > LONGEST_NAME:
        faults.append(FieldError("name", "field.too_long", (("longest", str(LONGEST_NAME)),)))
    if faults:
        raise Invalid(faults)
    rules = store.thresholds()
    moved = [member for _, member in chosen]
    new = replace(new_topic(new_id(), moved[0], topic.category, topic.area), name=called, apart=(topic.id,))
    new = recounted(new, moved, rules)
    sources = [replace(topic, apart=(*topic.apart, new.id)), *store.load_topics(topic.parts).values()]
    left = {place: [one for one in members if one.receipt not in wanted] for place, members in held.items()}
    touched = {place for place, _ in chosen} | {topic.id}
    changed = [recounted(one, left[one.id], rules) for one in sources if one.id in touched]
    changed[0] = _noted(changed[0], Hand.SPLIT, by, at, new.id, len(moved))
    sketches = store.load_sketches([store.ref_of(one.receipt, one.at) for one in moved])
    kept = [store.member_item(new.id, one) for one in moved]
    kept += [store.sketch_item(store.moved(one, new.id)) for one in sketches.values()]
    kept += [*_profiled(new.id, moved), *_profiled(topic.id, [one for rest in left.values() for one in rest])]
    gone = [store.member_item(place, member) for place, member in chosen]
    _keep(at, changed, kept, gone, [store.topic_item(new)])
    return new.id


def undo(topic_id: str, version: int, number: int, by: Staff, at: datetime) -> None:
    """Take one step back. What is taken apart again stays apart. Raises as ``rename`` does."""
    topic = _to_change(topic_id, version, by)
    act = next((one for one in topic.history if one.number == number and undoable(topic, one)), None)
    if act is None:
        raise Changed()
    history = tuple(replace(one, undone_by=by.name) if one == act else one for one in topic.history)
    topic = replace(topic, history=history)
    if act.what is Hand.RENAMED:
        _keep(at, [replace(topic, name=act.other)])
        return
    other = load(act.other)
    below = store.load_topics(other.parts).values() if other.parts else ()
    if act.what is Hand.MERGED:
        own = {other.id, *other.parts}
        rest = tuple(one for one in topic.parts if one not in own)
        topic = replace(topic, parts=rest, apart=(*topic.apart, other.id))
        other = replace(other, into="", apart=(*other.apart, topic.id))
        kept = _profiled(topic.id, all_members(topic))
        _keep(at, [topic, other, *(replace(one, into=other.id) for one in below)], kept)
        return
    if other.into:
        raise Changed()
    topic = replace(
        topic,
        parts=(*topic.parts, other.id, *other.parts),
        apart=tuple(one for one in topic.apart if one != other.id),
    )
    _keep(at, [topic, replace(other, into=topic.id), *(replace(one, into=topic.id) for one in below)])


def set_thresholds(rules: Thresholds, by: Staff, at: datetime) -> None:
    """Set from when leaders are told. Raises NotAllowed, Invalid, Changed."""
    if by.role not in SETTERS:
        raise NotAllowed(action="topics")
    limits = {
        "window": (7, LONGEST_WINDOW),
        "people": (2, 10_000),
        "budding_people": (2, 1_000),
        "budding_times": (1, 100),
    }
    faults = [
        FieldError(field, "topic.out_of_range", (("least", str(least)), ("most", str(most))))
        for field, (least, most) in limits.items()
        if not least <= getattr(rules, field) <= most
    ]
    if faults:
        raise Invalid(faults)
    finish(at=at, newer=[store.thresholds_item(replace(rules, version=rules.version + 1))])


def _to_change(topic_id: str, version: int, by: Staff) -> Hot:
    if by.role not in HANDS:
        raise NotAllowed(action="topics")
    topic = load(topic_id)
    if topic.version != version or topic.into:
        raise Changed()
    return topic


def _noted(topic: Hot, what: Hand, by: Staff | None, at: datetime, other: str, letters: int = 0) -> Hot:
    login, name = (by.login, by.name) if by is not None else ("", "")
    act = Act(len(topic.history) + 1, what, at, login, name, other, letters)
    return replace(topic, history=(*topic.history, act))


def _profiled(topic_id: str, members: Sequence[Member]) -> list[DeskItem]:
    """What a topic says, counted anew from its latest letters."""
    latest = sorted(members, key=lambda one: one.at, reverse=True)[:MOST_COUNTED]
    found = store.load_sketches([store.ref_of(one.receipt, one.at) for one in latest])
    profiles = [profile_of(one.written, commons()) for one in found.values()]
    return [store.profile_item(topic_id, mean_of(profiles))] if profiles else []


def _keep(
    at: datetime,
    topics: Sequence[Hot],
    kept: Sequence[DeskItem] = (),
    gone: Sequence[DeskItem] = (),
    new: Sequence[DeskItem] = (),
) -> Hot:
    """Commit every topic at its next version; leaders are told where the first passes a threshold by it. Gives that."""
    rules = store.thresholds()
    first, *rest = (replace(one, version=one.version + 1) for one in topics)
    known = {one.id: one for one in rest}
    first, alerts = with_alerts(first, at, rules, known)
    versioned = [store.topic_item(one) for one in (first, *rest)]
    finish(at=at, versioned=versioned, kept=[*kept, *alerts], gone=gone, new=new)
    return first


def leave(receipt: str, message: Message, at: datetime) -> None:
    """A letter that its writer has taken back leaves its topic; done twice it is done once. Raises Changed."""
    forget(receipt, load_submission(receipt).filed_at, at)
    try:
        finish(at=at, consumes=message)
    except AlreadyDone:
        return


def forget(receipt: str, filed_at: datetime, at: datetime) -> None:
    """A letter that its writer took back or had erased leaves its topic and is compared with nothing any more.

    Raises Changed when others were faster time after time.
    """
    sketch = store.load_sketches([store.ref_of(receipt, filed_at)]).get(store.ref_of(receipt, filed_at))
    if sketch is None:
        return
    for _ in range(TRIES):
        topic = store.load_topics([sketch.topic]).get(sketch.topic) if sketch.topic else None
        if topic is None:
            finish(at=at, gone=[store.sketch_item(sketch)])
            return
        members = store.members_of(topic.id)
        rest = [one for one in members if one.receipt != receipt]
        left = recounted(topic, rest, store.thresholds())
        left = replace(left, version=left.version + 1, title=left.title if rest else "")
        gone = [store.sketch_item(sketch), *(store.member_item(topic.id, one) for one in members if one not in rest)]
        try:
            finish(at=at, versioned=[store.topic_item(left)], kept=_profiled(topic.id, rest), gone=gone)
        except Changed:
            continue
        return
    raise Changed()
