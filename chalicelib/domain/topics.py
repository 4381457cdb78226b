"""热点问题: one matter at one place, of which several people write. Found by likeness of words, kept apart by place."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from chalicelib.domain.grouping import group
from chalicelib.domain.heat import heat, pulse
from chalicelib.domain.topic_graph import neighbours
from chalicelib.domain.topic_words import (
    Commons,
    Profile,
    Written,
    commons_of,
    likeness,
    mean_of,
    profile_of,
    read,
    telling_names,
)

CUT = 0.06  # the mean likeness from which letters are one matter: it holds for files of 500 to 3,000 letters
LARGE = 20  # letters from which a part may be one of several of the same matter
LONGEST_TITLE = 60  # characters
MOST_TO_THE_LEFT = 4  # characters by which a place's name is made whole
_HAN = re.compile(r"[^\W\d_a-z区县市镇在的]")


class Told(Struct, frozen=True):
    """A letter as it is looked at. ``person``: a digest or name of who wrote; ``on``: None where no day is known."""

    id: str
    person: str
    title: str
    text: str
    on: date | None = None
    votes: int = 0


class Topic(Struct, frozen=True):
    """What several letters speak of. ``ids``: of the letters, in the order of their coming."""

    title: str
    heat: float
    people: int
    first: date | None
    last: date | None
    place: str
    ids: tuple[str, ...]


def find(letters: Sequence[Told]) -> list[Topic]:
    """The topics of ``letters``, the hottest first; whatever stands alone is none."""
    in_order = sorted(letters, key=lambda one: (one.on or date.min, one.id))
    written = [read(one.title, one.text) for one in in_order]
    commons = commons_of(written)
    profiles = [profile_of(one, commons) for one in written]
    today = max((one.on for one in in_order if one.on is not None), default=date.min)
    topics = [
        _topic(
            [in_order[node] for node in nodes],
            [profiles[node] for node in nodes],
            [written[node] for node in nodes],
            commons,
            today,
        )
        for nodes in grouped(profiles)
        if len(nodes) > 1
    ]
    return sorted(topics, key=lambda topic: (-topic.heat, -len(topic.ids), topic.ids[0]))


def grouped(profiles: Sequence[Profile]) -> list[list[int]]:
    """Which of the letters are one matter.

    A letter is compared with few others, so a matter of hundreds may come out in parts: these are put together by what
    each says on the mean.
    """
    parts = group(neighbours(profiles), [one.size for one in profiles], CUT)
    large = [part for part in parts if len(part) >= LARGE]
    means = [mean_of([profiles[node] for node in part]) for part in large]
    wholes = group(neighbours(means), [one.size for one in means], CUT)
    joined = [sorted(node for part in whole for node in large[part]) for whole in wholes]
    return [*joined, *(part for part in parts if len(part) < LARGE)]


def _topic(
    letters: list[Told], profiles: list[Profile], written: list[Written], commons: Commons, today: date
) -> Topic:
    days = [one.on for one in letters if one.on is not None]
    first_days: dict[str, date] = {}
    for one in letters:
        first_days.setdefault(one.person or one.id, one.on or date.min)
    mean = mean_of(profiles)
    central = max(range(len(letters)), key=lambda place: likeness(profiles[place], mean))
    return Topic(
        cleaned(letters[central].title) or cleaned(letters[central].text),
        heat(pulse(list(first_days.values()), today), sum(one.votes for one in letters)),
        len(first_days),
        min(days, default=None),
        max(days, default=None),
        place_of(
            [telling_names(one, commons) or one.districts for one in written],
            [f"{one.title}\n{one.text}" for one in letters],
        ),
        tuple(one.id for one in letters),
    )


def place_of(named: Sequence[Sequence[str]], texts: Sequence[str]) -> str:
    """The name that most letters give, as far to the left as they agree (域蓝湾: 金域蓝湾); "" where fewer than a third
    give one. ``texts``: what each says.
    """
    counted = Counter(name for names in named for name in dict.fromkeys(names))
    name = min(counted, key=lambda name: (-counted[name], -len(name), name), default="")
    if counted[name] * 3 < len(named):
        return ""
    plain = [text.lower() for text in texts]
    for _ in range(MOST_TO_THE_LEFT):
        before = Counter(text[at - 1 : at] for text in plain if (at := text.find(name)) > 0)
        char, times = before.most_common(1)[0] if before else ("", 0)
        if times * 3 < 2 * sum(name in text for text in plain) or not _HAN.fullmatch(char):
            break
        name = char + name
    return name.upper()


def cleaned(title: str) -> str:
    """``title`` in one line, without marks at its ends, no longer than a headline."""
    line = " ".join(title.split()).strip("！!？?。.，,、；;：:~-—… ")
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"
