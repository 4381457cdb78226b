"""A notice goes out: by each way that somebody left, once, and what came of it is on record."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from botocore.exceptions import ClientError
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk.stopping import refuse_stopped
from chalicelib.domain.people import Petitioner, takes_sms
from chalicelib.domain.ways import Way, Ways, told_by
from chalicelib.gateways.mail import send_mail
from chalicelib.gateways.sms import send_sms
from chalicelib.gateways.unreachable import NotTaken, Unreachable
from chalicelib.seen.going import Measure, count
from chalicelib.seen.lines import failure as logged
from chalicelib.storage import notices
from chalicelib.storage.notices import Attempted, Sending
from chalicelib.web.templating import render

logger = logging.getLogger(__name__)


LONGEST_PAUSE = 42_000  # seconds that a provider may ask for: the queue hides a message for twelve hours at most
GIVEN_UP_AFTER = timedelta(days=1)  # from the first failure: then a person sees to it


class NotAllTold(Exception):
    """Some could not be told; the message comes again, and those who were told are not told twice.

    ``held_until``: when others are told who are not woken now. ``retry_after_seconds``: the pause that a provider asks
    for, 0 for none.
    """

    def __init__(self, said: str, held_until: datetime | None, retry_after_seconds: int) -> None:
        super().__init__(said)
        self.held_until = held_until
        self.retry_after_seconds = retry_after_seconds


class BeingSent(Exception):
    """Another call is just sending this very notice, or was cut off doing so: which of them, is known at ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class Letter(Struct, frozen=True):
    """A notice ready to go. ``address`` is where to; what is recorded of it is masked. ``html``: "" for an SMS.

    ``answers``: the Message-ID of the mail that it answers. ``held_until``: it does not go out before. ``whole``: what
    is sent where less of it may be recorded.
    """

    address: str
    attempt: Attempted
    html: str = ""
    answers: str = ""
    whole: str = ""
    held_until: datetime | None = None


@dataclass(slots=True)
class _Round:
    """One going over all who are to be told: what failed, what is held back, and until when."""

    failures: list[Exception] = field(default_factory=list)
    held: list[datetime] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)  # ways whose provider gave no answer: nobody else waits for it now


def tell(
    numbers: Iterable[str],
    letters_of: Callable[[str], Iterable[Letter]],
    step: str,
    look_again: datetime | None = None,
) -> datetime | None:
    """Send everybody of ``numbers`` (receipts or bookings) the letters that ``letters_of`` writes for them.

    ``step``: what they are told of, for the error. ``look_again``: when the message is to come again in any case.
    Gives when it is to come again, for that, for the sake of what is held back or of what another call may be sending;
    None where it need not. Raises NotAllTold, after everybody else was told, when somebody could not be.
    """
    going = _Round(held=[look_again] if look_again is not None else [])
    for number in numbers:
        try:
            letters = list(letters_of(number))
        except Exception as error:  # one citizen's trouble is not the others'
            going.failures.append(error)
            continue
        _tell_one(letters, going)
    held_until = min(going.held, default=None)
    if going.failures:
        for failure in going.failures:
            logger.error("a notice failed", extra=logged(failure))
        pause = max((error.retry_after or 0 for error in going.failures if isinstance(error, NotTaken)), default=0)
        grouped = ExceptionGroup("notices", going.failures)
        raise NotAllTold(f"{len(going.failures)} of {step}", held_until, min(pause, LONGEST_PAUSE)) from grouped
    return held_until


def _tell_one(letters: list[Letter], going: _Round) -> None:
    """Mails go first: whether somebody's telephone matters is then known."""
    told = False
    for letter in sorted(letters, key=lambda one: one.attempt.way != Way.MAIL):
        if letter.held_until is not None:
            going.held.append(letter.held_until)
            continue
        try:
            told = _send(letter, no_other=not told, silent=letter.attempt.way in going.silent) is Sending.SENT or told
        except BeingSent as elsewhere:
            going.held.append(elsewhere.until)
        except Exception as error:
            going.failures.append(error)
            if isinstance(error, NotTaken) and error.silent:
                going.silent.add(letter.attempt.way)


def ways(petitioner: Petitioner, shown: Petitioner, chosen: Ways = None) -> Iterator[tuple[str, str, str]]:
    """By which ways somebody is told: the way, the address, and the address as ``shown`` has it, masked."""
    takes = takes_sms(petitioner.phone) or (petitioner.phone and not petitioner.email)
    if takes and told_by(Way.SMS, chosen):
        yield Way.SMS.value, petitioner.phone, shown.phone
    if petitioner.email and told_by(Way.MAIL, chosen):
        yield Way.MAIL.value, petitioner.email, shown.email


def page(language: str, subject: str, text: str, link: str) -> str:
    """A mail's text as HTML. Only ``link``, our own, can be followed."""
    return render("messages/mail.html", language=language, subject=subject, text=text, track=link)


def _send(letter: Letter, *, no_other: bool, silent: bool) -> Sending:
    """Send a notice that was not sent before, and record what came of it; gives how it ended.

    ``no_other``: by no other way was she told so far. ``silent``: the provider has just given no answer, and is not
    asked again. Raises BeingSent, and whatever the provider raises, unless it has failed for a day. Where no second try
    would help none is made.
    """
    begun = notices.begin(letter.attempt)
    if begun is None:
        known = notices.load(letter.attempt)
        if known is None or known.state not in notices.ENDED:
            begun_at = letter.attempt.at if known is None else known.at
            raise BeingSent(begun_at + notices.TRIED_AGAIN_AFTER)
        return known.state
    try:
        if silent:
            raise NotTaken("no answer")
        provider_id = _handed_over(letter, begun.id)
    except Unreachable as error:
        count(Measure.NOTICES_FAILED)
        ended = replace(begun, state=Sending.UNREACHABLE, error=_reason(error), no_other=no_other)
    except Exception as error:
        count(Measure.NOTICES_FAILED)
        ended = _failed(begun, error)
        notices.end(ended)
        if ended.state is Sending.FAILED:
            raise
        logger.error("a notice was given up, and left to a person", extra=logged(error))
        return ended.state
    else:
        ended = replace(begun, state=Sending.SENT, provider_id=provider_id)
    notices.end(ended)
    return ended.state


def _failed(begun: Attempted, error: Exception) -> Attempted:
    since = begun.since or begun.at
    state = Sending.LEFT if begun.at - since >= GIVEN_UP_AFTER else Sending.FAILED
    return replace(begun, state=state, error=_reason(error), since=since)


def _handed_over(letter: Letter, notice: str) -> str:
    text = letter.whole or letter.attempt.text
    if letter.attempt.way == Way.SMS:
        if not letter.attempt.talk:  # what she asks for herself she is told
            refuse_stopped(letter.address)
        return send_sms(letter.address, text, notice)
    return send_mail(letter.address, letter.attempt.subject, text, letter.html, letter.answers)


def _reason(error: Exception) -> str:
    """What is kept of a provider's failure: its own words may hold the address."""
    said = str(error) if isinstance(error, Unreachable | NotTaken) else _code(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _code(error: Exception) -> str:
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""


def failure_of(kept: str) -> tuple[str, str]:
    """What ``_reason`` kept, read again: "not_taken", "unreachable" or "other", and the provider's words."""
    kind, _, said = kept.partition(": ")
    failure = {NotTaken.__name__: "not_taken", Unreachable.__name__: "unreachable"}.get(kind)
    return (failure, said) if failure else ("other", kept)
