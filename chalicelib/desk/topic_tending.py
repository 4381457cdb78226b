"""The nightly run over the topics: what is common is counted again, letters left alone find their topic after all, and
topics that have become one matter are put together. What people put right by hand is left as it is.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import topic_finding
from chalicelib.desk.committing import finish
from chalicelib.desk.topic_finding import new_id, with_alerts
from chalicelib.desk.topics_by_hand import merged_into
from chalicelib.domain.errors import Changed
from chalicelib.domain.grouping import group
from chalicelib.domain.hot_topics import Hot, Thresholds, cut_of, new_topic, with_letter
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.topic_graph import neighbours
from chalicelib.domain.topic_words import Profile, commons_of, mean_of, profile_of
from chalicelib.domain.topics import CUT
from chalicelib.storage import topics as store
from chalicelib.storage.topics import Sketch

COUNTED = 1_500  # letters, the latest, by which is known what is common
MOST_GRAMS = 20_000  # of the commons: the item holds them in 150 kB
MOST_ALONE = 600
MOST_TOPICS = 300
ALONE_FOR = timedelta(days=14)  # after which a letter that found nothing is left alone


class Tended(Struct, frozen=True):
    """What a run did. ``left``: time ran out; the next run finds the rest."""

    counted: int
    joined: int
    merged: int
    left: bool


def tend(now: datetime, go_on: Callable[[], bool] = lambda: True) -> Tended:
    """Go once over the topics of the window. Run twice or cut off it loses nothing: every step is a commit of its own,
    and what is done is found done.
    """
    rules = store.thresholds()
    latest = _latest(now, rules.window, go_on)
    if latest:
        finish(at=now, kept=[store.commons_item(commons_of(one.written for one in latest), MOST_GRAMS)])
        topic_finding.forget_commons()
    if not go_on():
        return Tended(len(latest), 0, 0, left=True)
    alone = [one for one in latest if not one.topic and now - one.at <= ALONE_FOR][:MOST_ALONE]
    heads = store.ranked(now - timedelta(days=rules.window), MOST_TOPICS)
    joined = merged = 0
    for topics, letters in _together(heads, alone):
        if not go_on():
            return Tended(len(latest), joined, merged, left=True)
        try:
            home = max(topics, key=lambda one: one.letters, default=None)
            for other in topics:
                if home is not None and other.id != home.id:
                    home, merged = merged_into(home, other, None, now), merged + 1
            _take_in(home, letters, now, rules)
            joined += len(letters)
        except Changed:
            continue  # somebody was at it: the next night finds it as they left it
    return Tended(len(latest), joined, merged, left=False)


def _latest(now: datetime, window: int, go_on: Callable[[], bool]) -> list[Sketch]:
    """The latest letters of the window, a day at a time."""
    today, found = day_in_shanghai(now), list[Sketch]()
    for back in range(window):
        if len(found) >= COUNTED or not go_on():
            break
        found += sorted(store.sketches_of(today - timedelta(days=back)), key=lambda one: one.at, reverse=True)
    return found[:COUNTED]


def _together(heads: list[Hot], alone: list[Sketch]) -> list[tuple[list[Hot], list[Sketch]]]:
    """What is one matter by now, topics and letters that stand alone; apart stays what a person took apart."""
    known = topic_finding.commons()
    said: dict[str, Profile] = {}
    ids = [head.id for head in heads]
    for start in range(0, len(ids), 50):
        said |= store.load_profiles(ids[start : start + 50])
    topics = sorted((head for head in heads if head.id in said), key=lambda head: head.first_at)
    letters = sorted(alone, key=lambda one: one.at)
    profiles = [*(said[head.id] for head in topics), *(profile_of(one.written, known) for one in letters)]
    place = {head.id: number for number, head in enumerate(topics)}
    apart = [(place[head.id], place[other]) for head in topics for other in head.apart if other in place]
    found = group(neighbours(profiles), [one.size for one in profiles], cut_of(known, CUT), apart)
    several = (nodes for nodes in found if len(nodes) > 1)
    return [
        (
            [topics[node] for node in nodes if node < len(topics)],
            [letters[node - len(topics)] for node in nodes if node >= len(topics)],
        )
        for nodes in several
    ]


def _take_in(home: Hot | None, letters: list[Sketch], at: datetime, rules: Thresholds) -> None:
    """The letters become part of ``home``, or without one a topic of their own; one commit a letter."""
    known = topic_finding.commons()
    for sketch in letters:
        profile = profile_of(sketch.written, known)
        fresh = home is None
        if home is None:
            home, mean = new_topic(new_id(), sketch.member, sketch.category, sketch.area), profile
        else:
            stored = store.load_profiles([home.id]).get(home.id)
            mean = profile if stored is None else mean_of([stored, profile])
        home, alerts = with_alerts(with_letter(home, sketch.member, sketch.names, rules), at, rules)
        home = home if fresh else replace(home, version=home.version + 1)
        item = store.topic_item(home)
        kept = [
            store.member_item(home.id, sketch.member),
            store.profile_item(home.id, mean),
            store.sketch_item(store.moved(sketch, home.id)),
        ]
        finish(at=at, new=[item] if fresh else [], versioned=[] if fresh else [item], kept=[*kept, *alerts])
