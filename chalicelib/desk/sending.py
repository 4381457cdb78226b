"""A notice goes out: by each way that somebody left, once, and what came of it is on record."""

import logging
from collections.abc import Callable, Iterable, Iterator
from traceback import extract_tb

from botocore.exceptions import ClientError
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.people import Petitioner, takes_sms
from chalicelib.gateways.mail import send_mail
from chalicelib.gateways.sms import send_sms
from chalicelib.gateways.unreachable import Unreachable
from chalicelib.storage import notices
from chalicelib.storage.notices import Attempted, Sending
from chalicelib.web.templating import render

logger = logging.getLogger(__name__)


class NotAllTold(Exception):
    """Some could not be told; the message comes again, and those who were told are not told twice."""


class BeingSent(Exception):
    """Another call is just sending this very notice, or was cut off doing so less than five minutes ago."""


class Letter(Struct, frozen=True):
    """A notice ready to go. ``address`` is where to; what is recorded of it is masked. ``html``: "" for an SMS.

    ``answers``: the Message-ID of the mail that it answers.
    """

    address: str
    attempt: Attempted
    html: str = ""
    answers: str = ""


def tell(numbers: Iterable[str], letters_of: Callable[[str], Iterable[Letter]], step: str) -> None:
    """Send everybody of ``numbers`` (receipts or bookings) the letters that ``letters_of`` writes for them.

    ``step``: what they are told of, for the log. Raises NotAllTold, after everybody else was told, when somebody could
    not be.
    """
    failures: list[Exception] = []
    for number in numbers:
        try:
            letters = list(letters_of(number))
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
            logger.error("a notice of %s failed: %s", step, _cause(failure))
        raise NotAllTold(f"{len(failures)} of {step}") from ExceptionGroup("notices", failures)


def ways(petitioner: Petitioner, shown: Petitioner) -> Iterator[tuple[str, str, str]]:
    """By which ways somebody is reached: the way, the address, and the address as ``shown`` has it, masked."""
    if takes_sms(petitioner.phone) or (petitioner.phone and not petitioner.email):
        yield "sms", petitioner.phone, shown.phone
    if petitioner.email:
        yield "mail", petitioner.email, shown.email


def page(language: str, subject: str, text: str, link: str) -> str:
    """A mail's text as HTML. Only ``link``, our own, can be followed."""
    return render("messages/mail.html", language=language, subject=subject, text=text, track=link)


def _send(letter: Letter) -> None:
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


def _handed_over(letter: Letter) -> str:
    text = letter.attempt.text
    if letter.attempt.way == "sms":
        return send_sms(letter.address, text)
    return send_mail(letter.address, letter.attempt.subject, text, letter.html, letter.answers)


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
