"""What a step says to the figures: how submissions came, who routed them, what was answered, what turned red."""

from collections.abc import Iterable

from chalicelib.domain.events import Dispatched, Event, Filed, LightChanged, Registered, Replied
from chalicelib.domain.words import Light, Role
from chalicelib.seen.going import Measure, about, count

BY_MODEL = "reason.model"  # the ground that a model's word was decided upon


def counted(events: Iterable[Event]) -> None:
    """Count committed events of one case. A test letter of the keepers' exam is no submission."""
    by_model = False
    for event in events:
        about(event.case_id, event.number)
        match event.payload:
            case Filed(channel=channel, drill=""):
                count(Measure.SUBMISSIONS, channel.value)
            case Registered(reasons=reasons):
                by_model = any(reason.code == BY_MODEL for reason in reasons)
            case Dispatched():
                count(Measure.ROUTED, _router(event, by_model))
            case Replied():
                count(Measure.REPLIES)
            case LightChanged(light=Light.RED):
                count(Measure.TURNED_RED)


def _router(event: Event, by_model: bool) -> str:
    if event.by.role is not Role.DESK:
        return "clerk"
    return "model" if by_model else "rule"
