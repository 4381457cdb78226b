"""What becomes of a submission after it came: registered, joined to its matter, or dispatched by rule."""

from datetime import datetime

from msgspec import Struct

from chalicelib.desk import (
    cities,
    erasing,
    gazetteers,
    kinship,
    known,
    models,
    topic_finding,
    topics_by_hand,
    uploading,
)
from chalicelib.desk.committing import Step, caught_up, finish
from chalicelib.desk.endangering import with_risks
from chalicelib.desk.kinship import Kin
from chalicelib.desk.topic_finding import Arrived, Left
from chalicelib.desk.written import place_of, words_of
from chalicelib.domain import handling
from chalicelib.domain.case import Case
from chalicelib.domain.duplicates import Kinship
from chalicelib.domain.events import (
    DESK,
    CameAgain,
    Erased,
    Filed,
    LeftToClerk,
    Reason,
    Registered,
    Supplemented,
)
from chalicelib.domain.messages import Message
from chalicelib.domain.opinions import Heard
from chalicelib.domain.receipts import spoken
from chalicelib.domain.routing import RoutedLetter, Routing, keeper_route, risks_in
from chalicelib.domain.routing import route as decide_route
from chalicelib.domain.submission import Submission
from chalicelib.domain.words import Kind, State
from chalicelib.storage import cases
from chalicelib.storage.submissions import (
    Folder,
    checked_item,
    load_folder,
    written_by,
)
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import AlreadyDone


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
    found = uploading.check(folder, at)
    checked = [checked_item(folder.submission.receipt, finding) for finding in found]
    try:
        person = kinship.person_of(folder.submission.receipt)
        compared = join and case.counted and not case.sealed
        traces = kinship.traces_of(folder.submission, person, at) if compared else None
        kin = _kin(folder.submission, traces) if traces is not None else None
        if kin is not None and handling.can_be_joined(kin.case) and not handling.answered_later(kin.case, step.after):
            _joined(step, kin, folder.submission, checked, message, at)
        else:
            _registered(step, folder, checked, message, at, _Found(person, traces, kin))
    except AlreadyDone:
        return
    uploading.clear(folder, found)


def _kin(submission: Submission, traces: kinship.Traces) -> Kin | None:
    """Her own open matter, else the public one that she says is hers, else what is found by the words."""
    found, wished = kinship.kin_of(submission, traces), kinship.wished(submission)
    own = found is not None and found.kinship is Kinship.REPEAT and handling.can_be_joined(found.case)
    return found if own or wished is None else wished


def _after_arrival(message: Message, at: datetime) -> None:
    """Something was added to a case that is on its way, or a clerk was faster: the files alone are looked at. Or what
    its writer has asked for is erased. Or the letter is registered, and finds its topic; or taken back, and leaves it.
    """
    told = cases.event(message.case_id, message.event).payload
    assert isinstance(told, Filed | Supplemented | Erased | Arrived | Left)  # only these send messages here
    if isinstance(told, Arrived):
        topic_finding.attach(cases.load(message.case_id), told, message, at)
        return
    if isinstance(told, Left):
        topics_by_hand.leave(told.receipt, message, at)
        return
    if isinstance(told, Erased):
        erasing.complete(message, told.receipt, at)
        return
    folder = load_folder(told.receipt)
    found = uploading.check(folder, at)
    try:
        finish(at=at, kept=[checked_item(told.receipt, finding) for finding in found], consumes=message)
    except AlreadyDone:
        return
    uploading.clear(folder, found)


def _joined(
    step: Step, kin: Kin, submission: Submission, checked: list[DeskItem], message: Message, at: datetime
) -> None:
    """Join the submission to the case whose matter it repeats."""
    joined, added = handling.join(step.after, kin.case, kin.basis)
    step = step.then([joined], DESK, at)
    into = caught_up(kin.case, at).then(added, DESK, at)
    finish(
        step,
        with_risks(into, submission.receipt, words_of(submission), at),
        at=at,
        kept=checked,
        messages=topic_finding.messages_of(step),
        consumes=message,
    )


class _Found(Struct, frozen=True):
    """Who wrote a letter, and what was found of its matter."""

    person: str | None
    traces: kinship.Traces | None
    kin: Kin | None


def _registered(
    step: Step, folder: Folder, checked: list[DeskItem], message: Message, at: datetime, found: _Found
) -> None:
    """登记; and, where the rules are sure, 受理 and 交办 in the same commit.

    What the same person was answered before to the same letter is told again at once; any other known result the
    clerk decides on, with that case before her.
    """
    submission, case, kin = folder.submission, step.after, found.kin
    heard = _heard(submission, at)
    routing = _routed(submission, heard)
    pressing = routing.urgent or any(one.risk.urgent for one in risks_in(cities.current(), *words_of(submission)))
    told = known.told_at_once(folder, kin, at) if kin is not None and not pressing else None
    reasons = routing.reasons if kin is None else (_known_result(kin, told), kin.basis, *routing.reasons)
    trade = cities.trade()
    registered = Registered(
        category=routing.category,
        area=routing.area or submission.area,
        suggested_unit=routing.unit,
        urgent=routing.urgent,
        first_petition=_first(submission, found, at),
        reasons=reasons,
        clocks=trade.to_accept(case.clocks, at),
        place=routing.place,
        model_says=heard.says if heard is not None else None,
        moved_by=heard.moved_by if heard is not None else "",
    )
    step = with_risks(step.then([registered], DESK, at), submission.receipt, words_of(submission), at)
    if told is not None:
        step = told.answers(step, at)
    elif kin is None and routing.sure and routing.unit is not None:
        basis = Reason("basis.rule", {})
        step = step.then([handling.accept(step.after, at, basis, trade)], DESK, at)
        step = step.then([handling.dispatch(step.after, routing.unit, at, basis, "", trade)], DESK, at)
    else:
        step = step.then([LeftToClerk(reasons)], DESK, at)
    alone = case.sealed or not case.counted
    items = checked if alone else [*checked, *kinship.band_items(submission, found.traces, at)]
    again = _came_again(kin, case, at)
    moved = {one.after.case_id for one in again}
    unmoved = [one for one in (told.unmoved if told is not None else ()) if one.case_id not in moved]
    messages = topic_finding.messages_of(step)
    finish(step, *again, at=at, kept=items, messages=messages, consumes=message, unmoved=unmoved)


def _came_again(kin: Kin | None, case: Case, at: datetime) -> list[Step]:
    """重复信访: a first petition whose writer comes again within the term was not settled by its answer."""
    if kin is None or kin.kinship is not Kinship.REPEAT or kin.case.stands_until is None:
        return []
    earlier = caught_up(kin.case, at)
    return [earlier.then([CameAgain(case.case_id)], DESK, at)] if earlier.after.stands_until is not None else []


def _known_result(kin: Kin, told: known.Told | None) -> Reason:
    code = "reason.terminated" if kin.case.state is State.TERMINATED else "reason.known_result"
    code = code if told is None else "reason.known_told"
    return Reason(code, {"number": spoken(kin.case.case_id)})


def _heard(submission: Submission, at: datetime) -> Heard | None:
    """What the model says; of an accusation and of a test letter of the keepers' exam it is not asked."""
    if submission.kind is Kind.ACCUSATION or submission.drill:
        return None
    return models.heard(*words_of(submission), at)


def _routed(submission: Submission, heard: Heard | None) -> Routing:
    title, text = words_of(submission)
    place, chosen = place_of(submission), submission.service
    letter = RoutedLetter(submission.mailbox, submission.kind, title, text, submission.area, place, chosen)
    city = cities.current()
    decided = decide_route(letter, city, gazetteers.of(city), heard)
    return keeper_route(decided, submission.mailbox, city) if submission.drill else decided


def _first(submission: Submission, found: _Found, at: datetime) -> bool:
    """初信初访: nothing came from this person in the months before."""
    if found.person is None:
        return True
    traced = found.traces.earlier if found.traces is not None else written_by(found.person, at - kinship.REPEAT_WITHIN)
    return all(receipt == submission.receipt for receipt in traced)
