"""What the citizens' API answers with: the desk's values as JSON, in the reader's language."""

from datetime import date

from chalicelib.desk.submitting import Receipt
from chalicelib.desk.tracking import Status
from chalicelib.desk.written import supplement_words
from chalicelib.domain import events as happened
from chalicelib.domain.case import Case
from chalicelib.domain.city import City
from chalicelib.domain.events import Event
from chalicelib.domain.fields import LONGEST
from chalicelib.domain.receipts import spoken
from chalicelib.domain.reviewing import next_level
from chalicelib.domain.signers import MOST_SIGNERS
from chalicelib.domain.standing import own_state as own_state
from chalicelib.domain.submission import MOST_UPLOADS, day_in_shanghai
from chalicelib.domain.uploads import LARGEST, TYPES
from chalicelib.domain.ways import told_by
from chalicelib.domain.words import Action, ClockName, Kind
from chalicelib.entrypoints.story_views import replies_view, shown, step_view
from chalicelib.entrypoints.wording import Json, iso, unit_name
from chalicelib.web.messages import say


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
        "steps": [step_view(event, submission.kind, city, language) for event in shown(status.events)],
        "replies": replies_view(status, city, language),
        "lay_opinions": [_lay_opinion(event, language) for event in status.lay_opinions],
        "decision": _decision(case, language),
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
        "ways": [{"way": way.value, "to": to, "chosen": told_by(way, submission.ways)} for way, to in status.left],
    }


def _lay_opinion(event: Event, language: str) -> Json:
    """信访监督员意见: by the family name, as a lay supervisor is not known to those whose matters they look at."""
    said = event.payload
    assert isinstance(said, happened.OpinionGiven)
    return {
        "at": iso(event.at),
        "name": say("lay.masked", language, family=said.name[:1]),
        "view": said.view.value,
        "view_name": say(f"view.{said.view}", language),
        "words": said.words,
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


def _decision(case: Case, language: str) -> Json | None:
    """What is public of the matter, and where."""
    public = case.published
    if public is None:
        return None
    outcome = {"outcome": public.outcome.value, "outcome_name": say(f"outcome.{public.outcome}", language)}
    return {"id": decision_id(day_in_shanghai(public.at), case.case_id), **outcome}


def decision_id(published_on: date, case_id: str) -> str:
    """By what a public decision is found in its list."""
    return f"{published_on:%Y-%m-%d}-{case_id}"


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
