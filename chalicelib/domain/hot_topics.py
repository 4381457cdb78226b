"""A topic as the desk keeps it: its voices, its days, and what people did to it by hand."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.heat import Pulse, heat, pulse
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.topic_words import Commons

LONGEST_NAME = 60  # characters
MOST_PARTS = 30  # topics of which one is put together
MOST_NAMES = 40  # of places that are counted
MOST_MOVED = 25  # letters split off at once
LONGEST_WINDOW = 365  # days
SHOWN_FROM = 2  # people: below it nobody is shown a topic
BUDDING_AGAIN_DAYS = 14  # before which a topic is not told of as budding again
CUT_WHEN_NEW = 0.2  # while the desk has few letters, what is common in all of them passes for likeness
SETTLED_FROM = 500  # letters by which the desk knows what is common


class Thresholds(Struct, frozen=True, omit_defaults=True):
    """What an office sets. ``window``: days; ``people``: from whom on leaders are told, and again at twice as many, and
    so on; ``budding_people``, ``budding_times``: who wrote within two days, and how many times the usual that is.
    """

    window: int = 90
    people: int = 10
    budding_people: int = 3
    budding_times: int = 3
    version: int = 0


class Hand(StrEnum):
    """What a person does to a topic."""

    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"


class Act(Struct, frozen=True, omit_defaults=True):
    """One step by hand. ``other``: the topic merged in or split off; the name before, of a renaming."""

    number: int
    what: Hand
    at: datetime
    login: str
    name: str
    other: str = ""
    letters: int = 0
    undone_by: str = ""  # the name of who took it back


class Hot(Struct, frozen=True, omit_defaults=True):
    """A topic. ``voices``: by the keyed digest of who wrote, the day of their first letter; ``days``: letters by day.

    ``title`` is masked, of the letter that is nearest to all (``central``: how near). ``into``: the topic that it was
    merged into; ``parts``: those that were merged into this; ``apart``: those that it is never merged with by itself.
    """

    id: str
    version: int
    title: str
    first_at: datetime
    last_at: datetime
    named: dict[str, int] = {}  # the places that its letters name, and how often
    central: float = 0.0
    category: str | None = None
    area: str | None = None
    voices: dict[str, date] = {}
    days: dict[str, int] = {}
    letters: int = 0
    name: str = ""  # given by hand
    into: str = ""
    parts: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    history: tuple[Act, ...] = ()
    told: int = 0  # the number of people of which leaders were last told
    budding_told: date | None = None

    @property
    def place(self) -> str:
        """The name that most of its letters give, if a third of them do; ""."""
        name = min(self.named, key=lambda name: (-self.named[name], -len(name), name), default="")
        return name.upper() if self.named.get(name, 0) * 3 >= self.letters else ""

    @property
    def called(self) -> str:
        """What it is called: as a person named it, else as its letters do."""
        return self.name or self.title


def undoable(topic: Hot, act: Act) -> bool:
    """A name as long as it is the last that was given; a merger as long as the part is one; a split until it was."""
    if act.undone_by:
        return False
    if act.what is Hand.MERGED:
        return act.other in topic.parts
    if act.what is Hand.SPLIT:
        return act.other in topic.apart
    names = [one for one in topic.history if one.what is Hand.RENAMED and not one.undone_by]
    return names[-1] == act


class Member(Struct, frozen=True, omit_defaults=True):
    """A letter in a topic. ``title`` is masked; ``signers``: of a joint letter, who sent it among them."""

    receipt: str
    case_id: str
    at: datetime
    title: str
    person: str = ""
    signers: int = 0


def new_topic(topic_id: str, member: Member, category: str | None, area: str | None) -> Hot:
    """A topic that begins with ``member``, which is still to be counted."""
    return Hot(topic_id, 1, member.title, member.at, member.at, category=category, area=area)


def with_letter(topic: Hot, member: Member, names: Iterable[str], rules: Thresholds) -> Hot:
    """``topic`` with one letter more, which names ``names``. Who left nothing by which to know them are one voice
    together; of a joint letter each who signed is one. Who wrote again after a whole window speaks anew.
    """
    day = day_in_shanghai(member.at)
    voices, named = dict(topic.voices), dict(topic.named)
    for who in (member.person or "-", *(f"{member.receipt}+{number}" for number in range(1, member.signers))):
        if who not in voices or day < voices[who] or (day - voices[who]).days >= rules.window:
            voices[who] = day
    for name in names:
        if name in named or len(named) < MOST_NAMES:
            named[name] = named.get(name, 0) + 1
    return replace(
        topic,
        voices=voices,
        named=named,
        days={**topic.days, day.isoformat(): topic.days.get(day.isoformat(), 0) + 1},
        letters=topic.letters + 1,
        first_at=min(topic.first_at, member.at),
        last_at=max(topic.last_at, member.at),
    )


def recounted(topic: Hot, members: Sequence[Member], rules: Thresholds) -> Hot:
    """``topic`` as what ``members`` say and no other; the names of places stay as they were counted."""
    empty = replace(topic, voices={}, days={}, letters=0)
    if members:
        standing = any(one.title == topic.title for one in members)
        title = topic.title if standing else members[0].title
        empty = replace(empty, title=title, first_at=members[0].at, last_at=members[0].at)
    for member in sorted(members, key=lambda one: one.at):
        empty = with_letter(empty, member, (), rules)
    return empty


class Seen(Struct, frozen=True):
    """A topic with its parts, as a day sees it. ``series``: letters by day over the window."""

    topic: Hot
    heat: float
    pulse: Pulse
    letters: int
    first_at: datetime
    last_at: datetime
    series: tuple[tuple[date, int], ...]
    budding: bool


def seen(topic: Hot, parts: tuple[Hot, ...], at: datetime, rules: Thresholds) -> Seen:
    """``topic`` on the day of ``at``: who wrote before the window counts no more."""
    today = day_in_shanghai(at)
    since = today - timedelta(days=rules.window - 1)
    whole = (topic, *parts)
    voices: dict[str, date] = {}
    for one in whole:
        for who, day in one.voices.items():
            voices[who] = min(day, voices.get(who, day))
    found = pulse([day for day in voices.values() if day >= since], today)
    days = [since + timedelta(days=number) for number in range(rules.window)]
    by_day = tuple((day, sum(one.days.get(day.isoformat(), 0) for one in whole)) for day in days)
    return Seen(
        topic,
        heat(found),
        found,
        sum(number for _, number in by_day),
        min(one.first_at for one in whole),
        max(one.last_at for one in whole),
        by_day,
        found.budding(rules.budding_people, rules.budding_times),
    )


def cut_of(commons: Commons, settled: float) -> float:
    """The likeness from which letters are one matter: stricter while the desk does not know yet what is common."""
    known = min(1.0, commons.letters / SETTLED_FROM)
    return CUT_WHEN_NEW + (settled - CUT_WHEN_NEW) * known


class Alarm(StrEnum):
    """Of what leaders are told."""

    HOT = "TopicHot"
    BUDDING = "TopicBudding"


def alarm_of(topic: Hot, now: Seen, at: datetime, rules: Thresholds) -> tuple[Alarm | None, Hot]:
    """What leaders are to be told of ``topic`` as it stands ``now``, and the topic that knows it was told.

    Of many people once at the threshold, once at twice as many, at four times; of a budding one not again within a
    fortnight, and not beside the other.
    """
    step = rules.people
    while step * 2 <= now.pulse.people:
        step *= 2
    if now.pulse.people >= rules.people and step > topic.told:
        return Alarm.HOT, replace(topic, told=step, budding_told=day_in_shanghai(at))
    today = day_in_shanghai(at)
    fresh = topic.budding_told is None or (today - topic.budding_told).days >= BUDDING_AGAIN_DAYS
    if now.budding and fresh and not topic.told:
        return Alarm.BUDDING, replace(topic, budding_told=today)
    return None, topic
