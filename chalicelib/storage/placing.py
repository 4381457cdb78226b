"""The lists a case stands in, by where it stands: each is one index key, so a list is one query."""

from chalicelib.domain.case import Case
from chalicelib.domain.invitations import invited
from chalicelib.domain.roots import day_of
from chalicelib.domain.words import LEFT, Light, Satisfaction, State
from chalicelib.storage.table import DeskItem, stamp

AT_THE_DESK = frozenset({State.RECEIVED, State.REGISTERED, State.ACCEPTED, State.RETURNED, State.IN_CONFERENCE})
AT_A_UNIT = frozenset({State.DISPATCHED, State.IN_HANDLING, State.WAITING, State.AWAITING_APPROVAL, State.IN_REVIEW})

DESK_LIST = "desk"
TRANSFERS = "transfers"  # 转办中: at the desks of other agencies
UNSATISFIED = "unsatisfied"
TO_PUBLISH = "to-publish"  # advice that was decided, and whose writers let it be published
CALLS = "calls"  # 回访台账: calls to be made
BACKLOG = "backlog"  # 积案, to be settled
BACKLOG_SETTLED = "backlog-settled"
EXTENSIONS = "extensions"  # endorsed, for the desk to decide
ALARMS = "alarms"  # 危及生命: what is open, and where life may be in danger
TO_INSPECT = "to-inspect"  # 督查: what a leader has inspected until done, and is due


def open_at(unit: str) -> str:
    """The list of what a unit is to do."""
    return f"unit#{unit}"


def replied_by(unit: str) -> str:
    """The list of what a unit replied to, still open to rating."""
    return f"replied#{unit}"


def done_by(unit: str) -> str:
    """The list of what a unit concluded."""
    return f"done#{unit}"


def beside(unit: str) -> str:
    """The list of what a unit has to do with and does not answer: assisting, in conference, first asked."""
    return f"beside#{unit}"


def owned_by(leader: str) -> str:
    """The list of what a leader owns."""
    return f"owner#{leader}"


def invited_to(lay: str) -> str:
    """The list of what a lay supervisor is invited to."""
    return f"lay#{lay}"


def pointers(case: Case) -> frozenset[str]:
    """The lists beside its worklist in which an open case stands, those of the backlog campaign, what awaits
    publication, what awaits an inspection, and what lay supervisors are invited to.
    """
    if case.sealed:
        return frozenset()
    lists = set()
    if not case.ended and case.state is not State.REPLIED:
        members = case.conference.members if case.conference is not None else ()
        units = {*case.assisting, *members, case.first_asked} - {None, case.in_charge}
        lists |= {beside(unit) for unit in units if unit is not None}
        if case.alarm and case.counted:
            lists.add(ALARMS)
    if case.owner is not None and case.state not in LEFT:
        lists.add(owned_by(case.owner))
    if case.backlog and case.state not in LEFT:
        lists.add(_in_campaign(case))
    if case.awaits_publication:
        lists.add(TO_PUBLISH)
    if case.inspection is not None and case.inspection.due:
        lists.add(TO_INSPECT)
    lists |= {invited_to(login) for login in invited(case.lay)}
    return frozenset(lists)


def _in_campaign(case: Case) -> str:
    """The campaign's pointer says who owns the case and since when it is backlog, so that the figures by leader are
    counted from the list's keys, without reading a case (docs/decisions/0010).
    """
    since = case.backlog_since or case.opened_at
    return f"{BACKLOG if case.settled_at is None else BACKLOG_SETTLED}#{day_of(since):%Y-%m-%d}#{case.owner or ''}"


def list_of(pointer: str) -> str:
    """The list in which a pointer stands: those of the campaign stand in one, whoever owns the case."""
    name = pointer.partition("#")[0]
    return name if name in (BACKLOG, BACKLOG_SETTLED) else pointer


def under_level(level: int) -> str:
    """The list of what is supervised at a level."""
    return f"level#{level}"


def place(item: DeskItem, case: Case) -> None:
    """Put ``case`` into its lists."""
    worklist, since = _worklist(case), case.deadline.due_at if case.deadline else case.replied_at or case.opened_at
    if worklist:
        item.worklist, item.worklist_at = worklist, f"{_rank(case, worklist)}{stamp(since)}"
    watch = _watch(case)
    if watch:
        # an order is urged by its own term
        item.watch, item.watch_at = watch, stamp(since if case.order is None else case.order.answer_by)
    if not case.sealed:
        item.mailbox, item.mailbox_at = case.mailbox, stamp(case.opened_at)


def _rank(case: Case, worklist: str) -> str:
    """What goes before the moment by which a list is sorted, so that risks come first on the clerks' and the units'."""
    if not case.risks or case.ended or not (worklist == DESK_LIST or worklist.startswith(open_at(""))):
        return ""
    return "0" if case.alarm else "1"


def _worklist(case: Case) -> str | None:
    if case.state in AT_THE_DESK:
        return DESK_LIST
    if case.state is State.WITH_AGENCY:
        return TRANSFERS
    if case.unit is None:
        return None
    if case.state in AT_A_UNIT:
        return open_at(case.in_charge or case.unit)
    if case.state is State.REPLIED:
        return replied_by(case.unit)
    return done_by(case.unit) if case.state in (State.CONCLUDED, State.TERMINATED) else None


def _watch(case: Case) -> str | None:
    if case.order is not None:
        return under_level(case.order.level)
    if case.call_back_due:
        return CALLS
    if case.extension is not None and case.extension.endorsed:
        return EXTENSIONS
    if not case.counted:
        return None
    if case.light in (Light.YELLOW, Light.RED):
        return case.light.value
    if case.state is State.REPLIED and any(voice.satisfaction is Satisfaction.NOT for voice in case.voices):
        return UNSATISFIED
    return None
