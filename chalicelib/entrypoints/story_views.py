"""A matter's story as its citizen reads it: the steps, and the replies."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.desk.tracking import Status
from chalicelib.domain import events as happened
from chalicelib.domain.city import City
from chalicelib.domain.events import Event
from chalicelib.domain.notices import is_public
from chalicelib.domain.words import ClockName, Kind
from chalicelib.entrypoints.told import StoryReply, StoryStep
from chalicelib.entrypoints.wording import iso, unit_name
from chalicelib.web.messages import say
from chalicelib.web.templating import day, on_paper

SHOWN_STEPS: tuple[type[happened.Payload], ...] = (
    happened.Filed,
    happened.Returned,
    happened.AgencyReported,
    happened.TransferReturned,
    happened.Signed,
    happened.ClocksRecounted,
    happened.Supplemented,
    happened.Rated,
    happened.VoiceWithdrawn,
    happened.Supervised,
    happened.OrderInspected,
    happened.OrderReleased,
    happened.InspectionOrdered,
    happened.BacklogEntered,
    happened.AssistanceAsked,
    happened.AssistanceCalledOff,
    happened.Assisted,
    happened.DecisionPublished,
    happened.DecisionTakenDown,
    happened.ConsentWithdrawn,
)
"""What a citizen sees beside the public steps: that she filed, and how her matter is pressed on."""


def shown(events: Iterable[Event]) -> list[Event]:
    """Those of a citizen's events that she sees as steps."""
    return [event for event in events if is_public(event) or isinstance(event.payload, SHOWN_STEPS) or _note(event)]


def _note(event: Event) -> bool:
    return isinstance(event.payload, happened.Noted) and event.payload.public


def step_view(event: Event, kind: Kind, city: City, language: str) -> StoryStep:
    """One step of a matter of ``kind``."""
    unit = getattr(event.payload, "unit", None)
    return StoryStep(
        at=iso(event.at),
        kind=event.kind,
        name=say(f"event.{event.kind}", language),
        detail=_detail(event.payload, kind, city, language),
        unit_name=_answered_by_agency(event.payload) or unit_name(unit, city, language),
    )


def _answered_by_agency(payload: happened.Payload) -> str:
    return payload.agency if isinstance(payload, happened.Replied) else ""


def _detail(payload: happened.Payload, kind: Kind, city: City, language: str) -> str:
    match payload:
        case happened.Accepted() if kind is not Kind.APPEAL and kind is not Kind.ACCUSATION:
            return say(f"event.Accepted.{kind}", language, day=_answered_by(payload))
        case happened.Declined(ground, where_to):
            return f"{say(f'ground.{ground}', language)} {where_to}"
        case happened.Noted(text, True):
            return text
        case happened.Supervised(level, ground):
            return say("event.Supervised.level", language, level=str(level), ground=say(ground.code, language))
        case happened.OrderInspected(_, way, found):
            return say(
                "event.OrderInspected.told",
                language,
                way=say(f"way.{way}", language),
                found=say(f"found.{found}", language),
            )
        case happened.OrderReleased(ground=ground):
            return say(ground.code, language)
        case happened.Joined(_, basis) | happened.Concluded(basis) | happened.Terminated(basis):
            return say(basis.code, language, **basis.params)
        case happened.DecisionTakenDown(basis):
            return say(basis.code, language, **basis.params)
        case happened.Referred(agency, words, number):
            return f"{agency}{f' ({number})' if number else ''} {words}"
        case happened.Transferred(name=name):
            return say("event.Transferred.told", language, agency=name)
        case happened.AgencyReported(name=name, state=state, unit_name=unit):
            told = "event.AgencyReported.unit" if unit else "event.AgencyReported.told"
            return say(told, language, agency=name, state=say(f"progress.{state}", language), unit=unit)
        case happened.TransferReturned():
            return say("event.Returned.told", language)
        case happened.ReferralReturned(name=name, words=words):
            return f"{name} {words}"
        case happened.Asked(question, until):
            return say("event.Asked.told", language, question=question, day=day(until))
        case happened.ExtensionGranted(reason, days):
            return say("event.ExtensionGranted.told", language, reason=reason, days=str(days))
        case happened.ClocksRecounted():
            return _recounted(payload, language)
        case happened.ReworkOrdered(_, ground):
            return say(f"rework.{ground}", language)
        case happened.ReviewAsked(level):
            return say(f"review.{level}", language)
        case happened.ReviewDecided():
            return outcome_of(payload, language)[1]
        case happened.Replied(done_by=datetime() as done_by):
            return say("event.Replied.promised", language, day=day(done_by))
        case happened.ConferenceCalled(on):
            return say("event.ConferenceCalled.told", language, at=on_paper(on))
        case happened.ConferenceHeld(lead=lead):
            return say("event.ConferenceHeld.told", language, unit=unit_name(lead, city, language) or "")
        case happened.OwnerNamed(name=name):
            return name
        case happened.Returned():
            return say("event.Returned.told", language)
        case happened.BacklogEntered(ground):
            return say(ground.code, language, **ground.params)
        case _:
            return ""


def _recounted(payload: happened.ClocksRecounted, language: str) -> str:
    """When each running term now ends; of those that stand still nothing can be said yet."""
    if payload.stopped and payload.until is None:
        return say(payload.basis.code, language)
    ends = (
        say("clock.until", language, clock=say(f"clock.{one.name}", language), day=day(one.due_at))
        for one in payload.clocks
    )
    return say(
        "event.ClocksRecounted.told",
        language,
        basis=say(payload.basis.code, language),
        ends=say("list.comma", language).join(ends),
    )


def _answered_by(accepted: happened.Accepted) -> str:
    return next(day(clock.due_at) for clock in accepted.clocks if clock.name is ClockName.HANDLE)


def replies_view(status: Status, city: City, language: str) -> tuple[StoryReply, ...]:
    """The replies, and the opinions of those who reviewed them."""
    return tuple(
        _reply(event, event.payload, city, language)
        for event in status.events
        if isinstance(event.payload, happened.Replied | happened.ReviewDecided)
    )


def _reply(event: Event, said: happened.Replied | happened.ReviewDecided, city: City, language: str) -> StoryReply:
    outcome, outcome_name = outcome_of(said, language)
    promised = said.done_by if isinstance(said, happened.Replied) else None
    return StoryReply(
        at=iso(event.at),
        unit_name=_answered_by_agency(said) or unit_name(said.unit, city, language),
        outcome=outcome,
        outcome_name=outcome_name,
        text=said.text,
        known=_known(said, city, language),
        done_by=iso(promised) if promised else None,
    )


def _known(payload: happened.Replied | happened.ReviewDecided, city: City, language: str) -> str | None:
    """That this was answered before, when and by whom, and what may be done about it; None of a reply of its own."""
    if not isinstance(payload, happened.Replied) or payload.known_at is None:
        return None
    unit = unit_name(payload.unit, city, language) or ""
    said = say("known.told", language, day=on_paper(payload.known_at)[:10], unit=unit)
    if payload.known_review_until is None:
        return said
    return f"{said} {say('known.review', language, day=day(payload.known_review_until))}"


def outcome_of(payload: happened.Replied | happened.ReviewDecided, language: str) -> tuple[str, str]:
    """What a reply, or a review of one, amounts to: the word of programs, and the words of people."""
    if isinstance(payload, happened.Replied):
        return payload.outcome.value, say(f"outcome.{payload.outcome}", language)
    upheld = "upheld" if payload.upheld else "not_upheld"
    return upheld, f"{say(f'review.{payload.level}', language)} · {say(f'review.{upheld}', language)}"
