"""The record that anyone can check: the published roots of days, and a citizen's verification of her own matter."""

from datetime import UTC, date, datetime

from chalice.app import Blueprint, Request, Response

from chalicelib.desk import closing_days, tracking, verifying
from chalicelib.desk.verifying import Link, Record
from chalicelib.domain.errors import FieldError, Invalid, NotFound
from chalicelib.domain.receipts import spoken
from chalicelib.domain.roots import DayRoot
from chalicelib.domain.texts import texts_of
from chalicelib.entrypoints.answers import JSON, answered, json_answer, json_body
from chalicelib.entrypoints.intake import address_of
from chalicelib.entrypoints.story_views import shown
from chalicelib.entrypoints.wording import Json, iso
from chalicelib.web.messages import say

record = Blueprint(__name__)
A_DAY = 86_400  # seconds; a closed day never changes
A_WHILE = 300  # seconds; tonight there will be one more


@record.route("/api/roots", methods=["GET"])
def roots() -> Response:
    """The days closed last, or those from ``?from=2026-03-02`` on; earliest first."""

    def work(request: Request, language: str) -> Response:
        since = dict(request.query_params or {}).get("from")
        days = closing_days.published(_day(since) if since is not None else None)
        return json_answer({"roots": [root_view(day) for day in days]}, keep_for=A_WHILE)

    return answered(record.current_request, work)


@record.route("/api/roots/{day}", methods=["GET"])
def root(day: str) -> Response:
    """One closed day."""

    def work(request: Request, language: str) -> Response:
        return json_answer(root_view(closing_days.published_day(_day(day))), keep_for=A_DAY)

    return answered(record.current_request, work)


def _day(written: str) -> date:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise Invalid([FieldError("day", "day.not_iso")]) from None
    if written != day.isoformat():
        raise Invalid([FieldError("day", "day.not_iso")])
    return day


@record.route("/api/verification", methods=["POST"], content_types=JSON)
def verification() -> Response:
    """Everything by which a citizen can check her own record. A POST, so that the code stands in no log."""

    def work(request: Request, language: str) -> Response:
        body = json_body(request)
        code = body.get("code")
        if not isinstance(code, str):
            raise NotFound()
        receipt = tracking.admitted(str(body.get("receipt", "")), code, address_of(request), datetime.now(UTC))
        return json_answer(verification_view(receipt, verifying.verify(receipt), language))

    return answered(record.current_request, work)


def root_view(day: DayRoot) -> Json:
    """A closed day. ``hash`` is the SHA-256 of the JSON text ``[day,events,root,previous]``."""
    return {
        "day": day.day.isoformat(),
        "events": day.events,
        "root": day.root,
        "previous": day.previous,
        "hash": day.hash,
    }


def verification_view(receipt: str, records: tuple[Record, ...], language: str) -> Json:
    """The links of a citizen's record, with what she needs to compute them again."""
    return {
        "receipt": receipt,
        "receipt_spoken": spoken(receipt),
        "events": sum(len(record.links) for record in records),
        "holds": all(record.holds for record in records),
        "records": [
            {
                "sealed": record.sealed,
                "complete": record.complete,
                "holds": record.holds,
                "events": [_link_view(link, language) for link in record.links],
            }
            for record in records
        ],
    }


def _link_view(link: Link, language: str) -> Json:
    step = next(iter(shown([link.event])), None) if link.event else None
    stands = link.standing
    return {
        "number": link.number,
        "hash": link.hash,
        "previous": link.previous,
        "holds": link.holds,
        "waits": link.waits,
        "name": say(f"event.{step.kind}", language) if step else None,
        "at": iso(step.at) if step else None,
        "line": link.line,
        "words": texts_of(link.event.payload) if link.event and link.line else {},
        "salt": link.event.salt if link.event and link.line else "",
        "erased": sorted(link.event.erased) if link.event and link.line else [],
        "day": stands.day.isoformat() if stands else None,
        "proof": {"index": stands.proof.index, "size": stands.proof.size, "path": list(stands.proof.path)}
        if stands
        else None,
    }
