"""Who tries what, when, and what they fill in: drawn at random, but so that a case gets far enough for every move."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from msgspec.structs import replace

from chalicelib.domain.agency_words import Progress
from chalicelib.domain.case import Case
from chalicelib.domain.city import City
from chalicelib.domain.events import CITIZEN, DESK, Actor, Drafted, Event, ExtensionAsked
from chalicelib.domain.handling import outcomes_of
from chalicelib.domain.moves import MOVES, Move
from chalicelib.domain.words import (
    UNIT_ROLES,
    Action,
    Found,
    InspectionWay,
    Kind,
    Outcome,
    ReworkGround,
    Role,
    Satisfaction,
    Solved,
)
from infra.walk.deciding import Form
from infra.walk.judging import is_lawful

LAWFUL_OF_100 = 75  # tries; of the others most are unlawful, some by chance are not
TO_ONE_OF_100 = 50  # replies that answer one citizen of several
KINDS = {Kind.APPEAL: 6, Kind.ADVICE: 2, Kind.CONSULTATION: 1, Kind.ACCUSATION: 2, Kind.THANKS: 1}
_HOUR, _DAY = 60, 24 * 60
GAPS = {5: 6, 2 * _HOUR: 6, _DAY: 6, 4 * _DAY: 3, 12 * _DAY: 2, 40 * _DAY: 1}  # at most so many minutes: how often

# beside 10 for all others: what ends a matter or only adds to its record comes seldom, what few cases reach, often
WEIGHTS = {
    Action.JOIN: 15,
    Action.SPLIT: 2,
    Action.REPLY: 40,
    Action.SEND_BACK: 3,
    Action.ANSWER_KNOWN: 250,
    Action.DISPATCH_BY_INSTRUCTION: 3,
    Action.HANDLE_DIRECTLY: 3,
    Action.CALL_CONFERENCE: 2,
    Action.HOLD_CONFERENCE: 30,
    Action.NAME_OWNER: 0.3,
    Action.ASK_ASSISTANCE: 4,
    Action.CALL_OFF_ASSISTANCE: 3,
    Action.PUBLISH_DECISION: 40,
    Action.WITHHOLD_DECISION: 250,
    Action.TAKE_DOWN_DECISION: 20,
    Action.WITHDRAW_CONSENT: 0.3,
    Action.DECLINE: 0.5,
    Action.REFER: 0.5,
    Action.TRANSFER: 2,
    Action.REPORT_STATUS: 3,
    Action.ANSWER_TRANSFER: 8,
    Action.RETURN_TRANSFER: 4,
    Action.SET_DEADLINE: 0.4,
    Action.RETURN_REFERRAL: 15,
    Action.WITHDRAW: 0.6,
    Action.NOTE: 2,
    Action.REMIND: 1,
    Action.SUPERVISE: 1,
    Action.ANSWER_ORDER: 3,
    Action.INSPECT: 1.5,
    Action.RELEASE: 1,
    Action.ORDER_INSPECTION: 0.3,
    Action.END_INSPECTION: 1,
    Action.INSTRUCT: 0.5,
    Action.MARK_RISK: 1,
    Action.CORRECT_AREA: 1,
    Action.SUPPLEMENT: 1,
    Action.RETURN: 3,
    Action.CONCLUDE: 3,
    Action.ASK: 5,
    Action.REWORK: 4,
    Action.ENDORSE_EXTENSION: 20,
    Action.GRANT_EXTENSION: 30,
    Action.CALL_BACK: 20,
    Action.ASK_REVIEW: 30,
    Action.INVITE_LAY: 5,
    Action.UNINVITE_LAY: 12,
    Action.ANSWER_INVITATION: 6,
    Action.GIVE_OPINION: 3,
}
_PEOPLE = {
    role: {Role.CITIZEN: CITIZEN, Role.DESK: DESK}.get(role, Actor(role, role.value, None, role.value)) for role in Role
}


def kind(random: Random) -> Kind:
    """What a citizen wants."""
    return random.choices(list(KINDS), list(KINDS.values()))[0]


def consents(random: Random) -> bool:
    """Whether a citizen lets her matter be published: most do."""
    return random.randrange(5) > 0


def referred(random: Random) -> timedelta | None:
    """Whether another agency refers the matter, and how long it gives us: few do."""
    return timedelta(days=random.randint(2, 90)) if random.randrange(5) == 0 else None


def gap(random: Random) -> timedelta:
    """How long nobody does anything: minutes to weeks."""
    longest = random.choices(list(GAPS), list(GAPS.values()))[0]
    return timedelta(minutes=random.uniform(0, longest))


def attempt(random: Random, case: Case, city: City, at: datetime) -> tuple[Action, Actor]:
    """Somebody, and what they try: mostly what the table lets them, else anything at all."""
    lawful = list(lawful_tries(case, at)) if random.randrange(100) < LAWFUL_OF_100 else []
    if lawful:
        return random.choices(lawful, [_weight(case, action) for action, _ in lawful])[0]
    role = random.choice(list(Role))
    concerned = (case.in_charge, case.first_asked, *case.assisting, *case.overseen_by, case.keeper)
    unit = random.choice((*concerned, random.choice(city.units).id, None))
    return random.choice(list(Action)), replace(_PEOPLE[role], unit=unit) if role in UNIT_ROLES else _PEOPLE[role]


def _weight(case: Case, action: Action) -> float:
    """For each who may take it. Of several citizens one withdraws more often: the matter goes on without her."""
    several = 4 if action is Action.WITHDRAW and len(case.receipts) > 1 else 1
    return several * WEIGHTS.get(action, 10) / len(MOVES[action].roles)


def lawful_tries(case: Case, at: datetime) -> Iterator[tuple[Action, Actor]]:
    """What somebody may try on ``case`` at ``at``, and who; of a unit's people, those who have to do with it."""
    for action, move in MOVES.items():
        if case.state in move.states:
            for by in _people(case, move):
                if is_lawful(case, action, by, at):
                    yield action, by


def _people(case: Case, move: Move) -> Iterator[Actor]:
    concerned = (case.in_charge, case.first_asked, *case.assisting, *case.overseen_by, case.keeper)
    units = sorted({unit for unit in concerned if unit is not None})
    for role in sorted(move.roles | {Role.CLERK} if move.direct else move.roles):
        yield from (replace(_PEOPLE[role], unit=unit) for unit in units) if role in UNIT_ROLES else [_PEOPLE[role]]


def form(random: Random, case: Case, events: list[Event], other: Case, by: Actor, city: City, at: datetime) -> Form:
    """What ``by`` fills in. A citizen is mostly one of the case's own, a call or a rating as often bad as good."""
    voice = random.choice(case.voices)
    one_of_several = len(case.voices) > 1 and random.randrange(100) < TO_ONE_OF_100
    drafted = events[case.draft - 1].payload if case.draft is not None else None
    asked = events[case.extension.asked - 1].payload if case.extension is not None else None
    return Form(
        by=by,
        receipt=voice.receipt if random.randrange(20) else other.voices[0].receipt,
        unit=random.choice((case.unit or case.suggested_unit or city.desk_unit, random.choice(city.units).id)),
        city=city,
        other=other,
        receipts=(voice.receipt,) if one_of_several else None,
        drafted=drafted if isinstance(drafted, Drafted) else None,
        asked=asked if isinstance(asked, ExtensionAsked) else None,
        days=random.randint(1, 35),
        urgent=random.randrange(10) == 0,
        upheld=random.random() < 0.6,
        reached=random.random() < 0.7,
        solved=random.choice(list(Solved)),
        satisfaction=random.choice(list(Satisfaction)),
        rework=random.choice(list(ReworkGround)),
        outcome=random.choice(outcomes_of(case.kind) if random.randrange(10) else list(Outcome)),
        done_on=(at + timedelta(days=random.randint(0, 90))).date() if random.randrange(10) else None,
        members=tuple(unit.id for unit in random.sample(city.units, random.randint(1, 4))),
        confers_in=timedelta(hours=random.randint(-2, 200)),
        bound_in=timedelta(days=random.randint(1, 90)),
        progress=random.choice(list(Progress)),
        level=random.choice((None, 1, 2, 3, 4)),
        way=random.choice(list(InspectionWay)),
        found=random.choice(list(Found)),
        risk=random.choice(city.risks).id,
        area=random.choice(city.areas).code,
    )
