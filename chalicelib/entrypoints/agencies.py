"""Other agencies' API: petitions referred to us by signed webhooks, and how they stand. See ``docs/webhooks.md``."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import unquote

from chalice.app import Blueprint, Response
from msgspec import Struct, structs

from chalicelib.desk import cities, feedback, referred, referring, signed
from chalicelib.desk.referring import Request, Standing
from chalicelib.desk.told import PingEvent, SealedWarningEvent, StepEvent, ThinEvent, WarningEvent
from chalicelib.domain.city import Agency
from chalicelib.domain.errors import KeyUsed, NotFound, Refused
from chalicelib.domain.receipts import spoken
from chalicelib.domain.words import ClockName, Light, State
from chalicelib.entrypoints.answers import (
    Refusal,
    Why,
    json_answer,
    json_body,
    language_of,
    raw_body,
    refusal_answer,
)
from chalicelib.entrypoints.contract import ERASED, IN_BODY, SIGNED, STEP, Guard, SignedHeaders, promise, tells
from chalicelib.entrypoints.forms import AgencyStatusForm, PetitionNewsForm, ReferralForm
from chalicelib.entrypoints.told import SubmissionReceipt
from chalicelib.entrypoints.views import own_state, receipt_view
from chalicelib.entrypoints.wording import Moment, iso, unit_name
from chalicelib.web.messages import say

agencies = Blueprint(__name__)

NEWS = {
    "deadline": referred.set_deadline,
    "withdrawal": referred.withdraw,
    "supplements": referred.supplement,
}


class ReferralReceipt(SubmissionReceipt, frozen=True, kw_only=True):
    """Our number for an agency's petition."""

    case: str
    your_number: str


class PetitionStanding(Struct, frozen=True, kw_only=True):
    """How a referred petition stands. Of a sealed one, that it came: all from ``state`` on is null."""

    receipt: str
    receipt_spoken: str
    case: str
    your_number: str
    joined: bool
    state: State | None
    state_name: str | None
    unit: str | None
    unit_name: str | None
    light: Light | None
    due: Moment | None
    replied_at: Moment | None


class PetitionNews(Struct, frozen=True, kw_only=True):
    """How a referred petition stands after news of it; of a sealed one only that it is there."""

    your_number: str
    case: str
    state: State | None
    due: Moment | None


class StatusHeard(Struct, frozen=True, kw_only=True):
    """What the status did. ``news``: false where it was known already."""

    number: str
    state: State
    news: bool


tells("step", (StepEvent, ThinEvent))
tells("warning", (WarningEvent, SealedWarningEvent, ThinEvent))
tells("ping", PingEvent)


@promise(
    agencies,
    "POST",
    "/api/agencies/{agency}/petitions",
    "refer",
    takes=ReferralForm,
    headers=SignedHeaders,
    answers={201: ReferralReceipt, 200: ReferralReceipt},
    refuses=(*IN_BODY, *SIGNED, "changed"),
    guard=Guard.SIGNATURE,
)
def petitions(agency: str) -> Response:
    """A petition is referred. 201 with our number; 200 with the same when it came before."""

    def work(sender: Agency, now: datetime) -> Response:
        referred = referring.refer(sender, json_body(agencies.current_request), now)
        told = structs.asdict(receipt_view(referred.receipt))
        return json_answer(
            ReferralReceipt(**told, case=referred.case_id, your_number=referred.their_number),
            200 if referred.receipt.repeated else 201,
        )

    return _signed(agency, f"/api/agencies/{agency}/petitions", work)


@promise(
    agencies,
    "GET",
    "/api/agencies/{agency}/petitions/{number}",
    "petition",
    headers=SignedHeaders,
    answers={200: PetitionStanding},
    refuses=(*SIGNED, "not_found"),
    guard=Guard.SIGNATURE,
)
def petition(agency: str, number: str) -> Response:
    """How a referred petition stands. Signed as the other, over an empty body."""
    number = unquote(number)
    return _signed(
        agency,
        f"/api/agencies/{agency}/petitions/{number}",
        lambda sender, now: json_answer(
            _standing_view(referring.standing_of(sender, number, now), language_of(agencies.current_request))
        ),
    )


@promise(
    agencies,
    "POST",
    "/api/agencies/{agency}/petitions/{number}/{news}",
    "petition_news",
    takes=PetitionNewsForm,
    headers=SignedHeaders,
    answers={200: PetitionNews},
    refuses=(*IN_BODY, *SIGNED, "not_found", *STEP, *ERASED),
    guard=Guard.SIGNATURE,
)
def petition_news(agency: str, number: str, news: str) -> Response:
    """What the agency says later of a petition that it referred: ``deadline``, ``withdrawal``, ``supplements``."""
    number = unquote(number)

    def work(sender: Agency, now: datetime) -> Response:
        if news not in NEWS:
            raise NotFound()
        case = NEWS[news](sender, number, json_body(agencies.current_request), now)
        due = next((clock.due_at for clock in case.clocks if clock.name is ClockName.HANDLE), None)
        shown = not case.sealed
        return json_answer(
            PetitionNews(
                your_number=number,
                case=case.case_id,
                state=case.state if shown else None,
                due=iso(due) if shown and due is not None else None,
            )
        )

    return _signed(agency, f"/api/agencies/{agency}/petitions/{number}/{news}", work)


@promise(
    agencies,
    "POST",
    "/api/agencies/{agency}/statuses",
    "status_told",
    takes=AgencyStatusForm,
    headers=SignedHeaders,
    answers={200: StatusHeard},
    refuses=(*IN_BODY, *SIGNED, "not_found", *STEP),
    guard=Guard.SIGNATURE,
)
def statuses(agency: str) -> Response:
    """How a petition stands that we passed on to the agency, its answer, or that it comes back."""

    def work(sender: Agency, now: datetime) -> Response:
        heard = feedback.hear(sender, json_body(agencies.current_request), now)
        return json_answer(StatusHeard(number=heard.number, state=heard.case.state, news=heard.news))

    return _signed(agency, f"/api/agencies/{agency}/statuses", work)


def _standing_view(standing: Standing, language: str) -> PetitionStanding:
    submission, case, voice = standing.submission, standing.case, standing.voice
    shown, state, due = not case.sealed, own_state(case, voice), case.deadline
    return PetitionStanding(
        receipt=submission.receipt,
        receipt_spoken=spoken(submission.receipt),
        case=case.case_id,
        your_number=submission.agency_number,
        joined=case.case_id != submission.case_id,
        state=state if shown else None,
        state_name=say(f"state.{state}", language) if shown else None,
        unit=case.unit if shown else None,
        unit_name=unit_name(case.unit, cities.current(), language) if shown else None,
        light=case.light if shown else None,
        due=iso(due.due_at) if due and shown else None,
        replied_at=iso(voice.answered_at) if voice.answered_at and shown else None,
    )


def _signed(agency: str, path: str, work: Callable[[Agency, datetime], Response]) -> Response:
    asked, now = agencies.current_request, datetime.now(UTC)
    language = language_of(asked)
    try:
        sender = referring.sender_of(agency, Request(asked.method, path, asked.headers, raw_body(asked)), now)
        return work(sender, now)
    except signed.Reused:
        return _refused("key_used", "error.webhook.reused", 409, language)
    except KeyUsed:
        return _refused("key_used", "error.number_used", 409, language)
    except Refused as refused:
        return refusal_answer(refused, language)


def _refused(code: str, message: str, status: int, language: str) -> Response:
    return json_answer(Refusal(Why(code, say(message, language), ())), status)
