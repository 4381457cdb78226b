"""What a citizen sees of her own submission, and what she may still do: add, rate, withdraw."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from chalicelib.desk import admitting, choosing_ways, cities, endangering, limits, topic_finding, uploading
from chalicelib.desk.committing import caught_up, finish, taken
from chalicelib.desk.sealing import files_named, opened, with_file_names
from chalicelib.desk.written import sealed_if_needed, words_of
from chalicelib.domain import deciding, rating, reviewing
from chalicelib.domain.arranging import owner_of
from chalicelib.domain.case import Case, Voice
from chalicelib.domain.errors import Changed, DataErased
from chalicelib.domain.events import CITIZEN, Actor, Event, Supplemented
from chalicelib.domain.fields import LONGEST, FieldReader
from chalicelib.domain.inviting import lay_opinions
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.moves import open_to, permit
from chalicelib.domain.retention import erasable_from
from chalicelib.domain.reviewing import next_level
from chalicelib.domain.submission import MOST_UPLOADS, Submission, day_in_shanghai, digest_of, read_key
from chalicelib.domain.ways import Way
from chalicelib.domain.words import Action, Channel, Kind
from chalicelib.storage import cases
from chalicelib.storage.submissions import Folder, Supplement, load_folder, load_submission, supplement_item
from chalicelib.storage.unit_of_work import AlreadyThere

TRIES = 3
RECEIPTS = admitting.Numbers("tracking", "receipt")


class Status(Struct, frozen=True):
    """A submission, the case that handles it, and the events of both that its writer may see."""

    folder: Folder
    title: str
    text: str
    case: Case
    voice: Voice
    joined: bool
    events: tuple[Event, ...]
    owner: str  # the name of the leader who owns the case, "" where nobody does
    may: tuple[Action, ...]
    erasable: bool
    lay_opinions: tuple[Event, ...]  # 信访监督员意见 on her own review and hearing: of each the one that stands
    left: tuple[tuple[Way, str], ...] = ()  # by which ways she can be told, each with the address, masked


def admitted(receipt: str, code: str, address: str, at: datetime) -> str:
    """The receipt number, if the code is its own. ``address``: where the request came from.

    Raises NotFound for any wrong pair, never saying which half was wrong, and SlowDown after too many of them.
    """
    return admitting.admitted(RECEIPTS, receipt, code, address, at)


def track(receipt: str, at: datetime) -> Status:
    """How a submission stands at ``at``. The caller was admitted. Raises DataErased once its writer had it erased."""
    folder = load_folder(receipt)
    refuse_erased(folder.submission)
    record = cases.record_of(folder.submission.case_id)
    case = cases.load(folder.submission.case_id)
    joined = case.joined_to is not None
    events = list(record)
    while (into := _goes_on(case, receipt)) is not None:
        joined_at = events[-1].at
        case, record = into, cases.record_of(into.case_id)
        events += [event for event in record if event.at >= joined_at]
    case = caught_up(case, at).after  # shown as a punctual sweep would leave it; nothing is written by looking
    voice = case.voice(receipt)
    assert voice is not None  # her own case holds it, and she goes on only where it went along
    title, text = words_of(folder.submission)
    may = tuple(_may(case, voice, at))
    possible = erasable_from(record, receipt, cities.trade())
    erasable = possible is not None and possible <= at
    owner = owner_of(case, record)
    seen = tuple(opened(case, event) for event in events if concerns(event, receipt))
    said = () if case.sealed else lay_opinions(record, receipt)
    left = choosing_ways.left_at(receipt)
    return Status(with_file_names(folder), title, text, case, voice, joined, seen, owner, may, erasable, said, left)


def refuse_erased(submission: Submission) -> None:
    """Raise DataErased for what its writer had erased."""
    if submission.erasure is not None:
        raise DataErased(f"{day_in_shanghai(submission.erasure.at)}", submission.erasure.done)


def _goes_on(case: Case, receipt: str) -> Case | None:
    """The case to which ``case`` was joined and ``receipt`` with it; who withdrew before does not go along."""
    into = cases.load(case.joined_to) if case.joined_to is not None else None
    return into if into is not None and into.voice(receipt) is not None else None


def concerns(event: Event, receipt: str) -> bool:
    """Whether the event concerns this citizen: of a joined case she sees the matter, and her own part in it."""
    about = getattr(event.payload, "receipt", None)
    if about is not None:
        return bool(about == receipt)
    answers = getattr(event.payload, "answers", None)
    return answers is None or any(answer.receipt == receipt for answer in answers)


def _may(case: Case, voice: Voice, at: datetime) -> list[Action]:
    allowed = [] if voice.withdrawn else open_to(case, CITIZEN, at)
    answered, rated = voice.answered_at is not None, voice.rated_at is not None
    open_window = case.window_ends_at is None or at <= case.window_ends_at
    fits = {
        Action.RATE: answered and not rated and open_window,
        Action.WITHDRAW: not answered,
        Action.WITHDRAW_CONSENT: voice.may_publish,
        Action.SUPPLEMENT: True,
        Action.ASK_REVIEW: answered
        and case.kind is Kind.APPEAL
        and next_level(case) is not None
        and case.review_until is not None
        and at <= case.review_until,
    }
    return [action for action in allowed if fits[action]]


class Hand(Struct, frozen=True):
    """Who of the staff types what a citizen says, and how she said it."""

    by: Actor
    channel: Channel


def supplement(receipt: str, raw: Mapping[str, object], at: datetime, hand: Hand | None = None) -> None:
    """The citizen adds something, herself or by another's hand. The same form sent twice adds it once.

    Raises TooMany for what she adds herself beyond a day's share.
    """
    reader = FieldReader(raw)
    key = read_key(reader)
    text = reader.text("text", required=True, many_lines=True)
    tickets = reader.texts("uploads", most=MOST_UPLOADS)
    reader.raise_errors()
    files = uploading.opened(tickets, at)

    def add() -> None:
        folder = load_folder(receipt)
        if any(earlier.key == key for earlier in folder.supplements):
            return
        if hand is None:
            limits.may_add([earlier.at for earlier in folder.supplements], at)
        number = len(folder.supplements) + 1
        kept = files_named(folder.submission.kind, files)
        words = sealed_if_needed(folder.submission, text, number)
        added = Supplement(number, at, words, key, kept, *((hand.channel, hand.by.name) if hand else ()))
        digest = digest_of(text, folder.submission.salt)
        step = caught_up(case_of(receipt), at)
        permit(step.after, Action.SUPPLEMENT, CITIZEN, at)  # whoever types it, it is the citizen who says it
        said_now = rating.supplement(step.after, receipt, number, digest, at)
        step = endangering.with_risks(step.then(said_now, hand.by if hand else CITIZEN, at), receipt, (text,), at)
        said = next(event.number for event in step.events if isinstance(event.payload, Supplemented))
        to_check = [Message(Topic.ROUTING, step.after.case_id, said)] if files else []
        finish(step, at=at, new=[supplement_item(receipt, added)], messages=to_check)

    _insisting(add)


def ask_review(receipt: str, raw: Mapping[str, object], at: datetime) -> None:
    """复查 or 复核 is asked for, with the reason. The same form sent twice asks once."""
    reader = FieldReader(raw)
    key = read_key(reader)
    why = reader.text("why", required=True, longest=LONGEST["text"], many_lines=True)
    reader.raise_errors()

    def add() -> None:
        folder = load_folder(receipt)
        if any(earlier.key == key for earlier in folder.supplements):
            return
        number = len(folder.supplements) + 1
        added = Supplement(number, at, sealed_if_needed(folder.submission, why, number), key, ())
        digest = digest_of(why, folder.submission.salt)
        step = taken(
            case_of(receipt),
            Action.ASK_REVIEW,
            CITIZEN,
            at,
            lambda case: reviewing.ask_review(case, receipt, number, digest, cities.current(), at, cities.trade()),
        )
        finish(step, at=at, new=[supplement_item(receipt, added)])

    _insisting(add)


def rate(receipt: str, raw: Mapping[str, object], at: datetime) -> None:
    """评价."""
    rated = rating.read_rating(raw, receipt)

    def give() -> None:
        finish(
            taken(
                case_of(receipt), Action.RATE, CITIZEN, at, lambda case: rating.rate(case, rated, at, cities.trade())
            ),
            at=at,
        )

    _insisting(give)


def withdraw(receipt: str, raw: Mapping[str, object], at: datetime) -> None:
    """撤回."""
    reader = FieldReader(raw)
    reason = reader.text("reason", many_lines=True)
    reader.raise_errors()

    def leave() -> None:
        step = taken(
            case_of(receipt), Action.WITHDRAW, CITIZEN, at, lambda case: rating.withdraw(case, receipt, reason)
        )
        finish(step, at=at, messages=topic_finding.messages_of(step))

    _insisting(leave)


def withdraw_consent(receipt: str, raw: Mapping[str, object], at: datetime) -> None:
    """不再同意公开. Said again, once it is so, it changes nothing."""

    def take_back() -> None:
        case = case_of(receipt)
        if receipt in case.consenting:
            finish(
                taken(case, Action.WITHDRAW_CONSENT, CITIZEN, at, lambda now: deciding.withdraw_consent(now, receipt)),
                at=at,
            )

    _insisting(take_back)


def choose_ways(receipt: str, raw: Mapping[str, object], at: datetime) -> None:
    """By which ways she is told from now on, whatever ``at`` is. Raises Invalid naming the field, DataErased."""
    refuse_erased(load_submission(receipt))
    _insisting(lambda: choosing_ways.choose(receipt, raw))


def _insisting(step: Callable[[], None]) -> None:
    """A citizen is not to be told that a clerk was faster: what she says is tried on the case as it now stands."""
    for _ in range(TRIES - 1):
        try:
            return step()
        except (Changed, AlreadyThere):
            continue
    step()


def case_of(receipt: str) -> Case:
    """The case that handles a submission now. Raises DataErased once its writer had it erased."""
    submission = load_submission(receipt)
    refuse_erased(submission)
    case = cases.load(submission.case_id)
    while (into := _goes_on(case, receipt)) is not None:
        case = into
    return case
