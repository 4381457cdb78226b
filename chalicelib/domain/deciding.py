"""建议: what was decided on a piece of advice is public with its writers' consent, and only while they give it."""

from datetime import date, datetime

from msgspec import Struct

from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotAllowed, RuleBroken
from chalicelib.domain.events import ConsentWithdrawn, DecisionPublished, DecisionTakenDown, DecisionWithheld, Reason
from chalicelib.domain.handling import LONGEST_REPLY, required_words
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.words import Action, Outcome

LONGEST_TITLE = 100
BY_A_PERSON = Reason("basis.person", {})
NO_CONSENT_LEFT = Reason("decision.consent_withdrawn", {})


class Decision(Struct, frozen=True):
    """One decision, in the words of the clerk who published it. ``unit``: who decided."""

    case_id: str
    title: str
    text: str
    outcome: Outcome
    unit: str
    published_at: datetime

    @property
    def day(self) -> date:
        """The day of its publication, in Shanghai."""
        return day_in_shanghai(self.published_at)


class Matter(Struct, frozen=True):
    """A matter with a public decision, by when it was filed. ``category`` and ``area`` are as it was published."""

    filed_at: datetime
    category: str | None
    area: str | None
    decision: Decision


class Place(Struct, frozen=True):
    """A place in a list: before all of ``day``, or before the decision of one case of that day."""

    day: date
    case_id: str = ""


def publish_decision(case: Case, title: str, text: str) -> DecisionPublished:
    """In words that the clerk has made fit for everybody; the outcome is the reply's own, not the clerk's to choose.

    Only those who consent may be quoted. Raises Invalid without words, RuleBroken with nothing decided or nobody's
    consent.
    """
    if case.decision is None:
        raise RuleBroken("decision.no_advice")
    if not case.consenting:
        raise RuleBroken("decision.no_consent")
    return DecisionPublished(
        required_words("title", title, LONGEST_TITLE),
        required_words("text", text, LONGEST_REPLY),
        case.decision,
        case.consenting,
    )


def withhold_decision(words: str) -> DecisionWithheld:
    """Not to be public, with the reason. Raises Invalid without words."""
    return DecisionWithheld(required_words("words", words))


def take_down_decision(words: str) -> DecisionTakenDown:
    """No longer public, with the reason. Raises Invalid without words."""
    return DecisionTakenDown(BY_A_PERSON, required_words("words", words))


def withdraw_consent(case: Case, receipt: str) -> tuple[ConsentWithdrawn | DecisionTakenDown, ...]:
    """不再同意公开: what quotes her is taken down in the same moment. Raises NotAllowed of who gave no consent."""
    if receipt not in case.consenting:
        raise NotAllowed(action=Action.WITHDRAW_CONSENT.value)
    withdrawn = ConsentWithdrawn(receipt)
    if case.published is None or receipt not in case.published.quoted:
        return (withdrawn,)
    return withdrawn, DecisionTakenDown(NO_CONSENT_LEFT)
