"""建议: what was decided on a piece of advice is made public, with its writer's consent."""

from chalicelib.domain.case import Case
from chalicelib.domain.errors import RuleBroken
from chalicelib.domain.events import DecisionPublished, DecisionTakenDown
from chalicelib.domain.handling import LONGEST_REPLY, required_words
from chalicelib.domain.words import Outcome

LONGEST_TITLE = 100


def publish_decision(case: Case, title: str, text: str, outcome: Outcome, consents: bool) -> DecisionPublished:
    """In words that the clerk has made fit for everybody. Raises Invalid without them, RuleBroken without consent."""
    if not consents:
        raise RuleBroken("decision.no_consent")
    return DecisionPublished(
        required_words("title", title, LONGEST_TITLE), required_words("text", text, LONGEST_REPLY), outcome
    )


def take_down_decision(words: str) -> DecisionTakenDown:
    """No longer public, with the reason. Raises Invalid without words."""
    return DecisionTakenDown(required_words("words", words))
