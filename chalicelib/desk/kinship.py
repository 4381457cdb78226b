"""Which earlier matter a letter may speak of: looked for among those of its writer and those in its words, never by
a scan.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.desk.vault import vault
from chalicelib.domain.case import Case
from chalicelib.domain.duplicates import Kinship, Letter, judge, normalised, similarity, trails
from chalicelib.domain.errors import Invalid, NotFound, RuleBroken
from chalicelib.domain.events import Actor, DecisionPublished, Reason
from chalicelib.domain.handling import can_be_joined, join
from chalicelib.domain.known import has_result
from chalicelib.domain.moves import open_to
from chalicelib.domain.receipts import spoken
from chalicelib.domain.submission import PUBLIC_ID, Submission, day_in_shanghai
from chalicelib.domain.words import Action, State
from chalicelib.storage import alike, cases
from chalicelib.storage.submissions import load_sealed_petitioner, load_signed, load_submission, written_by
from chalicelib.storage.table import DeskItem

REPEAT_WITHIN = timedelta(days=90)
MOST_CANDIDATES = 10  # earlier letters that are compared with one
MOST_LIKELY = 5
LIKELY_FROM = 0.4  # the likeness from which a clerk is shown what no rule would join
BY_A_PERSON = Reason("basis.person", {})


class Traces(Struct, frozen=True):
    """What is known of a letter before any other is read: whose it is, what they wrote before, and who writes alike."""

    person: str | None
    earlier: tuple[str, ...]  # receipts, newest first
    found: alike.Found

    @property
    def candidates(self) -> list[str]:
        """The receipts worth comparing, this letter's own among them."""
        return list(dict.fromkeys((*self.earlier, *alike.receipts_of(self.found))))


def traces_of(submission: Submission, person: str | None, at: datetime) -> Traces:
    """Two reads: what the person wrote in the months before, and who left the same trails."""
    earlier = written_by(person, at - REPEAT_WITHIN) if person else []
    return Traces(person, tuple(earlier), alike.sharing(trails(_letter(submission, None))))


def person_of(receipt: str) -> str | None:
    """The keyed digest of who wrote a submission; None for who left nothing."""
    sealed = load_sealed_petitioner(receipt)
    return None if sealed is None else vault().person_of(vault().open_petitioner(sealed, receipt))


def band_items(submission: Submission, traces: Traces | None, at: datetime) -> list[DeskItem]:
    """What a letter leaves, by which later ones find it."""
    found = traces.found if traces is not None else {}
    return alike.band_items(trails(_letter(submission, None)), submission.case_id, submission.receipt, at, found)


def _letter(submission: Submission, person: str | None) -> Letter:
    return Letter(submission.title, submission.text, submission.area, person)


class Kin(Struct, frozen=True):
    """An earlier letter of the same matter. ``holder``: the case it stands in; ``case``: the one that was investigated,
    ``holder`` itself unless that was told another's result.
    """

    letter: Submission
    kinship: Kinship
    holder: Case
    case: Case
    basis: Reason


def kin_of(submission: Submission, traces: Traces) -> Kin | None:
    """The letter whose case handles this matter already; else one whose case has its result."""
    answered = None
    for other, own in _compared(submission, traces):
        verdict = judge(_letter(submission, traces.person), _letter(other, traces.person if own else None))
        if other.filed_at > submission.filed_at or verdict.kinship is Kinship.APART:
            continue
        holder, case = _standing(other.case_id)
        if case.case_id == submission.case_id:
            continue
        basis = Reason(f"basis.{verdict.kinship}", {"similarity": f"{verdict.similarity:.0%}"})
        kin = Kin(other, verdict.kinship, holder, case, basis)
        if can_be_joined(case):
            return kin
        if has_result(case):
            answered = answered or kin
    return answered


def wished(submission: Submission) -> Kin | None:
    """The case that was public when the writer said that it is hers too. Her word is nobody's guess; but by it nobody
    comes to a case that she cannot have read of.
    """
    found = PUBLIC_ID.fullmatch(submission.alike)
    if found is None:
        return None
    try:
        named = cases.load(found[2])
    except NotFound:
        return None
    if named.case_id == submission.case_id or not offered(named) or not _was_public(named, found[1]):
        return None
    holder, case = _standing(named.case_id)
    letter = load_submission(named.voices[0].receipt)
    basis = Reason("basis.wished", {"number": spoken(named.case_id)})
    return Kin(letter, Kinship.SAME_MATTER, holder, case, basis)


def _was_public(case: Case, day: str) -> bool:
    """Whether something of ``case`` was made public on ``day``; it is taken down when the matter is done again."""
    if case.published is not None:
        return day_in_shanghai(case.published.at).isoformat() == day
    record = (event for event in cases.record_of(case.case_id) if isinstance(event.payload, DecisionPublished))
    return any(day_in_shanghai(event.at).isoformat() == day for event in record)


def _compared(submission: Submission, traces: Traces) -> Iterator[tuple[Submission, bool]]:
    """The letters worth comparing, and whether each is the same person's. One read."""
    receipts = [receipt for receipt in traces.candidates if receipt != submission.receipt][:MOST_CANDIDATES]
    letters = load_signed(receipts) if receipts else {}
    for receipt in receipts:
        if receipt in letters:
            yield letters[receipt][0], receipt in traces.earlier


def _standing(case_id: str) -> tuple[Case, Case]:
    """The case that a letter stands in now, and the one whose result that was told, or itself."""
    holder = cases.load(case_id)
    while holder.joined_to is not None:
        holder = cases.load(holder.joined_to)
    return holder, investigated(holder)


def investigated(case: Case) -> Case:
    """The case whose result ``case`` was told; ``case`` itself where it was handled."""
    while case.known_from:
        case = cases.load(case.known_from)
    return case


class Likely(Struct, frozen=True):
    """A case that may be about the same. ``ending``, ``into``: which of the two can be joined to the other, None where
    neither can; ``known``: whether its result can be told.
    """

    case: Case
    similarity: float
    one_person: bool
    ending: Case | None = None
    into: Case | None = None
    known: bool = False


def likely(case: Case, submission: Submission, by: Actor, at: datetime, apart: Collection[str] = ()) -> list[Likely]:
    """What a clerk may want to look at before she sends ``case`` on, the likest first; ``apart``: cases that a person
    has found to be other matters.

    Reads: the letter's owner, the two of ``traces_of``, the letters, their cases, and once more for each that was
    joined or told another's result.
    """
    if not case.counted:
        return []
    own = load_signed([submission.receipt])
    person = own[submission.receipt][1] if own else None
    here = normalised(_letter(submission, None))
    nearest: dict[str, tuple[float, bool]] = {}
    for other, one_person in _compared(submission, traces_of(submission, person, at)):
        near = similarity(here, normalised(_letter(other, None)))
        if near >= LIKELY_FROM:
            nearest[other.case_id] = max((near, one_person), nearest.get(other.case_id, (0.0, False)))
    found: dict[str, Likely] = {}
    for case_id, standing in cases.load_all(nearest).items():
        near, one_person = nearest[case_id]
        other_case = _followed(standing)
        known = found.get(other_case.case_id)
        if other_case.case_id != case.case_id and (known is None or known.similarity < near):
            found[other_case.case_id] = weighed(case, other_case, near, one_person, by, at)
    shown = [one for key, one in found.items() if key not in apart and offered(one.case)]
    return sorted(shown, key=lambda one: -one.similarity)[:MOST_LIKELY]


def _followed(case: Case) -> Case:
    while case.joined_to is not None:
        case = cases.load(case.joined_to)
    return investigated(case)


def offered(case: Case) -> bool:
    """Whether a case may be shown beside another at all."""
    return case.counted and not case.sealed and case.state is not State.WITHDRAWN


def weighed(case: Case, other: Case, near: float, one_person: bool, by: Actor, at: datetime) -> Likely:
    """``other`` beside ``case``, with the step that fits the two."""
    earlier, later = sorted((case, other), key=lambda one: one.opened_at)
    for ending, into in ((later, earlier), (earlier, later)):  # the second where the first would make somebody wait
        if _joins(ending, into, by, at):
            return Likely(other, near, one_person, ending, into)
    known = has_result(other) and Action.ANSWER_KNOWN in open_to(case, by, at)
    return Likely(other, near, one_person, known=known)


def _joins(ending: Case, into: Case, by: Actor, at: datetime) -> bool:
    try:
        join(ending, into, BY_A_PERSON)
    except (Invalid, RuleBroken):
        return False
    return can_be_joined(into) and Action.JOIN in open_to(ending, by, at)
