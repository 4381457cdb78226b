"""What the desk of another agency is written of a step: the same at every attempt, whatever has happened since.

``docs/agencies.md`` is the schema.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote

import msgspec
from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.desk.vault import vault
from chalicelib.desk.written import place_of, words_of
from chalicelib.domain import events as happened
from chalicelib.domain.agency_news import DATED, progress_of, with_agency
from chalicelib.domain.agency_words import Progress
from chalicelib.domain.case import Case, Voice
from chalicelib.domain.city import Agency
from chalicelib.domain.clocks import TICK
from chalicelib.domain.events import Event
from chalicelib.domain.folding import fold
from chalicelib.domain.handling import LONGEST_WORDS
from chalicelib.domain.people import Petitioner
from chalicelib.domain.submission import Submission, day_in_shanghai
from chalicelib.domain.words import ClockName, Role
from chalicelib.storage.submissions import load_folder, load_sealed_petitioner, load_submission
from chalicelib.web.messages import DEFAULT, say

LONGEST_PLACE = 200  # what the other side takes
LONGEST_UNIT = 100


class Sort(StrEnum):
    """What a letter is."""

    PETITION = "petition"
    SUPPLEMENT = "supplement"
    DEADLINE = "deadline"
    WITHDRAWAL = "withdrawal"
    STATUS = "status"


class Letter(Struct, frozen=True):
    """One request. ``number``: ours for the petition that it is about; ``path``: under the agency's place at that desk;
    ``place``: among the letters of one step.
    """

    sort: Sort
    number: str
    path: str
    body: bytes
    place: int


def letters(record: Sequence[Event], number: int, agency: Agency) -> list[Letter]:
    """What ``agency`` is written of event ``number`` of ``record``, in its order."""
    event, earlier = record[number - 1], record[: number - 1]
    after, before = fold(record[:number]), fold(earlier) if earlier else None
    drafts = [*_below(before, after, event, agency), *_above(after, event, agency)]
    return [
        Letter(sort, ours, path, msgspec.json.encode(body), place)
        for place, (sort, ours, path, body) in enumerate(drafts)
    ]


Draft = tuple[Sort, str, str, dict[str, object]]


def _below(before: Case | None, after: Case, event: Event, agency: Agency) -> Iterator[Draft]:
    """To the desk to which a matter was passed on."""
    payload = event.payload
    if isinstance(payload, happened.Transferred) and payload.agency == agency.id:
        yield from _petition(after, payload)
        return
    away = before.transfer if before is not None and with_agency(before) else None
    if before is None or away is None or away.agency != agency.id:
        return
    path = f"/petitions/{quote(away.number, safe='')}"
    match payload:
        case happened.TransferReturned(words=words) if event.by.role is Role.CLERK:
            yield Sort.WITHDRAWAL, away.number, f"{path}/withdrawal", {"reason": words}
        case happened.Withdrawn(reason=reason):
            yield Sort.WITHDRAWAL, away.number, f"{path}/withdrawal", {"reason": reason}
        case happened.Supplemented(receipt=receipt, number=number):
            yield from _supplement(away.number, receipt, number)
        case _ if isinstance(payload, DATED) and _due(after) != _due(before) and (due := _due(after)) is not None:
            yield Sort.DEADLINE, away.number, f"{path}/deadline", {"deadline": due}


def _due(case: Case) -> datetime | None:
    return next((clock.due_at for clock in case.clocks if clock.name is ClockName.HANDLE), None)


def _petition(case: Case, sent: happened.Transferred) -> Iterator[Draft]:
    """The matter as the first who speaks in it wrote it; then what was added. Others who speak in it are told of."""
    voice = next(voice for voice in case.voices if not voice.withdrawn)
    folder = load_folder(voice.receipt)
    submission = folder.submission
    title, text = words_of(submission)
    others = case.people - max(1, voice.signers)
    told = say("transfer.others", DEFAULT, number=str(others)) if others else ""
    body: dict[str, object] = {
        "number": sent.number,
        "kind": submission.kind.value,
        "title": title,
        "text": text,
        "place": _place(submission, case),
        "petitioner": _petitioner(submission),
        "anonymous": submission.anonymous or submission.keep_name_from_unit,
        "keep_name_from_unit": submission.keep_name_from_unit,
        "may_publish": False,  # she consented to our publishing it, and to nobody else's
        "words": f"{sent.words}\n{told}".strip()[:LONGEST_WORDS],
        "attachments": [file.name for file in folder.attachments],
        "must_report": True,
        "petitioner_told_by_us": True,
    }
    if submission.happened_on is not None:
        body["happened_on"] = submission.happened_on.isoformat()
    due = _due(case)
    if due is not None and due > case.moved_at:  # a term that is over sets nobody a date
        body["deadline"] = due
    yield Sort.PETITION, sent.number, "/petitions", body
    for added in folder.supplements:
        if added.at <= case.moved_at:
            yield from _supplement(sent.number, submission.receipt, added.number)


def _place(submission: Submission, case: Case) -> str:
    """Where it is, with the area by its name: the other desk numbers its areas itself."""
    area = cities.known().area(case.area)
    place, name = place_of(submission), area.name.zh if area is not None else ""
    return (place if name in place else f"{name} {place}".strip())[:LONGEST_PLACE]


def _petitioner(submission: Submission) -> dict[str, str] | None:
    """Who wrote, unless she keeps her name from whoever handles it (《信访工作条例》 art. 31 leaves that to her)."""
    sealed = load_sealed_petitioner(submission.receipt)
    if sealed is None or submission.keep_name_from_unit:
        return None
    found: Petitioner = vault().open_petitioner(sealed, submission.receipt)
    return {"name": found.name, "phone": found.phone, "email": found.email}


def _supplement(ours: str, receipt: str, number: int) -> Iterator[Draft]:
    added = next((one for one in load_folder(receipt).supplements if one.number == number), None)
    if added is None:  # erased at her request meanwhile
        return
    names = "".join(f"\n[{file.name}]" for file in added.attachments)
    body: dict[str, object] = {"id": f"{receipt}.{number}", "text": f"{added.text}{names}"[:5_000]}
    yield Sort.SUPPLEMENT, ours, f"/petitions/{quote(ours, safe='')}/supplements", body


def _above(case: Case, event: Event, agency: Agency) -> Iterator[Draft]:
    """To the desk that referred it: how each of its petitions stands by this step."""
    progress = progress_of(event)
    if progress is None or (event.by.role is Role.AGENCY and event.by.id == agency.id):
        return
    for voice in case.voices:
        if voice.agency == agency.id and _concerns(event, voice):
            submission = load_submission(voice.receipt)
            body = _status(submission, progress, case, event)
            yield Sort.STATUS, submission.agency_number, "/statuses", body


def _concerns(event: Event, voice: Voice) -> bool:
    if isinstance(event.payload, happened.Replied):
        return any(answer.receipt == voice.receipt for answer in event.payload.answers)
    if isinstance(event.payload, happened.Withdrawn | happened.VoiceWithdrawn):
        return event.payload.receipt == voice.receipt
    return not voice.withdrawn


def _status(submission: Submission, progress: Progress, case: Case, event: Event) -> dict[str, object]:
    body: dict[str, object] = {
        "number": submission.agency_number,
        "their_number": submission.receipt,
        "state": progress.value,
        "at": event.at,
        "unit_name": _unit(case, event)[:LONGEST_UNIT],
    }
    match event.payload:
        case happened.Replied(text=text, outcome=outcome, done_by=done_by):
            body |= {"text": text, "outcome": outcome.value}
            if done_by is not None:
                # the end of the day, told as the day; midnight belongs to the one before
                body["done_on"] = day_in_shanghai(done_by - TICK).isoformat()
        case happened.Declined(ground=ground, where_to=where_to):
            body["words"] = f"{say(f'ground.{ground}', DEFAULT)} {where_to}"[:LONGEST_WORDS]
        case happened.Referred(agency=name, words=words):
            body["words"] = f"{name} {words}"[:LONGEST_WORDS]
        case happened.ReferralReturned(words=words):
            body["words"] = words
    return body


def _unit(case: Case, event: Event) -> str:
    match event.payload:
        case happened.Transferred(name=name) | happened.AgencyReported(name=name):
            return name
        case happened.Replied(agency=name) if name:
            return name
        case _:
            unit = cities.known().unit(getattr(event.payload, "unit", None) or case.unit)
            return unit.name.zh if unit is not None else ""
