"""通知: whoever is to be told of a step is told, once, by each way they left."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.config import config
from chalicelib.desk import announcing, answering, by_hand, cities, wording
from chalicelib.desk.in_peace import leave_in_peace
from chalicelib.desk.inboxes import inboxes_of
from chalicelib.desk.lay_sight import title_of
from chalicelib.desk.sending import Letter, NotAllTold, page, tell, ways
from chalicelib.desk.vault import vault
from chalicelib.desk.wording import Wording
from chalicelib.desk.working import masked
from chalicelib.domain import events as happened
from chalicelib.domain.case import Case
from chalicelib.domain.clocks import Clock
from chalicelib.domain.events import Event
from chalicelib.domain.messages import AnswerMessage, AnyMessage, Message, ReceptionMessage
from chalicelib.domain.notices import Audience, notice_of
from chalicelib.domain.people import answered_by
from chalicelib.domain.quiet import held_until
from chalicelib.domain.submission import Submission
from chalicelib.domain.wording import SEALED
from chalicelib.domain.words import AnswerBy, Channel, ClockName, ReviewLevel
from chalicelib.storage import cases, notices, outbox
from chalicelib.storage.notices import Attempted, Entry, Sending
from chalicelib.storage.submissions import load_sealed_petitioner, load_submission
from chalicelib.web.messages import say


def notify(message: AnyMessage, at: datetime) -> None:
    """Tell everybody whom ``message`` concerns.

    Who is not woken now is told when the quiet hours are over: the message stands in the outbox, due then. Raises
    NotAllTold, after everybody else was told, when somebody could not be; the queue brings it again, and after it the
    sweep.
    """
    if not outbox.waits(message):
        return
    held_until: datetime | None = None
    try:
        if isinstance(message, ReceptionMessage):
            held_until = announcing.announce(message, at)
        elif isinstance(message, AnswerMessage):
            answering.answer(message, at)
        else:
            assert isinstance(message, Message)  # what an agency is told waits in another queue
            held_until = _tell_of_event(message, at)
    except NotAllTold as failed:
        again = at + max(outbox.RESEND_EVERY, timedelta(seconds=failed.retry_after_seconds))
        outbox.hold(message, min(again, failed.held_until or again))
        raise
    if held_until is not None:
        outbox.hold(message, held_until)
    else:
        outbox.done(message)


def _tell_of_event(message: Message, at: datetime) -> datetime | None:
    event, case = cases.event(message.case_id, message.event), cases.load(message.case_id)
    notice = notice_of(event)
    if notice is None:
        return None
    for audience in notice.staff:
        if audience is Audience.OTHER_UNIT:
            _tell_other_unit(event, case)
            continue
        title = _title(audience, event, case)
        for inbox in inboxes_of(audience, event, case):
            notices.put_into(inbox, Entry(case.case_id, event.number, event.kind, title, event.at))
    if notice.citizen is not None and case.counted:
        template = notice.citizen
        step = f"event {event.number} of case {case.case_id}"
        words = wording.in_force()
        told = concerned(event, case)
        others = any(voice.receipt not in told for voice in case.voices)
        tried = notices.of_case(case.case_id) if others else ()
        look_again = leave_in_peace(tried, event.number, told, at)
        return tell(told, lambda receipt: _letters(template, event, case, receipt, words, at), step, look_again)
    return None


def _title(audience: Audience, event: Event, case: Case) -> str:
    """By what an entry of an inbox names the case: masked for who comes from outside, nothing once they are out."""
    if audience not in (Audience.LAY, Audience.LAY_PRESENT):
        return case.title
    return "" if isinstance(event.payload, happened.LayUninvited) else title_of(case)


def _tell_other_unit(event: Event, case: Case) -> None:
    """The unit of the case that goes on is told that another voice speaks in it: once, however many came with it."""
    if case.joined_to is None:  # split off again meanwhile
        return
    into = cases.load(case.joined_to)
    added = next(
        one
        for one in cases.record_of(into.case_id)
        if isinstance(one.payload, happened.VoiceAdded) and (one.payload.from_case, one.at) == (case.case_id, event.at)
    )
    for inbox in inboxes_of(Audience.UNIT, added, into):
        notices.put_into(inbox, Entry(into.case_id, added.number, added.kind, into.title, added.at))


def concerned(event: Event, case: Case) -> tuple[str, ...]:
    """The receipts of those whom the event concerns; who has withdrawn in the meantime is left in peace."""
    match event.payload:
        case happened.Replied(answers=answers):
            return tuple(answer.receipt for answer in answers if answer.receipt in case.receipts)
        case happened.RatingAsked(receipts):
            return tuple(receipt for receipt in receipts if receipt in case.unrated)
        case happened.Withdrawn(receipt):
            return (receipt,)
        case _:  # a notice may be late: who wrote after the step is not told of it
            return tuple(v.receipt for v in case.voices if not v.withdrawn and v.filed_at <= event.at)


def _letters(template: str, event: Event, case: Case, receipt: str, words: Wording, at: datetime) -> Iterator[Letter]:
    """One notice for each way the citizen chose of those she left; none for who asks by number and code. What no
    notice can bring to her is laid down for a person to tell.
    """
    sealed = load_sealed_petitioner(receipt)
    if sealed is None:
        return
    petitioner = vault().open_petitioner(sealed, receipt)
    submission, shown = load_submission(receipt), masked(petitioner)
    if submission.demands is not None and submission.demands.we_are_silent:
        return  # the agency that referred it answers where she spoke
    language = submission.language
    if case.sealed:
        template, values = SEALED, _least_of(submission)
    else:
        values = {**_least_of(submission), **_values(event, case, submission)}
    subject = wording.subject_of(words, template, language, values)
    if answered_by(petitioner) is not AnswerBy.NOTICE:
        by_hand.owe(
            event, case, petitioner, submission, subject, wording.text_of(words, template, language, "sms", values)
        )
        return
    for way, address, hidden in ways(petitioner, shown, submission.ways):
        text = wording.text_of(words, template, language, way, values)
        attempt = Attempted(case.case_id, event.number, receipt, way, hidden, subject, text, Sending.SENDING, 0, at)
        html = page(language, subject, text, _track()) if way == "mail" else ""
        answers = petitioner.thread if way == "mail" else ""
        yield Letter(address, attempt, html, answers, held_until=held_until(words.quiet, way, at))


def _least_of(submission: Submission) -> dict[str, object]:
    """What a notice of any matter may say."""
    return {
        "title": "",
        "desk": cities.current().name.within(submission.language),
        "receipt": submission.receipt,
        "track": _track(),
        "by_mail": submission.channel is Channel.MAIL,
    }


def _track() -> str:
    return f"{config().public_origin}/track.html"


def _values(event: Event, case: Case, submission: Submission) -> dict[str, object]:
    """What the notice of a matter that is not sealed may say besides."""
    language, payload = submission.language, event.payload
    unit = cities.current().unit(getattr(payload, "unit", None) or case.unit)
    declined = payload if isinstance(payload, happened.Declined) else None
    asked = payload if isinstance(payload, happened.Asked | happened.ClocksRecounted) else None
    extended = payload if isinstance(payload, happened.ExtensionGranted) else None
    decided = payload if isinstance(payload, happened.ReviewDecided) else None
    called = payload if isinstance(payload, happened.ConferenceCalled) else None
    replied = payload if isinstance(payload, happened.Replied) else None
    level = getattr(payload, "level", None)
    return {
        "title": submission.title,
        "kind": submission.kind.value,
        "outcome": say(f"outcome.{replied.outcome}", language) if replied else "",
        "unit": replied.agency if replied and replied.agency else unit.name.within(language) if unit else "",
        "phone": unit.phone if unit else "",
        "accept_by": _end(payload, ClockName.ACCEPT),
        "reply_by": _end(payload, ClockName.HANDLE),
        "rate_by": case.window_ends_at,
        "counts": not case.known_from,
        "known_at": replied.known_at if replied else None,
        "known_review_until": replied.known_review_until if replied else None,
        "ground": say(f"ground.{declined.ground}", language) if declined else "",
        "where_to": declined.where_to if declined else "",
        "agency": _agency(payload),
        "answer_by": asked.until if asked else None,
        "days": extended.days if extended else 0,
        "review": say(f"review.{level}", language) if isinstance(level, ReviewLevel) else "",
        "review_by": _end(payload, ClockName.REVIEW),
        "upheld": decided.upheld if decided else False,
        "review_until": decided.review_until if decided else None,
        "conference_on": called.on if called else None,
        "done_by": replied.done_by if replied else None,
    }


def _agency(payload: happened.Payload) -> str:
    """The name of the agency to which the matter goes."""
    match payload:
        case happened.Referred(agency=name) | happened.Transferred(name=name) | happened.ReferralReturned(name=name):
            return name
        case _:
            return ""


def _end(payload: happened.Payload, name: ClockName) -> datetime | None:
    """When the clock that the event started is over."""
    clocks: tuple[Clock, ...] = getattr(payload, "clocks", ())
    return next((clock.due_at for clock in clocks if clock.name is name), None)
