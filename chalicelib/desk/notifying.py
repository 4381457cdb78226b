"""通知: whoever is to be told of a step is told, once, by each way they left."""

import logging
from collections.abc import Iterator
from datetime import datetime
from traceback import extract_tb

from botocore.exceptions import ClientError
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.config import config
from chalicelib.desk import cities
from chalicelib.desk.vault import vault
from chalicelib.desk.working import masked
from chalicelib.domain import events as happened
from chalicelib.domain.case import Case
from chalicelib.domain.clocks import Clock
from chalicelib.domain.events import Event
from chalicelib.domain.messages import Message
from chalicelib.domain.notices import Audience, notice_of
from chalicelib.domain.people import Petitioner
from chalicelib.domain.receipts import spoken
from chalicelib.domain.submission import Submission
from chalicelib.domain.words import ClockName, ReviewLevel
from chalicelib.gateways.mail import send_mail
from chalicelib.gateways.sms import send_sms
from chalicelib.gateways.unreachable import Unreachable
from chalicelib.storage import cases, notices, outbox
from chalicelib.storage.notices import Attempted, Entry, Sending
from chalicelib.storage.submissions import load_sealed_petitioner, load_submission
from chalicelib.web.messages import say
from chalicelib.web.templating import render

logger = logging.getLogger(__name__)

SEALED = "sealed"  # the one template for every step of a sealed matter: who glances at a telephone learns nothing


class NotAllTold(Exception):
    """Some could not be told; the message comes again, and those who were told are not told twice."""


class BeingSent(Exception):
    """Another call is just sending this very notice, or was cut off doing so less than five minutes ago."""


def notify(message: Message, at: datetime) -> None:
    """Tell everybody whom the event of ``message`` concerns.

    Raises NotAllTold, after everybody else was told, when somebody could not be.
    """
    if not outbox.waits(message):
        return
    event, case = cases.event(message.case_id, message.event), cases.load(message.case_id)
    notice = notice_of(event)
    if notice is not None:
        for audience in notice.staff:
            for inbox in inboxes_of(audience, case):
                notices.put_into(inbox, Entry(case.case_id, event.number, event.kind, case.title, event.at))
        if notice.citizen is not None:
            _tell_citizens(notice.citizen, event, case, at)
    outbox.done(message)


def inboxes_of(audience: Audience, case: Case) -> Iterator[str]:
    """The console's inboxes of an audience: of a unit's handlers and of its heads, of the desk, of supervisors."""
    if audience is Audience.DESK:
        yield "desk"
    elif audience is Audience.SUPERVISORS:
        yield "supervisors"
    elif case.in_charge is not None:
        if audience in (Audience.UNIT, Audience.HANDLERS):
            yield f"handlers#{case.in_charge}"
        if audience in (Audience.UNIT, Audience.HEADS):
            yield f"heads#{case.in_charge}"


def _tell_citizens(template: str, event: Event, case: Case, at: datetime) -> None:
    failures: list[Exception] = []
    for receipt in concerned(event, case):
        try:
            letters = list(_letters(template, event, case, receipt, at))
        except Exception as error:  # one citizen's trouble is not the others'
            failures.append(error)
            continue
        for letter in letters:
            try:
                _send(letter)
            except Exception as error:
                failures.append(error)
    if failures:
        for failure in failures:
            logger.error("a notice of event %s of case %s failed: %s", event.number, case.case_id, _cause(failure))
        raise NotAllTold(f"{len(failures)} of event {event.number}") from ExceptionGroup("notices", failures)


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


class _Letter(Struct, frozen=True):
    """A notice ready to go. ``address`` is where to; what is recorded of it is masked. ``html``: "" for an SMS."""

    address: str
    attempt: Attempted
    html: str = ""


def _letters(template: str, event: Event, case: Case, receipt: str, at: datetime) -> Iterator[_Letter]:
    """One notice for each way the citizen left; none for who left nothing, and asks by number and code."""
    sealed = load_sealed_petitioner(receipt)
    if sealed is None:
        return
    petitioner = vault().open_petitioner(sealed, receipt)
    submission, shown = load_submission(receipt), masked(petitioner)
    language = submission.language
    if case.sealed:
        template, values = SEALED, _least_of(submission)
    else:
        values = {**_least_of(submission), **_values(event, case, submission)}
    subject = say(f"notice.{template}", language, receipt=spoken(receipt))
    for way, address, hidden in _ways(petitioner, shown):
        text = render(f"messages/{language}/{template}.{way}.txt", **values).strip()
        attempt = Attempted(case.case_id, event.number, receipt, way, hidden, subject, text, Sending.SENDING, 0, at)
        html = _page(language, subject, text) if way == "mail" else ""
        yield _Letter(address, attempt, html)


def _ways(petitioner: Petitioner, shown: Petitioner) -> Iterator[tuple[str, str, str]]:
    if petitioner.phone:
        yield "sms", petitioner.phone, shown.phone
    if petitioner.email:
        yield "mail", petitioner.email, shown.email


def _page(language: str, subject: str, text: str) -> str:
    return render("messages/mail.html", language=language, subject=subject, text=text, track=_track())


def _least_of(submission: Submission) -> dict[str, object]:
    """What a notice of any matter may say."""
    return {
        "title": "",
        "desk": cities.current().name.within(submission.language),
        "receipt": submission.receipt,
        "track": _track(),
    }


def _track() -> str:
    return f"{config().public_origin}/track.html"


def _values(event: Event, case: Case, submission: Submission) -> dict[str, object]:
    """What the notice of a matter that is not sealed may say besides."""
    language, payload = submission.language, event.payload
    unit = cities.current().unit(getattr(payload, "unit", None) or case.unit)
    declined = payload if isinstance(payload, happened.Declined) else None
    referred = payload if isinstance(payload, happened.Referred) else None
    asked = payload if isinstance(payload, happened.Asked) else None
    extended = payload if isinstance(payload, happened.ExtensionGranted) else None
    decided = payload if isinstance(payload, happened.ReviewDecided) else None
    level = getattr(payload, "level", None)
    return {
        "title": submission.title,
        "unit": unit.name.within(language) if unit else "",
        "phone": unit.phone if unit else "",
        "accept_by": _end(payload, ClockName.ACCEPT),
        "reply_by": _end(payload, ClockName.HANDLE),
        "rate_by": case.window_ends_at,
        "ground": say(f"ground.{declined.ground}", language) if declined else "",
        "where_to": declined.where_to if declined else "",
        "agency": referred.agency if referred else "",
        "answer_by": asked.until if asked else None,
        "days": extended.days if extended else 0,
        "review": say(f"review.{level}", language) if isinstance(level, ReviewLevel) else "",
        "review_by": _end(payload, ClockName.REVIEW),
        "upheld": decided.upheld if decided else False,
        "review_until": decided.review_until if decided else None,
    }


def _end(payload: happened.Payload, name: ClockName) -> datetime | None:
    """When the clock that the event started is over."""
    clocks: tuple[Clock, ...] = getattr(payload, "clocks", ())
    return next((clock.due_at for clock in clocks if clock.name is name), None)


def _send(letter: _Letter) -> None:
    """Send a notice that was not sent before, and record what came of it.

    Raises BeingSent, and whatever the provider raises. Where no second try would help none is made: it is recorded.
    """
    begun = notices.begin(letter.attempt)
    if begun is None:
        known = notices.load(letter.attempt)
        if known is None or known.state not in notices.ENDED:
            raise BeingSent
        return
    try:
        provider_id = _handed_over(letter)
    except Unreachable as error:
        notices.end(replace(begun, state=Sending.UNREACHABLE, error=_reason(error)))
        return
    except Exception as error:
        notices.end(replace(begun, state=Sending.FAILED, error=_reason(error)))
        raise
    notices.end(replace(begun, state=Sending.SENT, provider_id=provider_id))


def _handed_over(letter: _Letter) -> str:
    text = letter.attempt.text
    if letter.attempt.way == "sms":
        return send_sms(letter.address, text)
    return send_mail(letter.address, letter.attempt.subject, text, letter.html)


def _reason(error: Exception) -> str:
    """What is kept of a provider's failure: its own words may hold the address."""
    said = str(error) if isinstance(error, Unreachable) else _code(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _code(error: Exception) -> str:
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""


def _cause(error: Exception) -> str:
    """What may be logged: an error's own text may hold what a citizen wrote."""
    place = extract_tb(error.__traceback__)[-1]
    return f"{_reason(error)} in {place.name}, {place.filename}:{place.lineno}"
