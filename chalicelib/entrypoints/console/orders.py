"""The supervision orders of a case as its pages tell them: each with its answer, what was found, and its end."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain.events import Event


class OrderStory(Struct, frozen=True):
    """One order. ``given``: its event; ``after``: what came of it, in order; ``stands``: whether it still does."""

    number: int
    given: Event
    payload: happened.Supervised
    after: tuple[Event, ...] = ()
    stands: bool = True


FOLLOWING = (happened.OrderAnswered, happened.OrderOverdue, happened.OrderInspected, happened.OrderReleased)


def stories_of(events: Iterable[Event]) -> tuple[OrderStory, ...]:
    """The orders that ``events`` tell of, the first one first. An answer to the citizen ends the one that stands."""
    stories: list[OrderStory] = []
    for event in events:
        match event.payload:
            case happened.Supervised():
                stories = [replace(one, stands=False) for one in stories]
                stories.append(OrderStory(event.payload.number or len(stories) + 1, event, event.payload))
            case happened.Replied():
                stories = [replace(one, stands=False) for one in stories]
            case _ if isinstance(event.payload, FOLLOWING) and stories and stories[-1].stands:
                stands = not isinstance(event.payload, happened.OrderReleased)
                stories[-1] = replace(stories[-1], after=(*stories[-1].after, event), stands=stands)
    return tuple(stories)


def inspections_of(events: Iterable[Event]) -> tuple[Event, ...]:
    """What was found while no order stood."""
    return tuple(one for one in events if isinstance(one.payload, happened.OrderInspected) and not one.payload.number)
