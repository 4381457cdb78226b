"""Advice: what was decided is public with its writers' consent, in the reply's own outcome, only while it stands."""

from itertools import product

import pytest
from msgspec.structs import replace

from chalicelib.domain import deciding, handling, splitting
from chalicelib.domain import events as happened
from chalicelib.domain.calling_back import rework
from chalicelib.domain.case import Case
from chalicelib.domain.errors import FieldError, Invalid, NotAllowed, RuleBroken
from chalicelib.domain.events import Drafted, Filed, Reason, Replied
from chalicelib.domain.folding import fold
from chalicelib.domain.handling import outcomes_of
from chalicelib.domain.moves import open_to, permit
from chalicelib.domain.words import Action, Channel, Kind, Outcome, ReworkGround, Role, State
from chalicelib.storage.placing import TO_PUBLISH, pointers
from tests.unit.matter import ACTORS, BASIS, FIRST, SECOND, TRADE, Matter, acting

CLERK, CITIZEN = ACTORS[Role.CLERK], ACTORS[Role.CITIZEN]
TITLE, TEXT = "增设候车亭", "已采纳，年底前增设候车亭二十座。"


def advice(consents: bool = True, kind: Kind = Kind.ADVICE) -> Matter:
    """Somebody wrote, and said whether it may be published."""
    matter = Matter()
    sealed = kind is Kind.ACCUSATION
    clocks = TRADE.to_register(matter.now)
    filed = Filed(
        FIRST, kind, Channel.WEB, "petitions", "" if sealed else "建议增设候车亭", None, sealed, "d" * 64, clocks,
        may_publish=consents,
    )  # fmt: skip
    return matter.happens(filed, by=CITIZEN)


def answered(matter: Matter, outcome: Outcome = Outcome.ADOPTED) -> Matter:
    """It was weighed and answered."""
    if matter.case.state is not State.IN_HANDLING:
        matter.at(State.IN_HANDLING)
    drafted = Drafted("已经研究。", outcome)
    matter.happens(drafted, by=acting(Role.HANDLER, matter.case))
    replied = handling.reply(matter.case, drafted, matter.now, TRADE)
    return matter.happens(replied, by=acting(Role.HEAD, matter.case))


def joined(matter: Matter, consents: bool) -> Matter:
    """Another citizen's letter of the same advice is joined."""
    added = happened.VoiceAdded(SECOND, "case-of-another", matter.now, None, BASIS, may_publish=consents)
    return matter.happens(added)


def published(matter: Matter) -> Matter:
    """What was decided is public."""
    return matter.happens(deciding.publish_decision(matter.case, TITLE, TEXT), by=CLERK)


def rule(case: Case, action: Action) -> str | None:
    """Which rule stands against the clerk's step; None where none does."""
    try:
        permit(case, action, CLERK, case.moved_at)
    except (RuleBroken, NotAllowed) as broken:
        return broken.code
    return None


WHO = list(product(Kind, (True, False)))


@pytest.mark.parametrize(("kind", "consents"), WHO)
@pytest.mark.parametrize("role", Role)
def test_only_the_clerk_publishes_and_only_advice_that_was_decided_with_consent(
    role: Role, kind: Kind, consents: bool
) -> None:
    for outcome in outcomes_of(kind):
        case = answered(advice(consents, kind), outcome).case
        offered = set(open_to(case, acting(role, case), case.moved_at))
        decided = kind is Kind.ADVICE and outcome in (Outcome.ADOPTED, Outcome.NOT_ADOPTED)
        may = role is Role.CLERK and decided and consents
        assert (Action.PUBLISH_DECISION in offered, Action.WITHHOLD_DECISION in offered) == (may, may)
        assert Action.TAKE_DOWN_DECISION not in offered
        assert (TO_PUBLISH in pointers(case)) == (decided and consents)


@pytest.mark.parametrize(
    ("consents", "outcome", "why"),
    [
        (False, Outcome.ADOPTED, "decision.no_consent"),
        (True, Outcome.EXPLAINED, "decision.no_advice"),
        (True, Outcome.NOT_ADOPTED, None),
    ],
)
def test_the_rule_that_stands_against_it_is_named(consents: bool, outcome: Outcome, why: str | None) -> None:
    case = answered(advice(consents), outcome).case
    assert rule(case, Action.PUBLISH_DECISION) == why
    if why is not None:
        with pytest.raises(RuleBroken) as refused:
            deciding.publish_decision(case, TITLE, TEXT)
        assert refused.value.code == why


def test_an_accusation_is_never_published_even_if_its_record_said_that_it_may_be() -> None:
    case = answered(advice(True, Kind.ACCUSATION), Outcome.EXPLAINED).case
    forged = replace(case, decision=Outcome.ADOPTED)
    assert rule(forged, Action.PUBLISH_DECISION) == "not_allowed"
    assert pointers(forged) == frozenset()


def test_nobody_publishes_before_the_reply() -> None:
    case = advice().at(State.AWAITING_APPROVAL).case
    assert Action.PUBLISH_DECISION not in open_to(case, CLERK, case.moved_at)
    assert case.decision is None


def test_what_is_published_carries_the_outcome_of_the_reply_and_quotes_who_consents() -> None:
    matter = published(answered(joined(advice(), consents=False), Outcome.NOT_ADOPTED))
    assert matter.case.published is not None
    assert (matter.case.published.outcome, matter.case.published.quoted) == (Outcome.NOT_ADOPTED, (FIRST,))
    assert rule(matter.case, Action.PUBLISH_DECISION) == "decision.no_advice", "it is public already"
    assert TO_PUBLISH not in pointers(matter.case)
    assert fold(matter.events) == matter.case


@pytest.mark.parametrize(
    ("title", "text", "field"),
    [(" ", TEXT, "title"), (TITLE, "\n", "text"), ("长" * 101, TEXT, "title")],
)
def test_it_needs_a_title_and_a_text(title: str, text: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        deciding.publish_decision(answered(advice()).case, title, text)
    assert [error.field for error in refused.value.errors] == [field]


def test_what_is_withheld_is_not_asked_for_again_and_can_still_be_published() -> None:
    matter = answered(advice()).happens(deciding.withhold_decision("与另一件重复。"), by=CLERK)
    assert TO_PUBLISH not in pointers(matter.case)
    assert rule(matter.case, Action.WITHHOLD_DECISION) == "decision.settled"
    assert rule(matter.case, Action.PUBLISH_DECISION) is None
    with pytest.raises(Invalid) as refused:
        deciding.withhold_decision(" ")
    assert refused.value.errors == [FieldError("words", "field.empty")]


def test_what_the_desk_took_down_is_not_asked_for_again() -> None:
    matter = published(answered(advice())).happens(deciding.take_down_decision("内容有误。"), by=CLERK)
    assert matter.case.published is None
    assert TO_PUBLISH not in pointers(matter.case)
    assert rule(matter.case, Action.PUBLISH_DECISION) is None


def test_a_consent_that_is_withdrawn_takes_down_what_quotes_her_in_the_same_moment() -> None:
    matter = published(answered(advice()))
    taken = deciding.withdraw_consent(matter.case, FIRST)
    assert [type(one) for one in taken] == [happened.ConsentWithdrawn, happened.DecisionTakenDown]
    matter.happens(*taken, by=CITIZEN)
    assert (matter.case.published, matter.case.consenting) == (None, ())
    assert rule(matter.case, Action.PUBLISH_DECISION) == "decision.no_consent"
    assert TO_PUBLISH not in pointers(matter.case)
    with pytest.raises(NotAllowed):
        deciding.withdraw_consent(matter.case, FIRST)


def test_when_one_of_two_no_longer_consents_the_desk_may_publish_anew_with_the_other() -> None:
    matter = published(answered(joined(advice(), consents=True)))
    matter.happens(*deciding.withdraw_consent(matter.case, SECOND), by=CITIZEN)
    assert matter.case.published is None
    assert TO_PUBLISH in pointers(matter.case)
    again = published(matter).case.published
    assert again is not None
    assert again.quoted == (FIRST,)


def test_who_is_not_quoted_cannot_take_it_down() -> None:
    matter = published(answered(joined(advice(), consents=False)))
    with pytest.raises(NotAllowed):
        deciding.withdraw_consent(matter.case, SECOND)


def test_a_consent_goes_along_with_a_joined_letter_and_stays_withdrawn_when_it_is_split_off_again() -> None:
    origin, into = advice().at(State.REGISTERED), Matter(case_id="320000000002").filed(SECOND, Kind.ADVICE)
    into.at(State.IN_HANDLING)
    ending, added = handling.join(origin.case, into.case, BASIS)
    origin.happens(ending, by=CLERK)
    into.happens(*added, by=CLERK)
    assert into.case.consenting == (FIRST,)
    into.happens(*deciding.withdraw_consent(into.case, FIRST), by=CITIZEN)
    leaving, off = splitting.split(into.case, origin.case, "是另一件事。", into.now, TRADE)
    into.happens(leaving, by=CLERK)
    origin.happens(off, by=CLERK)
    assert origin.case.consenting == ()
    assert origin.case.receipts == (FIRST,)


def test_a_split_letter_keeps_the_consent_that_stands() -> None:
    origin, into = advice().at(State.REGISTERED), Matter(case_id="320000000002").filed(SECOND, Kind.ADVICE)
    into.at(State.IN_HANDLING)
    ending, added = handling.join(origin.case, into.case, BASIS)
    into.happens(*added, by=CLERK)
    leaving, off = splitting.split(into.case, origin.happens(ending).case, "是另一件事。", into.now, TRADE)
    assert origin.happens(off, by=CLERK).case.consenting == (FIRST,)
    assert into.happens(leaving, by=CLERK).case.consenting == ()


def test_what_is_done_again_is_no_longer_public_until_it_is_answered_anew() -> None:
    matter = published(answered(advice()))
    decided = rework(matter.case, ReworkGround.NOT_DONE, "没有装。", matter.now, TRADE)
    assert [type(one).__name__ for one in decided] == ["DecisionTakenDown", "ReworkOrdered"]
    matter.happens(*decided, by=CLERK)
    assert (matter.case.published, matter.case.decision, matter.case.withheld) == (None, None, False)
    again = answered(matter, Outcome.NOT_ADOPTED).case
    assert again.decision is Outcome.NOT_ADOPTED
    assert TO_PUBLISH in pointers(again)


def test_what_was_decided_before_and_is_only_told_again_is_nothing_to_publish() -> None:
    matter = advice().at(State.REGISTERED)
    told = handling.reply(matter.case, Drafted("同一建议已采纳。", Outcome.ADOPTED), matter.now, TRADE)
    assert isinstance(told, Replied)
    case = matter.happens(replace(told, unit="transport", known_from="320000000002")).case
    assert case.state is State.REPLIED
    assert case.decision is None


def test_who_has_withdrawn_her_letter_consents_to_nothing() -> None:
    matter = joined(advice(), consents=False).happens(happened.VoiceWithdrawn(FIRST, "不提了"), by=CITIZEN)
    assert matter.case.consenting == ()


def test_a_citizen_may_take_her_consent_back_as_long_as_the_matter_lives_and_after_it_is_concluded() -> None:
    for state in (State.RECEIVED, State.IN_HANDLING, State.REPLIED, State.CONCLUDED):
        case = advice().at(state).case
        assert Action.WITHDRAW_CONSENT in open_to(case, CITIZEN, case.moved_at), state
        silent = advice(consents=False).at(state).case
        assert Action.WITHDRAW_CONSENT not in open_to(silent, CITIZEN, silent.moved_at), state


def test_a_reason_stands_with_what_was_taken_down() -> None:
    assert Reason("decision.consent_withdrawn", {}) == deciding.NO_CONSENT_LEFT
    assert deciding.take_down_decision("内容有误。").words == "内容有误。"
