"""热点: each registered letter finds the topic it belongs to, by a fixed number of reads; leaders are told in time."""

import time
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import arranging, cities
from chalicelib.desk.committing import Step, finish
from chalicelib.desk.veiling import veil
from chalicelib.domain.case import Case
from chalicelib.domain.city import City
from chalicelib.domain.errors import Changed
from chalicelib.domain.events import Joined, Registered, VoiceWithdrawn, Withdrawn
from chalicelib.domain.hot_topics import Alarm, Hot, Thresholds, alarm_of, cut_of, new_topic, seen, with_letter
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.submission import Submission
from chalicelib.domain.topic_words import (
    Commons,
    Profile,
    likeness,
    mean_of,
    profile_of,
    read,
    telling_names,
)
from chalicelib.domain.topics import CUT, cleaned
from chalicelib.domain.words import Kind, Level
from chalicelib.storage import topics as store
from chalicelib.storage.notices import Entry, entry_item
from chalicelib.storage.submissions import load_signed
from chalicelib.storage.table import DeskItem
from chalicelib.storage.topics import Sketch
from chalicelib.storage.unit_of_work import AlreadyDone, AlreadyThere

TELLING = 12  # grams of a letter by which later ones find it
MOST_COMPARED = 20  # letters with which a new one is compared
MOST_TOPICS = 8
TRIES = 5
COMMONS_KEPT = 3_600.0  # seconds; they change once a day
PERSON = 16  # characters of a person's digest: enough to tell those of one topic apart

Arrived = Registered | Joined
"""With these a letter looks for its topic,"""

Left = VoiceWithdrawn | Withdrawn
"""and with these it leaves it: what its writer took back speaks for nothing any more."""

_commons: tuple[float, Commons] | None = None


def commons() -> Commons:
    """What is common among the desk's letters, read anew when what is known is older than an hour."""
    global _commons
    if _commons is None or time.monotonic() - _commons[0] > COMMONS_KEPT:
        _commons = (time.monotonic(), store.commons())
    return _commons[1]


def forget_commons() -> None:
    """What is known is read anew at the next use."""
    global _commons
    _commons = None


def messages_of(step: Step) -> list[Message]:
    """What has a letter look for its topic, or leave it: messages of their own, so that nothing there holds up the
    step. None for what is never compared.
    """
    if step.after.sealed or not step.after.counted:
        return []
    told = (event for event in step.events if isinstance(event.payload, Arrived | Left))
    return [Message(Topic.ROUTING, event.case_id, event.number) for event in told]


def attach(case: Case, told: Arrived, message: Message, at: datetime) -> None:
    """Find the topic of the letter by which ``case`` began; done twice it is done once.

    Raises Changed when others wrote to the same topic time after time: the message comes again.
    """
    receipt = case.voices[0].receipt
    found = load_signed([receipt])
    submission, person = found.get(receipt, (None, None))
    if submission is None or not _speaks(submission, case):
        _done(message, at)
        return
    for _ in range(TRIES):
        try:
            _attached(_Letter(submission, (person or "")[:PERSON], told, case.voices[0].signers), message, at)
        except (Changed, AlreadyThere):
            continue
        except AlreadyDone:
            return
        return
    raise Changed()


def _speaks(submission: Submission, case: Case) -> bool:
    """Whether it may be compared at all: no accusation, no test letter, nothing that its writer took back."""
    private = submission.kind is Kind.ACCUSATION or case.sealed
    gone = submission.erasure is not None or case.voices[0].withdrawn or case.voices[0].erased
    return case.counted and not private and not gone


def _done(message: Message, at: datetime) -> None:
    try:
        finish(at=at, consumes=message)
    except AlreadyDone:
        return


class _Letter(Struct, frozen=True):
    submission: Submission
    person: str
    told: Arrived
    signers: int

    @property
    def area(self) -> str | None:
        return (self.told.area if isinstance(self.told, Registered) else None) or self.submission.area

    @property
    def category(self) -> str | None:
        return self.told.category if isinstance(self.told, Registered) else None


class _Likest(Struct, frozen=True):
    """To what a letter belongs: a topic, or letters that stand alone like it."""

    topic: Hot | None
    profile: Profile
    alone: Sketch | None = None


def _attached(letter: _Letter, message: Message, at: datetime) -> None:
    """One try. Reads: the letter's sketch, the postings, the sketches, the topics they stand in and those these were
    merged into, their profiles; each once, whatever is stored.
    """
    submission, known = letter.submission, commons()
    ref = store.ref_of(submission.receipt, submission.filed_at)
    if store.load_sketches([ref]):
        _done(message, at)
        return
    title, place = submission.title, submission.place
    written = read(f"{title} {place}", submission.text, _districts(letter.area, cities.current()))
    profile = profile_of(written, known)
    grams = telling_grams(profile)
    postings = store.postings_of(grams)
    likest = _likest(profile, store.most_shared(postings, ref, MOST_COMPARED), known)
    sketch = Sketch(
        submission.receipt,
        submission.case_id,
        submission.filed_at,
        store.packed_grams(written),
        tuple(telling_names(written, known)),
        written.districts,
        letter.person,
        title=veil([submission.receipt])(cleaned(title)),
        signers=letter.signers,
        area=letter.area,
        category=letter.category,
    )
    items = store.posting_items(grams, ref, submission.filed_at, postings)
    if likest is None:
        finish(at=at, new=[store.sketch_item(sketch)], kept=items, consumes=message)
        return
    rules = store.thresholds()
    topic, grown, versioned = _grown(likest, sketch, profile, rules)
    items += [store.profile_item(topic.id, grown), store.member_item(topic.id, sketch.member)]
    if likest.alone is not None:
        items += [
            store.sketch_item(store.moved(likest.alone, topic.id)),
            store.member_item(topic.id, likest.alone.member),
        ]
    told_topic, alerts = with_alerts(topic, at, rules)
    finish(
        at=at,
        new=[store.sketch_item(store.moved(sketch, topic.id)), *([] if versioned else [store.topic_item(told_topic)])],
        versioned=[store.topic_item(told_topic)] if versioned else [],
        kept=[*items, *alerts],
        consumes=message,
    )


def _districts(area: str | None, city: City) -> tuple[str, ...]:
    """The county in which ``area`` lies: letters of two counties are two matters, those of two towns may be one."""
    found = city.area(area)
    while found is not None and found.level is Level.TOWNSHIP:
        found = city.area(found.parent)
    return (found.code,) if found is not None and found.level is Level.COUNTY else ()


def telling_grams(profile: Profile) -> list[int]:
    """The grams by which a letter is found: its names, then what weighs most; of equal ones the least by hash, so that
    two letters that share many choose alike.
    """
    names = sorted(profile.names & profile.weights.keys())[: TELLING // 3]
    heaviest = sorted(profile.weights.items(), key=lambda item: (-round(item[1], 3), item[0]))
    others = (gram for gram, _ in heaviest if gram not in names)
    return [*names, *(gram for _, gram in zip(range(TELLING - len(names)), others, strict=False))]


def _likest(profile: Profile, refs: list[str], known: Commons) -> _Likest | None:
    sketches = store.load_sketches(refs)
    heads = roots_of(dict.fromkeys(one.topic for one in sketches.values() if one.topic))
    profiles = store.load_profiles(heads)
    best: tuple[float, _Likest] | None = None
    for topic_id, its in profiles.items():
        best = _better(best, likeness(profile, its), _Likest(heads[topic_id], its))
    for ref in refs:
        sketch = sketches.get(ref)
        if sketch is not None and not sketch.topic:
            alone = profile_of(sketch.written, known)
            best = _better(best, likeness(profile, alone), _Likest(None, alone, sketch))
    return best[1] if best is not None and best[0] >= cut_of(known, CUT) else None


def _better(best: tuple[float, _Likest] | None, alike: float, one: _Likest) -> tuple[float, _Likest]:
    return (alike, one) if best is None or alike > best[0] else best


def roots_of(ids: Iterable[str]) -> dict[str, Hot]:
    """By the id of each topic, the one that it stands in now. Two reads at most: nothing is merged into a part."""
    heads = store.load_topics(list(ids)[:MOST_TOPICS])
    into = store.load_topics(topic.into for topic in heads.values() if topic.into)
    return {one: into.get(topic.into, topic) if topic.into else topic for one, topic in heads.items()}


def _grown(likest: _Likest, sketch: Sketch, profile: Profile, rules: Thresholds) -> tuple[Hot, Profile, bool]:
    """The topic with this letter in it, what it says now, and whether it was there before."""
    mean = mean_of([likest.profile, profile])
    if likest.topic is not None:
        topic = replace(likest.topic, version=likest.topic.version + 1)
        near = likeness(profile, mean)
        if near > topic.central:
            topic = replace(topic, title=sketch.title or topic.title, central=near)
        return with_letter(topic, sketch.member, sketch.names, rules), mean, True
    other = likest.alone
    assert other is not None  # it is like a topic or like a letter
    topic = replace(new_topic(new_id(), sketch.member, sketch.category, sketch.area), central=likeness(profile, mean))
    before = with_letter(topic, other.member, other.names, rules)
    return with_letter(before, sketch.member, sketch.names, rules), mean, False


def new_id() -> str:
    """The id of a new topic."""
    return uuid.uuid4().hex[:16]


def with_alerts(
    topic: Hot, at: datetime, rules: Thresholds, beside: Mapping[str, Hot] | None = None
) -> tuple[Hot, list[DeskItem]]:
    """What leaders are told of ``topic`` as it is now, in their inboxes; and the topic that knows it. ``beside``: its
    parts as they will be, where they are not stored yet.
    """
    stored = store.load_topics(topic.parts) if topic.parts else {}
    parts = tuple((beside or {}).get(one.id, one) for one in stored.values())
    alarm, told = alarm_of(topic, seen(topic, parts, at, rules), at, rules)
    return told, [] if alarm is None else [entry_item(inbox, _entry(told, alarm, at)) for inbox in _leaders()]


def _leaders() -> list[str]:
    return [f"leader#{account.staff.login}" for account in arranging.leaders()]


def _entry(topic: Hot, alarm: Alarm, at: datetime) -> Entry:
    return Entry("", topic.version, alarm.value, topic.called, at, link=f"/console/topics/{topic.id}")
