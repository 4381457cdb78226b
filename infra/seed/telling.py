"""One story, told by the people of the desk: each step goes through the use case that a person would use."""

import re
from datetime import date, datetime, time, timedelta

import msgspec

from chalicelib.desk import arranging, cities, handling, publishing, routing, submitting, tracking
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.case import Case
from chalicelib.domain.city import Unit
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Outcome, Role, State
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from infra.seed.hours import BREATH, Steps, office
from infra.seed.learning import category_for
from infra.seed.pressing import pressed
from infra.seed.staff import desk_staff, leader_of, unit_staff
from infra.seed.stories import End, Publication, Reply, Story
from infra.seed.together import arranged

NOT_OURS = "经核查，该事项不属我单位职责，应由{unit}办理，请予改派。"
NEVER_TRIED_AGAIN = timedelta(days=60)


def told(story: Story, now: datetime) -> Steps:
    """The story as it goes on. ``now`` is the moment from which its days are counted back."""
    at = _filed_at(story, now)
    yield at
    receipt = submitting.submit(_form(story), "zh", at).number
    case_id = load_submission(receipt).case_id
    if story.end is End.RECEIVED:
        return at
    routing.route(Message(Topic.ROUTING, case_id, 1), at)
    if cases.load(case_id).state is State.JOINED:
        return (yield from _rated_when_answered(story, receipt, at))
    if story.end is End.WITHDRAWN:
        at = office(at + timedelta(days=story.decided_after_days))
        yield at
        tracking.withdraw(receipt, {"reason": story.withdraw_reason or ""}, at)
        return at
    return (yield from _worked(story, case_id, receipt, at))


def _worked(story: Story, case_id: str, receipt: str, filed_at: datetime) -> Steps:
    """From the intake clerk to the citizen's rating, as far as the story goes."""
    at = yield from _brought_to_its_unit(story, case_id, filed_at)
    if cases.load(case_id).unit is None or story.end is End.DISPATCHED:
        return at
    at = yield from _handled(story, case_id, filed_at, at)
    if story.publication is not None:
        at = yield from _published(story.publication, case_id, at)
    if story.end is End.RATED:
        at = yield from _rated_when_answered(story, receipt, at)
    return at


def _brought_to_its_unit(story: Story, case_id: str, filed_at: datetime) -> Steps:
    case = cases.load(case_id)
    if case.state is State.REGISTERED:
        return (yield from _dispatched_by_the_clerk(story, case_id, filed_at))
    if story.unit is not None and case.unit != story.unit:
        return (yield from _returned_and_sent_on(story, case_id, story.unit, filed_at))
    return filed_at


def _dispatched_by_the_clerk(story: Story, case_id: str, filed_at: datetime) -> Steps:
    """What the rules left to her: she declines it, or accepts it and finds the unit."""
    clerk = desk_staff(Role.CLERK, cities.known())
    if story.end is End.CLERK:
        return filed_at
    if story.leader_dispatch is not None:
        at = office(filed_at + timedelta(hours=3))
        yield at
        leader, version = leader_of(story.mailbox, cities.known()), cases.load(case_id).version
        arranging.dispatch_by_instruction(case_id, version, leader, at, story.unit or "", story.leader_dispatch)
        return at
    thinking = timedelta(hours=2) if story.decline is None else timedelta(days=story.decided_after_days)
    at = office(filed_at + thinking)
    yield at
    case = cases.load(case_id)
    if story.decline is not None:
        handling.decline(case_id, case.version, clerk, at, story.decline.ground, story.decline.where_to)
        return at
    about = category_for(case, story.title, story.text, story.unit, cities.known())
    handling.accept(case_id, case.version, clerk, at, about)
    if story.end is End.ACCEPTED:
        return at
    at += BREATH
    yield at
    case = cases.load(case_id)
    if story.direct:
        arranging.handle_directly(case_id, case.version, clerk, at)
    else:
        handling.dispatch(case_id, case.version, clerk, at, story.unit or case.suggested_unit or "")
    return at


def _returned_and_sent_on(story: Story, case_id: str, unit_id: str, filed_at: datetime) -> Steps:
    """The rules took the wrong unit: it says so, and the clerk sends the matter where it belongs."""
    at = office(filed_at + timedelta(hours=5))
    yield at
    case = cases.load(case_id)
    ground = NOT_OURS.format(unit=_unit(unit_id).name.zh)
    handling.return_to_desk(case_id, case.version, _handler(case), at, ground)
    at = office(at + timedelta(hours=2))
    yield at
    case = cases.load(case_id)
    about = category_for(case, story.title, story.text, unit_id, cities.known())
    handling.dispatch(case_id, case.version, desk_staff(Role.CLERK, cities.known()), at, unit_id, category=about)
    return at


def _handled(story: Story, case_id: str, filed_at: datetime, at: datetime) -> Steps:
    """What the unit does, and what the leader writes on it."""
    term = timedelta(days=story.reply_after_days)
    if story.instruction is not None:
        at = office(at + BREATH)
        yield at
        case = cases.load(case_id)
        handling.instruct(case_id, case.version, leader_of(story.mailbox, cities.known()), at, story.instruction)
    at = office(max(filed_at + term * 0.2, at + BREATH))
    yield at
    case = cases.load(case_id)
    if story.end is End.RETURNED:
        handling.return_to_desk(case_id, case.version, _handler(case), at, story.return_ground or "")
        return at
    if case.state is State.DISPATCHED:
        handling.sign(case_id, case.version, _handler(case), at)
    at = yield from arranged(story, case_id, at)
    at = yield from pressed(story, case_id, at)
    if cases.load(case_id).state is State.IN_CONFERENCE:
        return at
    if story.note is not None:
        at = office(max(filed_at + term * 0.4, at + BREATH))
        yield at
        case = cases.load(case_id)
        handling.note(case_id, case.version, _handler(case), at, story.note, True)
    if story.reply is None:
        return at
    at = office(max(filed_at + term - timedelta(hours=5), at + BREATH))
    yield at
    case = cases.load(case_id)
    text, done_on = _reply_text(story.reply.text, at, _unit(case.unit)), _promised(story.reply, at)
    handling.draft(case_id, case.version, _handler(case), at, text, story.reply.outcome, done_on)
    if story.end is End.DRAFT:
        return at
    at = office(max(filed_at + term, at + BREATH))
    yield at
    case = cases.load(case_id)
    handling.reply(case_id, case.version, unit_staff(Role.HEAD, case.unit or "", cities.known()), at)
    return at


def _published(publication: Publication, case_id: str, at: datetime) -> Steps:
    """The clerk reads the reply the next day, and makes known what was decided."""
    at = office(at + timedelta(hours=18))
    yield at
    case = cases.load(case_id)
    title, text = publication.title, _reply_text(publication.text, at, _unit(case.unit))
    publishing.publish_decision(case_id, case.version, desk_staff(Role.CLERK, cities.known()), at, title, text)
    return at


def _rated_when_answered(story: Story, receipt: str, at: datetime) -> Steps:
    """The citizen looks every evening whether she is answered, and then says what it is worth."""
    until = at + NEVER_TRIED_AGAIN
    while story.rating is not None and at < until:
        at = datetime.combine(at.astimezone(SHANGHAI).date() + timedelta(days=1), time(20, 40), SHANGHAI)
        yield at
        if tracking.track(receipt, at).voice.answered_at is not None:
            tracking.rate(receipt, msgspec.to_builtins(story.rating), at)
            break
    return at


def _filed_at(story: Story, now: datetime) -> datetime:
    day = now.astimezone(SHANGHAI) - timedelta(days=story.days_ago)
    at = day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=story.hour)
    return min(at, now - BREATH) if story.end is not End.RECEIVED else now - timedelta(seconds=5 * story.hour)


def _form(story: Story) -> dict[str, object]:
    return {
        "key": story.key,
        "mailbox": story.mailbox,
        "kind": story.kind.value,
        "title": story.title,
        "text": story.text,
        "area": story.area,
        "place": "",
        "happened_on": "",
        "anonymous": story.anonymous,
        "name": story.name,
        "phone": story.phone,
        "email": "",
        "keep_name_from_unit": story.keep_name_from_unit,
        "may_publish": story.may_publish,
        "uploads": [],
    }


def _handler(case: Case) -> Staff:
    if case.direct:
        return desk_staff(Role.CLERK, cities.known())
    return unit_staff(Role.HANDLER, case.unit or "", cities.known())


def _unit(unit_id: str | None) -> Unit:
    unit = cities.known().unit(unit_id)
    if unit is None:
        raise LookupError(f"no unit {unit_id!r} in the demo city")
    return unit


def _promised(reply: Reply, at: datetime) -> date | None:
    """The day that a reply promises: the last one that it names."""
    if reply.outcome is not Outcome.BY_DATE:
        return None
    named = [int(days) for days in re.findall(r"\{date\+(\d+)\}", reply.text)]
    return (at + timedelta(days=max(named, default=30))).astimezone(SHANGHAI).date()


def _reply_text(text: str, at: datetime, unit: Unit) -> str:
    """The reply with its days and its telephone number."""

    def day(match: re.Match[str]) -> str:
        meant = at.astimezone(SHANGHAI) + timedelta(days=int(match[1] or 0))
        return f"{meant.month}月{meant.day}日"

    return re.sub(r"\{date([+-]\d+)?\}", day, text).replace("{phone}", unit.phone)
