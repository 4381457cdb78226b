"""What a citizen wrote, as it is kept: of an accusation only encrypted. Who may read it is the caller's to know."""

from collections.abc import Callable

from msgspec.structs import replace

from chalicelib.desk.vault import vault
from chalicelib.domain.demands import Demands
from chalicelib.domain.paper_marks import TEXTS, PaperMarks
from chalicelib.domain.submission import Submission
from chalicelib.domain.words import Kind

SEALED_PLACE = "text#"  # what a sealed text is bound to, with its receipt


def words_of(submission: Submission) -> tuple[str, str]:
    """Title and text as they were written, "" once erased. Whether the reader may see them is the caller's to know."""
    if submission.kind is not Kind.ACCUSATION or submission.erasure is not None:
        return submission.title, submission.text
    place = SEALED_PLACE + submission.receipt
    return vault().open(submission.title, place), vault().open(submission.text, place)


def place_of(submission: Submission) -> str:
    """The place as it was written. Whether the reader may see it is the caller's to know."""
    if submission.kind is not Kind.ACCUSATION or not submission.place:
        return submission.place
    return vault().open(submission.place, SEALED_PLACE + submission.receipt)


def marks_of(submission: Submission) -> PaperMarks | None:
    """What stood on the paper. Whether the reader may see it is the caller's to know."""
    if submission.kind is not Kind.ACCUSATION:
        return submission.marks
    place = SEALED_PLACE + submission.receipt
    return marks_with(submission.marks, lambda text: vault().open(text, place) if text else "")


def marks_with(marks: PaperMarks | None, kept: Callable[[str], str]) -> PaperMarks | None:
    """``marks`` with each text of them as ``kept`` makes it."""
    if marks is None:
        return None
    return replace(marks, **{field: kept(getattr(marks, field)) for field in TEXTS})


def demands_of(submission: Submission) -> Demands | None:
    """What the agency that referred it asked for. Whether the reader may see it is the caller's to know."""
    demands = submission.demands
    if demands is None or submission.kind is not Kind.ACCUSATION:
        return demands
    place = SEALED_PLACE + submission.receipt
    words = vault().open(demands.words, place) if demands.words else ""
    return replace(demands, words=words, files=tuple(vault().open(name, place) for name in demands.files))


def sealed_if_needed(submission: Submission, text: str, number: int) -> str:
    """What is kept of a supplement: of a sealed matter, only the encrypted text."""
    if submission.kind is not Kind.ACCUSATION:
        return text
    return vault().seal(text, _supplement_place(submission.receipt, number))


def supplement_words(submission: Submission, text: str, number: int) -> str:
    """A supplement as it was written. Whether the reader may see it is the caller's to know."""
    if submission.kind is not Kind.ACCUSATION:
        return text
    return vault().open(text, _supplement_place(submission.receipt, number))


def _supplement_place(receipt: str, number: int) -> str:
    return f"supplement#{receipt}#{number}"
