"""What becomes of a submission after it came: registered, joined to its matter, or dispatched by rule."""

from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.desk import cities, erasing, uploading
from chalicelib.desk.committing import Step, caught_up, finish
from chalicelib.desk.submitting import place_of, words_of
from chalicelib.desk.vault import vault
from chalicelib.domain import handling
from chalicelib.domain.case import Case
from chalicelib.domain.duplicates import Kinship, Letter, bands, judge
from chalicelib.domain.events import DESK, Erased, Filed, LeftToClerk, Reason, Registered, Supplemented
from chalicelib.domain.messages import Message
from chalicelib.domain.receipts import spoken
from chalicelib.domain.routing import RoutedLetter, Routing
from chalicelib.domain.routing import route as decide_route
from chalicelib.domain.submission import Submission
from chalicelib.domain.words import State
from chalicelib.storage import alike, cases
from chalicelib.storage.submissions import (
    Folder,
    checked_item,
    load_folder,
    load_sealed_petitioner,
    load_submission,
    written_by,
)
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import AlreadyDone

REPEAT_WITHIN = timedelta(days=90)
KNOWN_RESULT = frozenset({State.REPLIED, State.IN_REVIEW, State.CONCLUDED, State.TERMINATED})
MOST_CANDIDATES = 10
"""How many earlier letters are compared with a new one."""


def route(message: Message, at: datetime, *, join: bool = True) -> None:
    """Register the submission that ``message`` tells of, and send it on its way.

    Called twice it does nothing the second time. ``join=False`` leaves every submission its own case.
    """
    case = cases.load(message.case_id)
    step = caught_up(case, at)
    if message.event > 1 or step.after.state is not State.RECEIVED:
        _after_arrival(message, at)
        return
    folder = load_folder(case.voices[0].receipt)
    found = uploading.check(folder)
    checked = [checked_item(folder.submission.receipt, finding) for finding in found]
    try:
        kin = _same_matter(folder.submission, at) if join and not case.sealed else None
        if kin is not None and handling.can_be_joined(kin.case):
            _joined(step, kin, checked, message, at)
        else:
            _registered(step, folder, checked, message, at, kin)
    except AlreadyDone:
        return
    uploading.clear(folder, found)


def _after_arrival(message: Message, at: datetime) -> None:
    """Something was added to a case that is on its way, or a clerk was faster: the files alone are looked at. Or what
    its writer has asked for is erased.
    """
    told = cases.event(message.case_id, message.event).payload
    assert isinstance(told, Filed | Supplemented | Erased)  # only these send messages here
    if isinstance(told, Erased):
        erasing.complete(message, told.receipt, at)
        return
    folder = load_folder(told.receipt)
    found = uploading.check(folder)
    try:
        finish(at=at, kept=[checked_item(told.receipt, finding) for finding in found], consumes=message)
    except AlreadyDone:
        return
    uploading.clear(folder, found)


class _Kin(Struct, frozen=True):
    """The case of the same matter, and why we are sure."""

    case: Case
    basis: Reason


def _joined(step: Step, kin: _Kin, checked: list[DeskItem], message: Message, at: datetime) -> None:
    """Join the submission to the case whose matter it repeats."""
    joined, added = handling.join(step.after, kin.case, kin.basis)
    finish(
        step.then([joined], DESK, at),
        caught_up(kin.case, at).then(added, DESK, at),
        at=at,
        kept=checked,
        consumes=message,
    )


def _same_matter(submission: Submission, at: datetime) -> _Kin | None:
    """The case that handles this matter already; else one that answered it, or ended it for good."""
    answered = None
    person = _person(submission)
    new = _letter(submission, person)
    earlier = written_by(person, at - REPEAT_WITHIN) if person else []
    alike_receipts = [receipt for _, receipt in alike.sharing(bands(new))]
    for receipt in _distinct([*earlier, *alike_receipts], submission.receipt)[:MOST_CANDIDATES]:
        other = load_submission(receipt)
        if other.filed_at > submission.filed_at:
            continue
        verdict = judge(new, _letter(other, person if receipt in earlier else None))
        if verdict.kinship is Kinship.APART:
            continue
        into = _standing(other.case_id)
        if into.case_id == submission.case_id:
            continue
        kin = _Kin(into, Reason(f"basis.{verdict.kinship}", {"similarity": f"{verdict.similarity:.0%}"}))
        if handling.can_be_joined(into):
            return kin
        if into.state in KNOWN_RESULT and not into.sealed:
            answered = answered or kin
    return answered


def _person(submission: Submission) -> str | None:
    sealed = load_sealed_petitioner(submission.receipt)
    return None if sealed is None else vault().person_of(vault().open_petitioner(sealed, submission.receipt))


def _letter(submission: Submission, person: str | None) -> Letter:
    return Letter(submission.title, submission.text, submission.area, person)


def _distinct(receipts: list[str], but: str) -> list[str]:
    return [receipt for receipt in dict.fromkeys(receipts) if receipt != but]


def _standing(case_id: str) -> Case:
    """The case, or the one it was joined to."""
    case = cases.load(case_id)
    while case.joined_to is not None:
        case = cases.load(case.joined_to)
    return case


def _registered(
    step: Step, folder: Folder, checked: list[DeskItem], message: Message, at: datetime, kin: _Kin | None
) -> None:
    """登记; and, where the rules are sure, 受理 and 交办 in the same commit.

    What was answered before, the clerk decides, with that case before her.
    """
    submission, case = folder.submission, step.after
    routing = _routed(submission)
    reasons = routing.reasons if kin is None else (_known_result(kin), kin.basis, *routing.reasons)
    trade = cities.trade()
    registered = Registered(
        category=routing.category,
        area=routing.area or submission.area,
        suggested_unit=routing.unit,
        urgent=routing.urgent,
        first_petition=_first(submission, at),
        reasons=reasons,
        clocks=trade.to_accept(case.clocks, at),
    )
    step = step.then([registered], DESK, at)
    if kin is None and routing.sure and routing.unit is not None:
        basis = Reason("basis.rule", {})
        step = step.then([handling.accept(step.after, at, basis, trade)], DESK, at)
        step = step.then([handling.dispatch(step.after, routing.unit, at, basis, "", trade)], DESK, at)
    else:
        step = step.then([LeftToClerk(reasons)], DESK, at)
    items = checked if case.sealed else [*checked, *_bands_of(submission, at)]
    finish(step, at=at, kept=items, consumes=message)


def _known_result(kin: _Kin) -> Reason:
    code = "reason.terminated" if kin.case.state is State.TERMINATED else "reason.known_result"
    return Reason(code, {"number": spoken(kin.case.case_id)})


def _routed(submission: Submission) -> Routing:
    title, text = words_of(submission)
    letter = RoutedLetter(submission.mailbox, submission.kind, title, text, submission.area, place_of(submission))
    return decide_route(letter, cities.current())


def _first(submission: Submission, at: datetime) -> bool:
    """初信初访: nothing came from this person in the months before."""
    person = _person(submission)
    if person is None:
        return True
    return not _distinct(written_by(person, at - REPEAT_WITHIN), submission.receipt)


def _bands_of(submission: Submission, at: datetime) -> list[DeskItem]:
    return alike.band_items(bands(_letter(submission, None)), submission.case_id, submission.receipt, at)
