"""The citizens' API: the desk's words, upload leave, filing, tracking, adding, rating, withdrawing, one's own data."""

from collections.abc import Callable
from datetime import UTC, datetime

from chalice.app import Blueprint, Request, Response
from msgspec import Struct

from chalicelib.desk import cities, copying, erasing, gates, limits, submitting, tracking, uploading
from chalicelib.domain.errors import NotFound
from chalicelib.entrypoints.answers import address_of, answered, json_answer, json_body
from chalicelib.entrypoints.contract import BY_CODE, ERASED, IN_BODY, PROVEN, STEP, Guard, promise
from chalicelib.entrypoints.forms import (
    CodeOnly,
    RatingForm,
    ReceiptAndCode,
    ReviewForm,
    SubmissionForm,
    SupplementForm,
    UploadAsked,
    WaysForm,
    WithdrawalForm,
)
from chalicelib.entrypoints.own_data import copy_view, erasure_view
from chalicelib.entrypoints.told import DeskWords, ErasureStanding, SubmissionCopy, SubmissionReceipt, SubmissionStatus
from chalicelib.entrypoints.views import desk_view, receipt_view, status_view

intake = Blueprint(__name__)
OPENED = (*IN_BODY, *BY_CODE, *ERASED)  # what may stand against opening a submission by receipt and code


class UploadLeave(Struct, frozen=True, kw_only=True):
    """Leave to upload one file: POST ``fields`` and then the file to ``url``; ``upload`` goes with the form."""

    upload: str
    url: str
    fields: dict[str, str]


def _answered(work: Callable[[Request, str, datetime], Response]) -> Response:
    """The one edge of this API: what is refused becomes a message in the reader's language."""
    return answered(intake.current_request, lambda request, language: work(request, language, datetime.now(UTC)))


@promise(intake, "GET", "/api/desk", "desk", answers={200: DeskWords})
def desk() -> Response:
    """What a form needs to know of the city: mailboxes, kinds, areas, limits."""
    return _answered(lambda request, language, now: json_answer(desk_view(cities.current(), language), keep_for=300))


@promise(
    intake,
    "POST",
    "/api/uploads",
    "upload",
    takes=UploadAsked,
    answers={201: UploadLeave},
    refuses=(*IN_BODY, "too_many_uploads_address"),
)
def uploads() -> Response:
    """Leave to upload one file."""

    def work(request: Request, language: str, now: datetime) -> Response:
        leave = uploading.leave_to_upload(json_body(request), now)
        limits.count_upload(address_of(request), now)
        return json_answer(UploadLeave(upload=leave.ticket, url=leave.url, fields=leave.fields), 201)

    return _answered(work)


@promise(
    intake,
    "POST",
    "/api/submissions",
    "file_submission",
    takes=SubmissionForm,
    answers={201: SubmissionReceipt, 200: SubmissionReceipt},
    refuses=(*IN_BODY, *PROVEN, "key_used", "changed", "too_many_letters_own", "too_many_letters_address"),
)
def submissions() -> Response:
    """File a submission. 201 with its receipt; 200 with the same receipt when the same form came before."""

    def work(request: Request, language: str, now: datetime) -> Response:
        body = json_body(request)
        receipt = submitting.submit(body, language, now, gates.of_letter(body, address_of(request), now))
        return json_answer(receipt_view(receipt), 200 if receipt.repeated else 201)

    return _answered(work)


@promise(
    intake,
    "POST",
    "/api/tracking",
    "track",
    takes=ReceiptAndCode,
    answers={200: SubmissionStatus},
    refuses=OPENED,
    guard=Guard.CODE,
)
def tracked() -> Response:
    """How a submission stands. A POST, so that the code stands in no log and no history."""

    def work(request: Request, language: str, now: datetime) -> Response:
        body = json_body(request)
        number = _admitted(request, str(body.get("receipt", "")), body, now)
        return json_answer(status_view(tracking.track(number, now), cities.current(), language))

    return _answered(work)


@promise(
    intake,
    "POST",
    "/api/submissions/{receipt}/supplements",
    "supplement",
    takes=SupplementForm,
    answers={201: SubmissionStatus},
    refuses=(*OPENED, *STEP, "too_many_additions_own"),
    guard=Guard.CODE,
)
def supplements(receipt: str) -> Response:
    """Add something."""
    return _done(receipt, tracking.supplement)


@promise(
    intake,
    "POST",
    "/api/submissions/{receipt}/rating",
    "rate",
    takes=RatingForm,
    answers={201: SubmissionStatus},
    refuses=(*OPENED, *STEP),
    guard=Guard.CODE,
)
def rating(receipt: str) -> Response:
    """Say what the reply is worth."""
    return _done(receipt, tracking.rate)


@promise(
    intake,
    "POST",
    "/api/submissions/{receipt}/review",
    "ask_review",
    takes=ReviewForm,
    answers={201: SubmissionStatus},
    refuses=(*OPENED, *STEP),
    guard=Guard.CODE,
)
def review(receipt: str) -> Response:
    """Ask the level above to look at the reply again."""
    return _done(receipt, tracking.ask_review)


@promise(
    intake,
    "POST",
    "/api/submissions/{receipt}/withdrawal",
    "withdraw",
    takes=WithdrawalForm,
    answers={201: SubmissionStatus},
    refuses=(*OPENED, *STEP),
    guard=Guard.CODE,
)
def withdrawal(receipt: str) -> Response:
    """Withdraw."""
    return _done(receipt, tracking.withdraw)


@promise(
    intake,
    "POST",
    "/api/submissions/{receipt}/ways",
    "choose_ways",
    takes=WaysForm,
    answers={201: SubmissionStatus},
    refuses=(*OPENED, *STEP),
    guard=Guard.CODE,
)
def ways(receipt: str) -> Response:
    """Choose by which ways to be told."""
    return _done(receipt, tracking.choose_ways)


@promise(
    intake,
    "POST",
    "/api/submissions/{receipt}/copy",
    "copy_submission",
    takes=CodeOnly,
    answers={200: SubmissionCopy},
    refuses=OPENED,
    guard=Guard.CODE,
)
def copy(receipt: str) -> Response:
    """Everything that the desk keeps of a submission, to be kept as a file."""

    def work(request: Request, language: str, now: datetime) -> Response:
        number = _admitted(request, receipt, json_body(request), now)
        answer = json_answer(copy_view(copying.copy_of(number, now), cities.current(), language))
        answer.headers["Content-Disposition"] = f'attachment; filename="sunlight-{number}.json"'
        return answer

    return _answered(work)


@promise(
    intake,
    "POST",
    "/api/submissions/{receipt}/erasure",
    "erase_submission",
    takes=CodeOnly,
    answers={200: ErasureStanding},
    refuses=(*IN_BODY, *BY_CODE, "changed", "rule"),
    guard=Guard.CODE,
)
def erasure(receipt: str) -> Response:
    """Erase what she wrote and who she is, if the term is over."""

    def work(request: Request, language: str, now: datetime) -> Response:
        number = _admitted(request, receipt, json_body(request), now)
        return json_answer(erasure_view(number, erasing.erase(number, now)))

    return _answered(work)


@promise(
    intake,
    "POST",
    "/api/submissions/{receipt}/consent-withdrawal",
    "withdraw_consent",
    takes=CodeOnly,
    answers={201: SubmissionStatus},
    refuses=(*OPENED, *STEP),
    guard=Guard.CODE,
)
def consent_withdrawal(receipt: str) -> Response:
    """Let nothing of it be public any longer."""
    return _done(receipt, tracking.withdraw_consent)


def _done(receipt: str, act: Callable[[str, dict[str, object], datetime], None]) -> Response:
    def work(request: Request, language: str, now: datetime) -> Response:
        body = json_body(request)
        number = _admitted(request, receipt, body, now)
        act(number, body, now)
        return json_answer(status_view(tracking.track(number, now), cities.current(), language), 201)

    return _answered(work)


def _admitted(request: Request, receipt: str, body: dict[str, object], now: datetime) -> str:
    code = body.get("code")
    if not isinstance(code, str):
        raise NotFound()
    return tracking.admitted(receipt, code, address_of(request), now)
