"""What happens to a letter, and when: drawn by lot within what its fate allows, and taken by the desk's own rules."""

from datetime import datetime, timedelta
from math import log
from random import Random

from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.desk.committing import Step
from chalicelib.domain import calling_back, deciding, extending, handling, rating, routing
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.case import Case
from chalicelib.domain.events import CITIZEN, DESK, Drafted, ExtensionAsked, LeftToClerk, Rated, Reason, Registered
from chalicelib.domain.reply_check import Answering, Asked, check
from chalicelib.domain.words import (
    ANSWERED,
    Action,
    Attitude,
    Kind,
    Outcome,
    ReworkGround,
    Satisfaction,
    Solved,
    State,
)
from infra.seed.hours import office
from infra.year.city import SECRETARY, bureaus_of, city_of_the_year, departments
from infra.year.living import Life, YearIsOver, clerk, handler, head
from infra.year.plan import ENDS, Fate, Letter
from infra.year.writing import Written, words

BY_A_PERSON = Reason("basis.person", {})
TO_DEPARTMENTS, TO_BUREAUS = 0.40, 0.35  # of what the clerk dispatches; the rest goes to towns
RETURNED, EXTENDED, NOTED = 0.02, 0.015, 0.10  # of the letters that a unit gets
NEVER_SIGNED = 0.25  # of those that stay unanswered
RATES, CALLED, REDONE, PUBLISHED, WITHHELD = 0.45, 0.7, 0.2, 0.6, 0.15
WORTH = {Satisfaction.SATISFIED: 78, Satisfaction.FAIRLY: 14, Satisfaction.NOT: 8}
OUTCOMES = {
    Kind.ADVICE: {Outcome.ADOPTED: 30, Outcome.NOT_ADOPTED: 15, Outcome.EXPLAINED: 55},
    Kind.APPEAL: {Outcome.SOLVED: 60, Outcome.EXPLAINED: 25, Outcome.BY_DATE: 8, Outcome.CANNOT: 7},
}
ELSE = {Outcome.EXPLAINED: 1}  # of a consultation, of thanks
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RATED_WITHIN = 14 * DAY
TIME_TO_REDO = 16 * DAY


def live(letter: Letter, written: Written, receipt: str, seed: int) -> Life:
    """The whole way of a letter until the year ends, with every sweep that came until then."""
    life, lots = Life(letter, written, receipt), Random(f"live {seed} {letter.number}")
    try:
        _arrives(life, lots)
        if life.case.state is not State.DISPATCHED:
            _goes_to_a_unit(life, lots)
        if lots.random() < RETURNED and letter.kind is not Kind.CONSULTATION and not letter.in_person:
            _is_returned(life, lots)
        if letter.fate is Fate.UNANSWERED and lots.random() < NEVER_SIGNED:
            raise YearIsOver
        _is_signed(life, lots)
        if letter.fate is not Fate.UNANSWERED:
            _is_answered(life, lots)
            _is_judged(life, lots)
    except YearIsOver:
        pass
    life.pass_until(ENDS)
    return life


def _arrives(life: Life, lots: Random) -> None:
    """As the routing queue's function does it: a county's and a town's own letters go to their mailbox's keeper."""
    form, at = life.written.form, life.letter.filed_at + timedelta(seconds=lots.uniform(1, 20))
    letter = routing.RoutedLetter(form.mailbox, form.kind, form.title, form.text, form.area, form.place)
    routed, trade = routing.route(letter, city_of_the_year()), cities.trade()

    def register(step: Step) -> Step:
        registered = Registered(
            category=routed.category,
            area=routed.area or form.area,
            suggested_unit=routed.unit,
            urgent=routed.urgent,
            first_petition=life.letter.first,
            reasons=routed.reasons,
            clocks=trade.to_accept(step.after.clocks, at),
        )
        step = step.then([registered], DESK, at)
        if not routed.sure or routed.unit is None:
            return step.then([LeftToClerk(routed.reasons)], DESK, at)
        basis = Reason("basis.rule", {})
        step = step.then([handling.accept(step.after, at, basis, trade)], DESK, at)
        return step.then([handling.dispatch(step.after, routed.unit, at, basis, "", trade)], DESK, at)

    life.arrive(at, register)


def _before(life: Life, at: datetime, share: float) -> datetime:
    """``at``; for who is answered within the year not later than when ``share`` of what is left of it has passed."""
    if life.letter.fate is Fate.UNANSWERED:
        return at
    return min(at, life.letter.filed_at + (ENDS - life.letter.filed_at) * share)


def _goes_to_a_unit(life: Life, lots: Random) -> None:
    at = _before(life, office(life.now + HOUR * lots.expovariate(0.5)), 0.1)
    life.take(
        Action.ACCEPT, clerk(life.letter), at, lambda case: handling.accept(case, at, BY_A_PERSON, cities.trade())
    )
    _is_dispatched(life, at + timedelta(seconds=90), _unit(life, lots))


def _is_dispatched(life: Life, at: datetime, unit: str) -> None:
    life.take(
        Action.DISPATCH,
        clerk(life.letter),
        at,
        lambda case: handling.dispatch(case, unit, at, BY_A_PERSON, "", cities.trade()),
    )


def _unit(life: Life, lots: Random) -> str:
    if life.letter.in_person:
        return SECRETARY
    to = lots.random()
    if to < TO_DEPARTMENTS:
        return lots.choice(departments())
    if to < TO_DEPARTMENTS + TO_BUREAUS:
        return lots.choice(bureaus_of(life.letter.place))
    return f"town-{life.written.town}"


def _is_returned(life: Life, lots: Random) -> None:
    at, ground = _before(life, office(life.now + HOUR), 0.15), lots.choice(words().grounds)
    life.take(
        Action.RETURN, handler(life.case), at, lambda case: handling.return_to_desk(case, at, ground, cities.trade())
    )
    _is_dispatched(life, _before(life, office(at + 2 * HOUR), 0.2), _unit(life, lots))


def _is_signed(life: Life, lots: Random) -> None:
    left = life.handling.due_at - life.now if life.letter.fate is Fate.ON_TIME else 4 * DAY
    latest = life.now + left * 0.7
    at = min(office(life.now + left * lots.betavariate(1.2, 7)), latest)
    life.take(Action.SIGN, handler(life.case), _before(life, at, 0.4), lambda case: handling.sign(case, cities.trade()))


def _is_answered(life: Life, lots: Random) -> None:
    may_extend = life.letter.fate is Fate.ON_TIME and life.letter.kind is not Kind.CONSULTATION
    if may_extend and lots.random() < EXTENDED:
        _is_extended(life, lots)
    signed, at = life.now, _replied_at(life, lots)
    if lots.random() < NOTED:
        noted, text = signed + (at - signed) * 0.5, lots.choice(words().notes)
        life.take(Action.NOTE, handler(life.case), noted, lambda case: handling.note(text, public=True))
    _is_replied(life, lots, at, life.written.reply)


def _is_extended(life: Life, lots: Random) -> None:
    at, days, reason = life.now + (life.handling.due_at - life.now) * 0.1, lots.randint(3, 15), words().delays
    at, why, by = _before(life, at, 0.5), lots.choice(reason), handler(life.case)

    def ask(case: Case) -> ExtensionAsked:
        return extending.ask_extension(case, why, days, by, at, cities.trade())

    life.take(Action.ASK_EXTENSION, by, at, ask)
    asked = life.said(ExtensionAsked)
    assert isinstance(asked, ExtensionAsked)
    minute = timedelta(minutes=1)
    life.take(Action.ENDORSE_EXTENSION, head(life.case), at + 9 * minute, lambda case: extending.endorse_extension())
    life.take(
        Action.GRANT_EXTENSION,
        clerk(life.letter),
        at + 40 * minute,
        lambda case: extending.grant_extension(case, asked),
    )


def _replied_at(life: Life, lots: Random) -> datetime:
    due = life.handling.due_at
    if life.letter.fate is Fate.LATE:
        begins = max(due, life.now)
        at = office(begins + HOUR + DAY * lots.lognormvariate(log(3), 1))
        return min(at, begins + (ENDS - begins) * 0.9)
    drawn = life.now + (due - life.now) * lots.betavariate(2, 2)
    at = office(drawn)
    return _before(life, at if at <= due else drawn, 0.8)


def _is_replied(life: Life, lots: Random, at: datetime, text: str) -> None:
    kinds = OUTCOMES.get(life.letter.kind, ELSE)
    (outcome,) = lots.choices(list(kinds), list(kinds.values()))
    done_on = at.astimezone(SHANGHAI).date() + DAY * lots.randint(5, 40) if outcome is Outcome.BY_DATE else None
    drafted_at = life.now + (at - life.now) * 0.9
    form, day = life.written.form, drafted_at.astimezone(SHANGHAI).date()
    asked, answering = Asked(form.title, form.text, form.kind), Answering(text, day, outcome, done_on is not None)
    lacks = check(asked, answering, cities.known().replies).kept

    def draft(case: Case) -> Drafted:
        return replace(handling.draft(case, text, outcome, done_on, drafted_at), check=lacks)

    life.take(Action.DRAFT, handler(life.case), drafted_at, draft)
    drafted = life.said(Drafted)
    assert isinstance(drafted, Drafted)
    life.take(Action.REPLY, head(life.case), at, lambda case: handling.reply(case, drafted, at, cities.trade()))


def _is_judged(life: Life, lots: Random) -> None:
    """What the citizen says, what the desk makes of it; advice that was decided on is published, with her consent."""
    replied = life.now
    if life.case.awaits_publication:
        _is_published(life, lots, office(replied + DAY * lots.uniform(0.2, 3)))
    passed = DAY * lots.expovariate(1 / 3)
    if lots.random() >= RATES or not timedelta(0) < replied + passed - life.now or passed > RATED_WITHIN:
        return
    satisfied = _rates(life, lots, replied + passed)
    if life.case.call_back_due and lots.random() < CALLED:
        at = office(life.now + DAY * lots.uniform(0.5, 3))
        life.take(
            Action.CALL_BACK,
            clerk(life.letter),
            at,
            lambda case: calling_back.call_back(True, None, None, lots.choice(words().calls)),
        )
    if not satisfied and life.letter.kind is not Kind.ADVICE and lots.random() < REDONE:
        _is_redone(life, lots)


def _is_published(life: Life, lots: Random, at: datetime) -> None:
    form, reply, by = life.written.form, life.written.reply, clerk(life.letter)
    chance = lots.random()
    if chance < PUBLISHED:
        life.take(Action.PUBLISH_DECISION, by, at, lambda case: deciding.publish_decision(case, form.title, reply))
    elif chance < PUBLISHED + WITHHELD:
        life.take(Action.WITHHOLD_DECISION, by, at, lambda case: deciding.withhold_decision("内容涉及第三方。"))


def _rates(life: Life, lots: Random, at: datetime) -> bool:
    (worth,) = lots.choices(list(WORTH), list(WORTH.values()))
    content = worth is not Satisfaction.NOT
    said = lots.choice(words().praise if content else words().complaints)
    solved = lots.choice([Solved.YES, Solved.YES, Solved.PARTLY] if content else [Solved.NO, Solved.PARTLY])
    rated = Rated(life.receipt, solved, Attitude.GOOD if content else Attitude.FAIR, worth, said)
    life.take(Action.RATE, CITIZEN, at, lambda case: rating.rate(case, rated, at, cities.trade()))
    return content


def _is_redone(life: Life, lots: Random) -> None:
    at = office(life.now + DAY)
    if life.case.state not in ANSWERED or at > ENDS - TIME_TO_REDO:
        return  # begun so late, it would not be answered again within the year
    why = lots.choice(words().redo)
    life.take(
        Action.REWORK,
        clerk(life.letter),
        at,
        lambda case: calling_back.rework(case, ReworkGround.NOT_DONE, why, at, cities.trade()),
    )
    left = life.handling.due_at - at
    _is_replied(life, lots, at + left * lots.uniform(0.2, 0.9), words().redone)
