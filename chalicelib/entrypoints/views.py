"""What the citizens' API answers with: the desk's values, in the reader's language."""

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
from chalicelib.entrypoints.told import (
    AddedText,
    AreaChoice,
    AttachmentStanding,
    CampaignStanding,
    DecisionStanding,
    DeskWords,
    FirstAskedUnit,
    FormLimits,
    KindChoice,
    LayOpinion,
    MailboxChoice,
    OwnRating,
    SubmissionReceipt,
    SubmissionStatus,
    WayChoice,
)
from chalicelib.entrypoints.wording import iso, unit_name
from chalicelib.web.messages import say


def desk_view(city: City, language: str) -> DeskWords:
    """Everything the form needs."""
    return DeskWords(
        name=city.name.within(language),
        mailboxes=tuple(
            MailboxChoice(box.id, box.name.within(language), box.about.within(language), box.kinds)
            for box in city.mailboxes
        ),
        kinds=tuple(
            KindChoice(kind, say(f"kind.{kind}", language), say(f"kind.{kind}.about", language)) for kind in Kind
        ),
        areas=tuple(AreaChoice(area.code, area.name.within(language), area.parent) for area in city.areas),
        limits=FormLimits(
            title=LONGEST["title"],
            text=LONGEST["text"],
            place=LONGEST["place"],
            name=LONGEST["name"],
            words=LONGEST["words"],
            reason=LONGEST["reason"],
            signers=MOST_SIGNERS,
            attachments=MOST_UPLOADS,
            attachment_bytes=LARGEST,
            attachment_types=tuple(TYPES),
        ),
    )


def receipt_view(receipt: Receipt) -> SubmissionReceipt:
    """What the citizen gets at once."""
    return SubmissionReceipt(
        receipt=receipt.number,
        receipt_spoken=spoken(receipt.number),
        code=receipt.code,
        code_spoken=spoken(receipt.code),
        filed_at=iso(receipt.filed_at),
        register_due=iso(receipt.register_by),
    )


def status_view(status: Status, city: City, language: str) -> SubmissionStatus:
    """How a submission stands."""
    case, submission = status.case, status.folder.submission
    mailbox = city.mailbox(submission.mailbox)
    clock, state = case.deadline, own_state(case, status.voice)
    level = next_level(case) if Action.ASK_REVIEW in status.may else None
    answer = next((one for one in case.clocks if one.name is ClockName.HANDLE), None)
    conference = case.conference if _waits(status) else None
    return SubmissionStatus(
        receipt=submission.receipt,
        receipt_spoken=spoken(submission.receipt),
        title=status.title,
        text=status.text,
        kind=submission.kind,
        kind_name=say(f"kind.{submission.kind}", language),
        mailbox_name=mailbox.name.within(language) if mailbox else submission.mailbox,
        state=state,
        state_name=say(f"state.{state}", language),
        light=case.light,
        light_name=say(f"light.{case.light}", language) if case.light else None,
        unit_name=unit_name(case.unit, city, language),
        owner_name=status.owner or None,
        first_asked=_first_asked(status, city, language),
        conference_on=iso(conference.on) if conference else None,
        promised_by=iso(case.done_by) if case.done_by else None,
        deadline=iso(clock.due_at) if clock else None,
        deadline_name=say(f"clock.{clock.name}", language) if clock else None,
        reply_by=iso(answer.due_at) if answer else None,
        reply_by_name=say(f"clock.{answer.name}", language) if answer else None,
        joined=status.joined,
        signers=status.voice.signers or None,
        filed_at=iso(submission.filed_at),
        steps=tuple(step_view(event, submission.kind, city, language) for event in shown(status.events)),
        replies=replies_view(status, city, language),
        lay_opinions=tuple(_lay_opinion(event, language) for event in status.lay_opinions),
        decision=_decision(case, language),
        rating=_rating(status.events),
        attachments=_attachments(status, language),
        supplements=tuple(
            AddedText(iso(added.at), supplement_words(submission, added.text, added.number))
            for added in status.folder.supplements
        ),
        may=status.may,
        may_erase=status.erasable,
        campaign=_campaign(status),
        question=_question(status.events) if case.waiting is not None else None,
        review_name=say(f"review.{level}", language) if level else None,
        review_until=iso(case.review_until) if case.review_until and Action.ASK_REVIEW in status.may else None,
        rate_until=iso(case.window_ends_at) if case.window_ends_at and Action.RATE in status.may else None,
        ways=tuple(WayChoice(way, to, told_by(way, submission.ways)) for way, to in status.left),
    )


def _waits(status: Status) -> bool:
    """Whether its writer is still to be answered."""
    return status.voice.answered_at is None and not status.voice.withdrawn and not status.case.ended


def _first_asked(status: Status, city: City, language: str) -> FirstAskedUnit | None:
    case = status.case
    unit = city.unit(case.first_asked) if _waits(status) and case.first_asked != case.in_charge else None
    return FirstAskedUnit(unit.name.within(language), unit.phone) if unit else None


def _lay_opinion(event: Event, language: str) -> LayOpinion:
    said = event.payload
    assert isinstance(said, happened.OpinionGiven)
    return LayOpinion(
        at=iso(event.at),
        name=say("lay.masked", language, family=said.name[:1]),
        view=said.view,
        view_name=say(f"view.{said.view}", language),
        words=said.words,
    )


def _campaign(status: Status) -> CampaignStanding | None:
    case = status.case
    if case.backlog_since is None or status.voice.withdrawn:
        return None
    return CampaignStanding(iso(case.backlog_since), status.owner or None, case.settled_at is not None)


def _question(events: tuple[Event, ...]) -> str:
    return next(event.payload.question for event in reversed(events) if isinstance(event.payload, happened.Asked))


def _decision(case: Case, language: str) -> DecisionStanding | None:
    public = case.published
    if public is None:
        return None
    place = decision_id(day_in_shanghai(public.at), case.case_id)
    return DecisionStanding(place, public.outcome.value, say(f"outcome.{public.outcome}", language))


def decision_id(published_on: date, case_id: str) -> str:
    """By what a public decision is found in its list."""
    return f"{published_on:%Y-%m-%d}-{case_id}"


def _rating(events: tuple[Event, ...]) -> OwnRating | None:
    return next(
        (rating_view(event, event.payload) for event in events if isinstance(event.payload, happened.Rated)), None
    )


def rating_view(event: Event, rated: happened.Rated) -> OwnRating:
    """What its writer said the reply is worth."""
    return OwnRating(
        solved=rated.solved,
        attitude=rated.attitude,
        satisfaction=rated.satisfaction,
        words=rated.words,
        at=iso(event.at),
    )


def _attachments(status: Status, language: str) -> tuple[AttachmentStanding, ...]:
    """The files of a submission, and how their check stands."""
    findings = [status.folder.finding(number) for number in range(len(status.folder.attachments))]
    states = [finding.verdict if finding else "checking" for finding in findings]
    return tuple(
        AttachmentStanding(name=one.name, size=one.size, state=state, state_name=say(f"attachment.{state}", language))
        for one, state in zip(status.folder.attachments, states, strict=True)
    )
