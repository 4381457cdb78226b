"""What a lay supervisor reads of a case: its texts, without who wrote them and where exactly they live."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from chalicelib.desk.vault import vault
from chalicelib.desk.written import supplement_words, words_of
from chalicelib.domain.case import Case
from chalicelib.domain.hiding import hidden
from chalicelib.domain.people import Petitioner
from chalicelib.storage.submissions import load_folder, load_sealed_petitioner


class Letter(Struct, frozen=True):
    """One submission, masked. ``attached``: how many files it came with; none of them is shown."""

    title: str
    text: str
    filed_at: datetime
    added: tuple[tuple[datetime, str], ...]
    attached: int


def people_of(case: Case) -> list[Petitioner]:
    """Everybody who wrote or signed a submission of the case, also who withdrew. For hiding, never for showing."""
    sealed = ((voice.receipt, load_sealed_petitioner(voice.receipt)) for voice in case.voices)
    return [vault().open_petitioner(body, receipt) for receipt, body in sealed if body is not None]


def title_of(case: Case) -> str:
    """The case's title, masked."""
    return "" if case.sealed else hidden(case.title, people_of(case))


def letters_of(case: Case, people: Sequence[Petitioner]) -> tuple[Letter, ...]:
    """The submissions of the case, masked; neither what was erased, nor of who withdrew."""
    return tuple(letter for voice in case.voices if not voice.withdrawn and (letter := _letter(voice.receipt, people)))


def _letter(receipt: str, people: Sequence[Petitioner]) -> Letter | None:
    folder = load_folder(receipt)
    submission = folder.submission
    if submission.erasure is not None:
        return None
    title, text = words_of(submission)
    added = tuple(
        (one.at, hidden(supplement_words(submission, one.text, one.number), people)) for one in folder.supplements
    )
    return Letter(hidden(title, people), hidden(text, people), submission.filed_at, added, len(folder.attachments))
