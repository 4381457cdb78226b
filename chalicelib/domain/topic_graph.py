"""Whose letters are alike: each is compared with few others, found by the grams they share, never all with all."""

from collections import Counter, deque
from collections.abc import Sequence
from heapq import nlargest

from chalicelib.domain.grouping import Graph
from chalicelib.domain.topic_words import Profile, likeness

POSTING = 40  # letters, the latest, that are remembered for a gram
TELLS_UPTO = 0.02  # share of the letters: by commoner grams nobody is noticed
MOST_NEAR = 60  # letters with which one is compared
NOTICED = 0.012  # the likeness by bounded postings from which two are compared
NEAR = 0.02  # the likeness from which two are neighbours


def neighbours(profiles: Sequence[Profile]) -> Graph:
    """The graph of likeness, for profiles in the order of their coming. Time and space grow with their number."""
    seen = Counter(gram for profile in profiles for gram in profile.weights)
    upto = max(POSTING, TELLS_UPTO * len(profiles))
    postings: dict[int, deque[tuple[int, float]]] = {}
    graph: Graph = [{} for _ in profiles]
    for here, profile in enumerate(profiles):
        for there in _noticed(here, profile, postings, seen, upto):
            alike = likeness(profile, profiles[there])
            if alike >= NEAR:
                graph[here][there] = graph[there][here] = alike
    return graph


def _noticed(
    here: int,
    profile: Profile,
    postings: dict[int, deque[tuple[int, float]]],
    seen: Counter[int],
    upto: float,
) -> list[int]:
    """The earlier ones that share most of what ``profile`` has; it is remembered for the later ones."""
    shared: dict[int, float] = {}
    so_far = shared.get
    for gram, weight in profile.weights.items():
        if not 1 < seen[gram] <= upto:
            continue
        posting = postings.get(gram)
        if posting is None:
            posting = postings[gram] = deque(maxlen=POSTING)
        for there, its_weight in posting:
            shared[there] = so_far(there, 0.0) + weight * its_weight
        posting.append((here, weight))
    noticed = [there for there, alike in shared.items() if alike >= NOTICED]
    return noticed if len(noticed) <= MOST_NEAR else nlargest(MOST_NEAR, noticed, key=shared.__getitem__)
