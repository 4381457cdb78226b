"""A sealed accusation: whatever anybody types on it is encrypted before it is recorded, and opened for its readers."""

from collections.abc import Iterable

from msgspec.structs import replace

from chalicelib.desk.vault import vault
from chalicelib.domain.case import Case
from chalicelib.domain.events import Event, Payload
from chalicelib.domain.submission import Attachment, Submission
from chalicelib.domain.texts import texts_of, with_texts
from chalicelib.domain.words import Kind
from chalicelib.storage.submissions import Folder


def sealed(case: Case, payloads: Iterable[Payload]) -> Iterable[Payload]:
    """What is recorded of ``payloads`` on ``case``: each text encrypted, bound to its case and its place there."""
    return (_sealed(case.case_id, payload) for payload in payloads) if case.sealed else payloads


def _sealed(case_id: str, payload: Payload) -> Payload:
    texts = texts_of(payload)
    return with_texts(payload, {field: vault().seal(texts[field], _place(case_id, payload, field)) for field in texts})


def _place(case_id: str, payload: Payload, field: str) -> str:
    return f"event#{case_id}#{type(payload).__name__}.{field}"


def opened(case: Case, event: Event) -> Event:
    """The event as it was typed. Whether the reader may see it is the caller's to know; its hash is not over this."""
    if not case.sealed:
        return event
    texts, payload = texts_of(event.payload), event.payload
    plain = {field: vault().open(texts[field], _place(event.case_id, payload, field)) for field in texts}
    return replace(event, payload=with_texts(payload, plain))


def files_named(kind: Kind, files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """What is kept of the files of a submission of ``kind``: of an accusation, their names only encrypted."""
    if kind is not Kind.ACCUSATION:
        return tuple(files)
    return tuple(replace(file, name=vault().seal(file.name, _file_place(file))) for file in files)


def with_file_names(folder: Folder) -> Folder:
    """The folder with the names of its files as they were given. Whether the reader may see them is the caller's."""
    if folder.submission.kind is not Kind.ACCUSATION:
        return folder
    submission: Submission = replace(folder.submission, attachments=_named(folder.submission.attachments))
    supplements = tuple(replace(added, attachments=_named(added.attachments)) for added in folder.supplements)
    return replace(folder, submission=submission, supplements=supplements)


def _named(files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    return tuple(replace(file, name=vault().open(file.name, _file_place(file))) for file in files)


def _file_place(file: Attachment) -> str:
    return f"file#{file.object_key}"
