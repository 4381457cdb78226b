"""Average linkage on a sparse graph: the two groups that are most alike on the mean become one, until none are alike
enough (UPGMA; Sokal and Michener 1958). What is not in the graph is not alike.
"""

from collections.abc import Collection, Sequence
from heapq import heapify, heappop, heappush

Graph = list[dict[int, float]]
"""By node, its neighbours with how alike they are; each edge stands at both of its ends."""


def group(graph: Graph, sizes: Sequence[int], cut: float, apart: Collection[tuple[int, int]] = ()) -> list[list[int]]:
    """The groups of nodes, each in ascending order, those of one node too.

    ``sizes``: how many letters a node stands for. ``cut``: the mean likeness from which groups become one. ``apart``:
    nodes that a person put into different groups; they stay there. ``graph`` is used up.
    """
    members: list[list[int]] = [[node] for node in range(len(graph))]
    weight = list(sizes)
    forbidden: list[set[int]] = [set() for _ in graph]
    for one, other in apart:
        forbidden[one].add(other)
        forbidden[other].add(one)
    heap = [(-alike, one, other) for one, near in enumerate(graph) for other, alike in near.items() if one < other]
    heapify(heap)
    while heap and -heap[0][0] >= cut:
        alike, one, other = heappop(heap)
        if not members[one] or not members[other] or graph[one].get(other) != -alike or other in forbidden[one]:
            continue
        if len(graph[one]) < len(graph[other]):
            one, other = other, one
        _merge(one, other, graph, weight, forbidden)
        members[one] += members[other]
        members[other] = []
        for near, now in graph[one].items():
            if now >= cut:
                heappush(heap, (-now, min(one, near), max(one, near)))
    return [sorted(group) for group in members if group]


def _merge(one: int, other: int, graph: Graph, weight: list[int], forbidden: list[set[int]]) -> None:
    """``other`` becomes part of ``one``: its likeness to every neighbour is the mean over its letters."""
    here, there = graph[one], graph[other]
    of, and_of = weight[one], weight[other]
    here.pop(other, None)
    there.pop(one, None)
    for near in here.keys() | there.keys():
        mean = (of * here.get(near, 0.0) + and_of * there.get(near, 0.0)) / (of + and_of)
        here[near] = graph[near][one] = mean
        graph[near].pop(other, None)
    graph[other] = {}
    weight[one] = of + and_of
    for third in forbidden[other]:
        forbidden[third].add(one)
    forbidden[one] |= forbidden[other]
