"""The whole table, read once: what the checks of a soak look at."""

from collections.abc import Iterator

from msgspec import Struct, field

from chalicelib.domain.case import Case
from chalicelib.domain.events import Event
from chalicelib.domain.submission import Submission
from chalicelib.storage.notices import Attempted
from chalicelib.storage.records import unpack, unpack_event
from chalicelib.storage.submissions import Checked, Folder, Supplement
from chalicelib.storage.table import DeskItem


class Kept(Struct):
    """What stands under one case. ``due_at``: where it stands in the index of what is due."""

    case: Case | None = None
    due_at: str | None = None
    events: list[Event] = field(default_factory=list)
    notices: list[Attempted] = field(default_factory=list)


class Desk(Struct):
    """Every case, submission and unsent message."""

    cases: dict[str, Kept] = field(default_factory=dict)
    folders: dict[str, Folder] = field(default_factory=dict)
    outbox: list[tuple[str, str | None]] = field(default_factory=list)  # key, and when it is due; None: given up

    def events(self) -> Iterator[Event]:
        """Every event of every case."""
        for kept in self.cases.values():
            yield from kept.events

    def case_of(self, receipt: str) -> Case | None:
        """The case that has the voice of a receipt now; None where the trail ends."""
        folder = self.folders.get(receipt)
        kept = self.cases.get(folder.submission.case_id) if folder is not None else None
        case = kept.case if kept is not None else None
        while case is not None and case.joined_to is not None:
            into = self.cases.get(case.joined_to)
            if into is None or into.case is None:
                return None
            if into.case.voice(receipt) is None:  # withdrawn before the case that it was in was joined on
                break
            case = into.case
        return case


def read() -> Desk:
    """This process's table as it is now."""
    desk = Desk()
    parts: dict[str, tuple[list[Submission], list[Checked], list[Supplement]]] = {}
    for item in DeskItem.scan(consistent_read=True):
        what, _, name = item.pk.partition("#")
        if what == "case":
            _take(desk.cases.setdefault(name, Kept()), item)
        elif what == "outbox":
            desk.outbox.append((item.pk, item.due_at))
        elif what == "receipt":
            submissions, checked, supplements = parts.setdefault(name, ([], [], []))
            if item.sk == "submission":
                submissions.append(unpack(item.body, Submission))
            elif item.sk.startswith("attachment#"):
                checked.append(unpack(item.body, Checked))
            elif item.sk.startswith("supplement#"):
                supplements.append(unpack(item.body, Supplement))
    for receipt, (submissions, checked, supplements) in parts.items():
        if submissions:
            desk.folders[receipt] = Folder(submissions[0], tuple(checked), tuple(supplements))
    return desk


def _take(kept: Kept, item: DeskItem) -> None:
    if item.sk == "case":
        kept.case, kept.due_at = unpack(item.body, Case), item.due_at
    elif item.sk.startswith("event#"):
        kept.events.append(unpack_event(item.body))
    elif item.sk.startswith("notice#"):
        kept.notices.append(unpack(item.body, Attempted))
