"""What the citizens' API answers with: the desk's values as JSON, in the reader's language."""

from collections.abc import Iterable
from datetime import UTC, datetime

from chalicelib.desk.submitting import Receipt, supplement_words
from chalicelib.desk.tracking import Status
from chalicelib.domain import events as happened
from chalicelib.domain.case import Case, Voice
from chalicelib.domain.city import City
from chalicelib.domain.events import Event
from chalicelib.domain.notices import is_public
from chalicelib.domain.receipts import spoken
from chalicelib.domain.reviewing import next_level
from chalicelib.domain.signers import MOST_SIGNERS
from chalicelib.domain.submission import LONGEST, MOST_UPLOADS
from chalicelib.domain.uploads import LARGEST, TYPES
from chalicelib.domain.words import Action, ClockName, Kind, State
from chalicelib.web.messages import say
from chalicelib.web.templating import day, on_paper

Json = dict[str, object]

SHOWN_STEPS: tuple[type[happened.Payload], ...] = (
    happened.Filed,
    happened.Returned,
    happened.Signed,
    happened.ClocksRecounted,
    happened.Supplemented,
    happened.Rated,
    happened.VoiceWithdrawn,
    happened.Supervised,
    happened.BacklogEntered,
    happened.AssistanceAsked,
    happened.AssistanceCalledOff,
    happened.Assisted,
)
"""What a citizen sees beside the public steps: that she filed, and how her matter is pressed on."""


def desk_view(city: City, language: str) -> Json:
    """Everything the form needs."""
    return {
        "name": city.name.within(language),
        "mailboxes": [
            {
                "id": box.id,
                "name": box.name.within(language),
                "about": box.about.within(language),
                "kinds": [kind.value for kind in box.kinds],
            }
            for box in city.mailboxes
        ],
        "kinds": [
            {"id": kind.value, "name": say(f"kind.{kind}", language), "about": say(f"kind.{kind}.about", language)}
            for kind in Kind
        ],
        "areas": [
            {"code": area.code, "name": area.name.within(language), "parent": area.parent} for area in city.areas
        ],
        "limits": {
            **{field: LONGEST[field] for field in ("title", "text", "place", "name", "words", "reason")},
            "signers": MOST_SIGNERS,
            "attachments": MOST_UPLOADS,
            "attachment_bytes": LARGEST,
            "attachment_types": list(TYPES),
        },
    }


def receipt_view(receipt: Receipt) -> Json:
    """What the citizen gets at once."""
    return {
        "receipt": receipt.number,
        "receipt_spoken": spoken(receipt.number),
        "code": receipt.code,
        "code_spoken": spoken(receipt.code),
        "filed_at": iso(receipt.filed_at),
        "register_due": iso(receipt.register_by),
    }


def status_view(status: Status, city: City, language: str) -> Json:
    """How a submission stands."""
    case, submission = status.case, status.folder.submission
    mailbox = city.mailbox(submission.mailbox)
    clock, state = case.deadline, own_state(case, status.voice)
    level = next_level(case) if Action.ASK_REVIEW in status.may else None
    answer = next((one for one in case.clocks if one.name is ClockName.HANDLE), None)
    return {
        "receipt": submission.receipt,
        "receipt_spoken": spoken(submission.receipt),
        "title": status.title,
        "text": status.text,
        "kind": submission.kind.value,
        "kind_name": say(f"kind.{submission.kind}", language),
        "mailbox_name": mailbox.name.within(language) if mailbox else submission.mailbox,
        "state": state.value,
        "state_name": say(f"state.{state}", language),
        "light": case.light.value if case.light else None,
        "light_name": say(f"light.{case.light}", language) if case.light else None,
        "unit_name": unit_name(case.unit, city, language),
        **_together(status, city, language),
        "deadline": iso(clock.due_at) if clock else None,
        "deadline_name": say(f"clock.{clock.name}", language) if clock else None,
        "reply_by": iso(answer.due_at) if answer else None,
        "reply_by_name": say(f"clock.{answer.name}", language) if answer else None,
        "joined": status.joined,
        "signers": status.voice.signers or None,
        "filed_at": iso(submission.filed_at),
        "steps": [_step(event, city, language) for event in shown(status.events)],
        "replies": _replies(status, city, language),
        "rating": _rating(status.events),
        "attachments": attachments_view(status, language),
        "supplements": [
            {"at": iso(added.at), "text": supplement_words(submission, added.text, added.number)}
            for added in status.folder.supplements
        ],
        "may": [action.value for action in status.may],
        "may_erase": status.erasable,
        "campaign": _campaign(status),
        "question": _question(status.events) if case.waiting is not None else None,
        "review_name": say(f"review.{level}", language) if level else None,
        "review_until": iso(case.review_until) if case.review_until and Action.ASK_REVIEW in status.may else None,
        "rate_until": iso(case.window_ends_at) if case.window_ends_at and Action.RATE in status.may else None,
    }


def _campaign(status: Status) -> Json | None:
    """积案化解: since when her matter is part of it, and who owns it; None when it is not."""
    case = status.case
    if case.backlog_since is None or status.voice.withdrawn:
        return None
    return {"since": iso(case.backlog_since), "owner": status.owner or None, "settled": case.settled_at is not None}


def _together(status: Status, city: City, language: str) -> Json:
    """Who else has to do with the matter, and what was promised."""
    case, waits = status.case, status.voice.answered_at is None and not status.voice.withdrawn and not status.case.ended
    first = city.unit(case.first_asked) if waits and case.first_asked != case.in_charge else None
    conference = case.conference if waits else None
    return {
        "owner_name": status.owner or None,
        "first_asked": {"unit_name": first.name.within(language), "phone": first.phone} if first else None,
        "conference_on": iso(conference.on) if conference else None,
        "promised_by": iso(case.done_by) if case.done_by else None,
    }


def _question(events: tuple[Event, ...]) -> str:
    return next(event.payload.question for event in reversed(events) if isinstance(event.payload, happened.Asked))


def own_state(case: Case, voice: Voice) -> State:
    """Where a case stands for one who spoke in it: she may be answered, or gone, while it goes on for others."""
    if voice.withdrawn:
        return State.WITHDRAWN
    if case.review is not None and case.review.receipt == voice.receipt:
        return State.IN_REVIEW
    if voice.answered_at is not None and not case.ended:
        return State.REPLIED
    return case.state


def shown(events: Iterable[Event]) -> list[Event]:
    """Those of a citizen's events that she sees as steps."""
    return [event for event in events if is_public(event) or isinstance(event.payload, SHOWN_STEPS) or _note(event)]


def _note(event: Event) -> bool:
    return isinstance(event.payload, happened.Noted) and event.payload.public


def _step(event: Event, city: City, language: str) -> Json:
    unit = getattr(event.payload, "unit", None)
    return {
        "at": iso(event.at),
        "kind": event.kind,
        "name": say(f"event.{event.kind}", language),
        "detail": _detail(event.payload, city, language),
        "unit_name": unit_name(unit, city, language),
    }


def _detail(payload: happened.Payload, city: City, language: str) -> str:
    match payload:
        case happened.Declined(ground, where_to):
            return f"{say(f'ground.{ground}', language)} {where_to}"
        case happened.Noted(text, True):
            return text
        case happened.Supervised(level, ground):
            return say("event.Supervised.level", language, level=str(level), ground=say(ground.code, language))
        case happened.Joined(_, basis) | happened.Concluded(basis) | happened.Terminated(basis):
            return say(basis.code, language, **basis.params)
        case happened.Referred(agency, words, number):
            return f"{agency}{f' ({number})' if number else ''} {words}"
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
            return str(_outcome(payload, language)["outcome_name"])
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


def _replies(status: Status, city: City, language: str) -> list[Json]:
    """The replies, and the opinions of those who reviewed them."""
    return [
        {
            "at": iso(event.at),
            "unit_name": unit_name(event.payload.unit, city, language),
            **_outcome(event.payload, language),
            "text": event.payload.text,
            "known": _known(event.payload, city, language),
            "done_by": iso(promised) if (promised := getattr(event.payload, "done_by", None)) else None,
        }
        for event in status.events
        if isinstance(event.payload, happened.Replied | happened.ReviewDecided)
    ]


def _known(payload: happened.Replied | happened.ReviewDecided, city: City, language: str) -> str | None:
    """That this was answered before, when and by whom, and what may be done about it; None of a reply of its own."""
    if not isinstance(payload, happened.Replied) or payload.known_at is None:
        return None
    unit = unit_name(payload.unit, city, language) or ""
    said = say("known.told", language, day=on_paper(payload.known_at)[:10], unit=unit)
    if payload.known_review_until is None:
        return said
    return f"{said} {say('known.review', language, day=day(payload.known_review_until))}"


def _outcome(payload: happened.Replied | happened.ReviewDecided, language: str) -> Json:
    if isinstance(payload, happened.Replied):
        return {"outcome": payload.outcome.value, "outcome_name": say(f"outcome.{payload.outcome}", language)}
    upheld = "upheld" if payload.upheld else "not_upheld"
    words = f"{say(f'review.{payload.level}', language)} · {say(f'review.{upheld}', language)}"
    return {"outcome": upheld, "outcome_name": words}


def _rating(events: tuple[Event, ...]) -> Json | None:
    for event in events:
        if isinstance(event.payload, happened.Rated):
            rated = event.payload
            return {
                "solved": rated.solved.value,
                "attitude": rated.attitude.value,
                "satisfaction": rated.satisfaction.value,
                "words": rated.words,
                "at": iso(event.at),
            }
    return None


def attachments_view(status: Status, language: str) -> list[Json]:
    """The files of a submission, and how their check stands."""
    files: list[Json] = []
    for number, attachment in enumerate(status.folder.attachments):
        finding = status.folder.finding(number)
        state = finding.verdict if finding else "checking"
        files.append(
            {
                "name": attachment.name,
                "size": attachment.size,
                "state": state,
                "state_name": say(f"attachment.{state}", language),
            }
        )
    return files


def unit_name(unit_id: str | None, city: City, language: str) -> str | None:
    """A unit's name; its id when the city no longer has it."""
    unit = city.unit(unit_id)
    return unit.name.within(language) if unit else unit_id


def iso(at: datetime) -> str:
    """A moment in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
