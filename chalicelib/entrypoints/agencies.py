"""Other agencies' API: petitions referred to us by signed webhooks, and how they stand. See ``docs/webhooks.md``."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import unquote

from chalice.app import Blueprint, Response

from chalicelib.desk import cities, feedback, referred, referring
from chalicelib.desk.referring import Request, Standing
from chalicelib.domain.city import Agency
from chalicelib.domain.errors import KeyUsed, NotFound, Refused
from chalicelib.domain.receipts import spoken
from chalicelib.domain.words import ClockName
from chalicelib.entrypoints.answers import JSON, json_answer, json_body, language_of, raw_body, refusal_answer
from chalicelib.entrypoints.views import own_state, receipt_view
from chalicelib.entrypoints.wording import iso, unit_name
from chalicelib.web.messages import say

agencies = Blueprint(__name__)

NEWS = {
    "deadline": referred.set_deadline,
    "withdrawal": referred.withdraw,
    "supplements": referred.supplement,
}


@agencies.route("/api/agencies/{agency}/petitions", methods=["POST"], content_types=JSON)
def petitions(agency: str) -> Response:
    """A petition is referred. 201 with our number; 200 with the same when it came before."""

    def work(sender: Agency, now: datetime) -> Response:
        referred = referring.refer(sender, json_body(agencies.current_request), now)
        return json_answer(
            {**receipt_view(referred.receipt), "case": referred.case_id, "your_number": referred.their_number},
            200 if referred.receipt.repeated else 201,
        )

    return _signed(agency, f"/api/agencies/{agency}/petitions", work)


@agencies.route("/api/agencies/{agency}/petitions/{number}", methods=["GET"])
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


@agencies.route("/api/agencies/{agency}/petitions/{number}/{news}", methods=["POST"], content_types=JSON)
def petition_news(agency: str, number: str, news: str) -> Response:
    """What the agency says later of a petition that it referred: ``deadline``, ``withdrawal``, ``supplements``."""
    number = unquote(number)

    def work(sender: Agency, now: datetime) -> Response:
        if news not in NEWS:
            raise NotFound()
        case = NEWS[news](sender, number, json_body(agencies.current_request), now)
        due = next((clock.due_at for clock in case.clocks if clock.name is ClockName.HANDLE), None)
        told = {"state": case.state.value, "due": iso(due) if due is not None else None}
        return json_answer({"your_number": number, "case": case.case_id, **(told if not case.sealed else {})})

    return _signed(agency, f"/api/agencies/{agency}/petitions/{number}/{news}", work)


@agencies.route("/api/agencies/{agency}/statuses", methods=["POST"], content_types=JSON)
def statuses(agency: str) -> Response:
    """How a petition stands that we passed on to the agency, its answer, or that it comes back."""

    def work(sender: Agency, now: datetime) -> Response:
        heard = feedback.hear(sender, json_body(agencies.current_request), now)
        return json_answer({"number": heard.number, "state": heard.case.state.value, "news": heard.news})

    return _signed(agency, f"/api/agencies/{agency}/statuses", work)


def _standing_view(standing: Standing, language: str) -> dict[str, object]:
    """Of a sealed matter, that it came; no more."""
    submission, case, voice = standing.submission, standing.case, standing.voice
    told: dict[str, object] = dict.fromkeys(("state", "state_name", "unit", "unit_name", "light", "due", "replied_at"))
    if not case.sealed:
        state, due = own_state(case, voice), case.deadline
        told = {
            "state": state,
            "state_name": say(f"state.{state}", language),
            "unit": case.unit,
            "unit_name": unit_name(case.unit, cities.current(), language),
            "light": case.light,
            "due": iso(due.due_at) if due else None,
            "replied_at": iso(voice.answered_at) if voice.answered_at else None,
        }
    return {
        "receipt": submission.receipt,
        "receipt_spoken": spoken(submission.receipt),
        "case": case.case_id,
        "your_number": submission.agency_number,
        "joined": case.case_id != submission.case_id,
        **told,
    }


def _signed(agency: str, path: str, work: Callable[[Agency, datetime], Response]) -> Response:
    asked, now = agencies.current_request, datetime.now(UTC)
    language = language_of(asked)
    try:
        sender = referring.sender_of(agency, Request(asked.method, path, asked.headers, raw_body(asked)), now)
        return work(sender, now)
    except referring.Reused:
        return _refused("key_used", "error.webhook.reused", 409, language)
    except KeyUsed:
        return _refused("key_used", "error.number_used", 409, language)
    except Refused as refused:
        return refusal_answer(refused, language)


def _refused(code: str, message: str, status: int, language: str) -> Response:
    return json_answer({"error": {"code": code, "message": say(message, language), "fields": []}}, status)
