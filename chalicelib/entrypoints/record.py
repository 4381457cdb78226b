"""The record that anyone can check: the published roots of days, and a citizen's verification of her own matter."""

from datetime import UTC, date, datetime

from chalice.app import Blueprint, Request, Response
from msgspec import Struct, field

from chalicelib.desk import closing_days, tracking, verifying
from chalicelib.desk.verifying import Link, Record
from chalicelib.domain.errors import FieldError, Invalid, NotFound
from chalicelib.domain.receipts import spoken
from chalicelib.domain.roots import DayRoot
from chalicelib.domain.texts import texts_of
from chalicelib.entrypoints.answers import address_of, answered, json_answer, json_body
from chalicelib.entrypoints.contract import BY_CODE, IN_BODY, Guard, promise
from chalicelib.entrypoints.forms import ReceiptAndCode
from chalicelib.entrypoints.story_views import shown
from chalicelib.entrypoints.wording import Day, Moment, iso
from chalicelib.web.messages import say

record = Blueprint(__name__)
A_DAY = 86_400  # seconds; a closed day never changes
A_WHILE = 300  # seconds; tonight there will be one more


class RootsAsked(Struct, frozen=True):
    """From which day on."""

    since: Day | None = field(name="from", default=None)


class Root(Struct, frozen=True, kw_only=True):
    """A closed day. ``hash`` is the SHA-256 of the JSON text ``[day,events,root,previous]``."""

    day: Day
    events: int
    root: str
    previous: str
    hash: str


class Roots(Struct, frozen=True):
    """Closed days, earliest first."""

    roots: tuple[Root, ...]


class InclusionProof(Struct, frozen=True):
    """Where an event stands among its day's, and the hashes that lead from it to the day's root (RFC 6962)."""

    index: int
    size: int
    path: tuple[str, ...]


class RecordLink(Struct, frozen=True, kw_only=True):
    """One event. Of another's word only the hashes are told; ``line``, over which the hash is taken, and the texts in
    ``words`` with their ``salt`` where it is wholly the citizen's own.
    """

    number: int
    hash: str
    previous: str
    holds: bool
    waits: bool
    name: str | None
    at: Moment | None
    line: str | None
    words: dict[str, str]
    salt: str
    erased: tuple[str, ...]
    day: Day | None
    proof: InclusionProof | None


class CaseRecord(Struct, frozen=True, kw_only=True):
    """One case's record."""

    sealed: bool
    complete: bool
    holds: bool
    events: tuple[RecordLink, ...]


class Verification(Struct, frozen=True, kw_only=True):
    """The links of a citizen's record, with what she needs to compute them again."""

    receipt: str
    receipt_spoken: str
    events: int
    holds: bool
    records: tuple[CaseRecord, ...]


@promise(record, "GET", "/api/roots", "roots", asks=RootsAsked, answers={200: Roots}, refuses=("invalid",))
def roots() -> Response:
    """The days closed last, or those from ``?from=2026-03-02`` on; earliest first."""

    def work(request: Request, language: str) -> Response:
        since = dict(request.query_params or {}).get("from")
        days = closing_days.published(_day(since) if since is not None else None)
        return json_answer(Roots(tuple(root_view(day) for day in days)), keep_for=A_WHILE)

    return answered(record.current_request, work)


@promise(record, "GET", "/api/roots/{day}", "root", answers={200: Root}, refuses=("invalid", "day_open"))
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


@promise(
    record,
    "POST",
    "/api/verification",
    "verify",
    takes=ReceiptAndCode,
    answers={200: Verification},
    refuses=(*IN_BODY, *BY_CODE),
    guard=Guard.CODE,
)
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


def root_view(day: DayRoot) -> Root:
    """A closed day."""
    return Root(day=day.day.isoformat(), events=day.events, root=day.root, previous=day.previous, hash=day.hash)


def verification_view(receipt: str, records: tuple[Record, ...], language: str) -> Verification:
    """The links of a citizen's record."""
    return Verification(
        receipt=receipt,
        receipt_spoken=spoken(receipt),
        events=sum(len(record.links) for record in records),
        holds=all(record.holds for record in records),
        records=tuple(
            CaseRecord(
                sealed=record.sealed,
                complete=record.complete,
                holds=record.holds,
                events=tuple(_link_view(link, language) for link in record.links),
            )
            for record in records
        ),
    )


def _link_view(link: Link, language: str) -> RecordLink:
    step = next(iter(shown([link.event])), None) if link.event else None
    own = link.event if link.line else None
    stands = link.standing
    proof = stands.proof if stands else None
    return RecordLink(
        number=link.number,
        hash=link.hash,
        previous=link.previous,
        holds=link.holds,
        waits=link.waits,
        name=say(f"event.{step.kind}", language) if step else None,
        at=iso(step.at) if step else None,
        line=link.line,
        words=texts_of(own.payload) if own else {},
        salt=own.salt if own else "",
        erased=tuple(sorted(own.erased)) if own else (),
        day=stands.day.isoformat() if stands else None,
        proof=InclusionProof(proof.index, proof.size, tuple(proof.path)) if proof else None,
    )
