"""A citizen checks the record of her own matter: every hash is computed again, and every day's root is looked up."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec
from msgspec import Struct

from chalicelib.desk.tracking import concerns
from chalicelib.domain.chain import line_of, misfits
from chalicelib.domain.errors import NotFound
from chalicelib.domain.events import Event, Filed, Joined, VoiceAdded
from chalicelib.domain.roots import ONE_DAY, Proof, day_of
from chalicelib.domain.words import Role
from chalicelib.storage import cases, roots
from chalicelib.storage.submissions import load_submission

Lines = list[Event | None]


class Standing(Struct, frozen=True):
    """That an event stands in the root of a closed day."""

    day: date
    proof: Proof


class Link(Struct, frozen=True):
    """One event as its hash shows it, and whether it holds.

    ``event`` is given where it concerns the citizen; ``line``, over which the hash is taken, where it is wholly her own
    word: it holds the digests of her texts, which ``event`` has with their salt until they are erased. While it
    ``waits`` for its day to be closed, it stands in no root yet.
    """

    number: int
    hash: str
    previous: str
    holds: bool
    waits: bool
    standing: Standing | None
    event: Event | None
    line: str | None


class Record(Struct, frozen=True):
    """One case's record. ``complete``: it ends where the case says. Of a sealed one only the hashes are shown."""

    sealed: bool
    complete: bool
    links: tuple[Link, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing of it was altered, added or taken away."""
        return self.complete and all(link.holds for link in self.links)


def verify(receipt: str) -> tuple[Record, ...]:
    """The record of the citizen's own case, and of the one to which it was joined. The caller was admitted."""
    records: list[Record] = []
    known: set[str] = set()
    case_id: str | None = load_submission(receipt).case_id
    since: datetime | None = None
    while case_id is not None and case_id not in known:
        known.add(case_id)
        lines = cases.audited(case_id)
        if records and not _speaks_in(lines, receipt):
            break  # she withdrew before it was joined
        records.append(_record(case_id, lines, receipt, since))
        case_id, since = _joined(lines)
    return tuple(records)


def _speaks_in(lines: Lines, receipt: str) -> bool:
    return any(isinstance(line.payload, VoiceAdded) and line.payload.receipt == receipt for line in lines if line)


def _joined(lines: Lines) -> tuple[str | None, datetime | None]:
    """The case that handles the matter from some moment on."""
    joined = [(line.payload.into, line.at) for line in lines if line and isinstance(line.payload, Joined)]
    return joined[-1] if joined else (None, None)


def _record(case_id: str, lines: Lines, receipt: str, since: datetime | None) -> Record:
    wrong = set(misfits(case_id, lines))
    sound = [line for number, line in enumerate(lines, start=1) if line is not None and number not in wrong]
    standing, last = _standing(sound), roots.last_root()
    first = lines[0].payload if lines and lines[0] else None
    sealed = not isinstance(first, Filed) or first.sealed  # what cannot be read is not shown either
    links: list[Link] = []
    for number, event in enumerate(lines, start=1):
        if event is None:
            links.append(Link(number, "", "", holds=False, waits=False, standing=None, event=None, line=None))
            continue
        stands = standing.get(event.hash)
        waits = stands is None and (last is None or day_of(event.at) >= last.day)
        hers = not sealed and concerns(event, receipt) and (since is None or event.at >= since)
        links.append(
            Link(
                number,
                event.hash,
                event.previous,
                holds=number not in wrong and (waits or stands is not None),
                waits=waits,
                standing=stands,
                event=event if hers else None,
                line=line_of(event) if hers and _her_own_word(event, receipt) else None,
            )
        )
    return Record(sealed, _complete(case_id, lines), tuple(links))


def _standing(events: Iterable[Event]) -> dict[str, Standing]:
    """By their hashes, the roots in which events stand: that of their day or, stored late, of the day after."""
    by_day: dict[date, list[str]] = {}
    for event in events:
        by_day.setdefault(day_of(event.at), []).append(event.hash)
    found: dict[str, Standing] = {}
    for own_day, hashes in by_day.items():
        for day in (own_day, own_day + ONE_DAY):
            left = [hash_ for hash_ in hashes if hash_ not in found]
            closed = roots.root_of(day) if left else None
            if closed is not None:
                found |= {hash_: Standing(day, proof) for hash_, proof in roots.proofs(closed, left).items()}
    return found


def _her_own_word(event: Event, receipt: str) -> bool:
    """Whether the whole line is what the citizen herself said: then it holds nothing that is another's."""
    return event.by.role is Role.CITIZEN and getattr(event.payload, "receipt", None) == receipt


def _complete(case_id: str, lines: Lines) -> bool:
    """Whether the record ends where the case, as it is stored, has got to."""
    try:
        case = cases.load(case_id)
    except (NotFound, msgspec.MsgspecError):
        return False
    last = lines[-1] if lines else None
    return last is not None and (case.version, case.last_hash) == (len(lines), last.hash)
